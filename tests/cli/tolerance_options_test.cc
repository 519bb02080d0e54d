#include "services/cli/tolerance_options.h"

#include <gtest/gtest.h>

namespace carecard::cli {
namespace {

constexpr CurrencyCode gbp{826};

TEST(ToTolerance, IsEmptyWhenNothingIsWritten) {
    const auto rules = to_tolerance({}, gbp);
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->rules_size(), 0);
    EXPECT_FALSE(rules->has_foreign_basis_points());
}

TEST(ToTolerance, ReadsRangesPercentagesAmountsAndPayments) {
    const auto rules = to_tolerance({.rules = {"5812-5814=20", "7512=15,60.00",
                                               "0000-9999=12.5:card-absent", "5542=0:estimated"},
                                     .foreign_percent = "2.5"},
                                    gbp);
    ASSERT_TRUE(rules) << rules.fault().detail;
    ASSERT_EQ(rules->rules_size(), 4);
    EXPECT_EQ(rules->rules(0).mcc_first(), "5812");
    EXPECT_EQ(rules->rules(0).mcc_last(), "5814");
    EXPECT_EQ(rules->rules(0).basis_points(), 2'000U);
    EXPECT_FALSE(rules->rules(0).has_amount());
    EXPECT_EQ(rules->rules(1).mcc_last(), "");
    EXPECT_EQ(rules->rules(1).amount().minor_units(), 6'000);
    EXPECT_EQ(rules->rules(1).amount().currency(), "GBP");
    EXPECT_EQ(rules->rules(2).basis_points(), 1'250U);
    EXPECT_EQ(rules->rules(2).payments(), v1::TOLERANCE_PAYMENTS_CARD_ABSENT);
    EXPECT_EQ(rules->rules(3).basis_points(), 0U);
    EXPECT_EQ(rules->rules(3).payments(), v1::TOLERANCE_PAYMENTS_ESTIMATED);
    EXPECT_EQ(rules->foreign_basis_points(), 250U);
}

TEST(ToTolerance, RefusesWhatIsOfAnotherForm) {
    for (const char* text : {"", "5812", "5812=", "5812=x", "5812=-1", "5812=1.234", "5812=15,x",
                             "5812=15:sometimes", "5812=2000"}) {
        const auto rules = to_tolerance({.rules = {text}}, gbp);
        ASSERT_FALSE(rules) << text;
        EXPECT_EQ(rules.fault().field, "tolerance");
    }
    EXPECT_EQ(to_tolerance({.foreign_percent = "much"}, gbp).fault().field, "foreign_tolerance");
}

}  // namespace
}  // namespace carecard::cli
