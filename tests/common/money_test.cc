#include "common/money.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace carecard {
namespace {

constexpr AmountMinor largest = amount_minor_max;

struct Sum {
    const char* claim;
    AmountMinor a;
    AmountMinor b;
    std::optional<AmountMinor> expected;
};

TEST(CheckedAdd, AddsWithinTheBoundAndRefusesBeyondIt) {
    const Sum sums[] = {
        {"adds pence", {1}, {2}, AmountMinor{3}},
        {"adds a negative", {5}, {-7}, AmountMinor{-2}},
        {"reaches the bound", {largest.value - 1}, {1}, largest},
        {"reaches the negative bound", {1 - largest.value}, {-1}, -largest},
        {"stops one past the bound", largest, {1}, std::nullopt},
        {"stops one past the negative bound", -largest, {-1}, std::nullopt},
        {"cancels at the bound", largest, -largest, AmountMinor{0}},
        {"survives a sum beyond 64 bits",
         {std::numeric_limits<std::int64_t>::max()},
         {std::numeric_limits<std::int64_t>::max()},
         std::nullopt},
        {"survives a sum below 64 bits",
         {std::numeric_limits<std::int64_t>::min()},
         {-1},
         std::nullopt},
    };
    for (const Sum& sum : sums) {
        EXPECT_EQ(checked_add(sum.a, sum.b), sum.expected) << sum.claim;
        EXPECT_EQ(checked_add(sum.b, sum.a), sum.expected) << sum.claim << ", the other way round";
    }
}

TEST(AmountMinor, OrdersByValue) {
    EXPECT_LT(AmountMinor{-1}, AmountMinor{0});
    EXPECT_LT(AmountMinor{1}, AmountMinor{2});
    EXPECT_EQ(-AmountMinor{250}, AmountMinor{-250});
}

TEST(TotalMinor, HoldsMoreThanSixtyFourBits) {
    const AmountMinor huge{std::numeric_limits<std::int64_t>::max()};
    TotalMinor total;
    for (int i = 0; i < 4; ++i) total.add(huge);
    EXPECT_EQ(total.value, int128{huge.value} * 4);
    for (int i = 0; i < 4; ++i) total.add(-huge);
    EXPECT_EQ(total, TotalMinor{});
}

TEST(TotalMinor, BalancesADebitByACredit) {
    TotalMinor debits;
    TotalMinor credits;
    debits.add({1250});
    credits.add({-1250});
    EXPECT_EQ(-debits, credits);
}

}  // namespace
}  // namespace carecard
