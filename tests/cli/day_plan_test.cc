#include "services/cli/simulate/day_plan.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace carecard::cli::simulate {
namespace {

Script script_of(const std::vector<int>& payment_days, const std::vector<int>& load_days) {
    Script script;
    for (const int day : payment_days) {
        Payment payment{.day = {day}};
        payment.place.number = script.payments.size() + 1;
        script.payments.push_back(payment);
    }
    for (const int day : load_days) script.loads.push_back({.day = {day}});
    return script;
}

TEST(DaysToPresentment, AreOneOrTwoAndBothOccur) {
    std::array<int, 3> seen{};
    for (std::uint64_t row = 1; row <= 1'000; ++row) {
        const int wait = days_to_presentment(row);
        ASSERT_TRUE(wait == 1 || wait == 2);
        ++seen[static_cast<std::size_t>(wait)];
    }
    EXPECT_GT(seen[1], 400);
    EXPECT_GT(seen[2], 400);
}

TEST(DaysToPresentment, NeverChangeForARow) {
    std::string waits;
    for (std::uint64_t row = 1; row <= 16; ++row) waits += std::to_string(days_to_presentment(row));
    EXPECT_EQ(waits, "2121112111222122");
}

TEST(DayPlan, CrossesDaysOnWhichNothingIsDue) {
    const Script script = script_of({10, 10, 40}, {1, 32});
    DayPlan plan(script);
    std::vector<int> days;
    while (const auto work = plan.next()) days.push_back(work->day.value);
    EXPECT_EQ(days, (std::vector<int>{1, 10, 32, 40}));
}

TEST(DayPlan, HandsOutEachThingOnceOnItsDay) {
    const Script script = script_of({10, 10, 12}, {10});
    DayPlan plan(script);
    const auto first = plan.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->loads.size(), 1U);
    EXPECT_EQ(first->payments.size(), 2U);
    EXPECT_EQ(first->first_payment, 0U);
    const auto second = plan.next();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->day, DayNumber{12});
    EXPECT_TRUE(second->loads.empty());
    EXPECT_EQ(second->payments.size(), 1U);
    EXPECT_EQ(second->first_payment, 2U);
    EXPECT_FALSE(plan.next());
}

TEST(DayPlan, GoesOnUntilEveryApprovedPaymentIsPresented) {
    const Script script = script_of({10, 10, 10, 10, 10, 10, 10, 10}, {});
    DayPlan plan(script);
    ASSERT_TRUE(plan.next());
    for (const std::size_t index : {7U, 0U, 3U}) plan.approved(index);
    std::vector<std::size_t> presented;
    while (const auto work = plan.next()) {
        EXPECT_TRUE(work->payments.empty());
        for (const std::size_t index : work->presentments) {
            const Payment& payment = script.payments[index];
            EXPECT_EQ(work->day.value,
                      payment.day.value + days_to_presentment(payment.place.number));
            presented.push_back(index);
        }
    }
    std::ranges::sort(presented);
    EXPECT_EQ(presented, (std::vector<std::size_t>{0, 3, 7}));
}

TEST(Script, BeginsOnTheFirstOfTheMonthOfItsFirstRow) {
    EXPECT_EQ(first_day_of(script_of({45}, {})), DayNumber{31});
}

}  // namespace
}  // namespace carecard::cli::simulate
