#include "services/cli/spending_options.h"

#include <gmock/gmock.h>

namespace carecard::cli {
namespace {

constexpr CurrencyCode sterling{826};

TEST(SpendingOptions, MakeRulesOfWhatIsGivenAndNoOthers) {
    const auto rules = to_rules({.allow = "groceries,taxis 5411-5499",
                                 .cash = "agreed",
                                 .single_max = "50",
                                 .week_count = "3",
                                 .month_count = {}},
                                sterling);
    ASSERT_TRUE(rules);
    EXPECT_THAT(rules->mcc_allowed(), testing::ElementsAre("groceries", "taxis", "5411-5499"));
    EXPECT_EQ(rules->mcc_refused_size(), 0);
    EXPECT_TRUE(rules->cash_agreed());
    EXPECT_EQ(rules->single_max().minor_units(), 5'000);
    EXPECT_EQ(rules->single_max().currency(), "GBP");
    EXPECT_FALSE(rules->has_day());
    EXPECT_FALSE(rules->week().has_amount_max());
    EXPECT_EQ(rules->week().count_max(), 3U);
    EXPECT_FALSE(rules->has_month());
}

TEST(SpendingOptions, LeaveCashOutUnlessAgreed) {
    EXPECT_FALSE(to_rules({}, sterling)->cash_agreed());
    EXPECT_FALSE(to_rules({.cash = "refused"}, sterling)->cash_agreed());
}

TEST(SpendingOptions, SetTheLimitsOfCashQuasiCashAndTaps) {
    const auto rules = to_rules({.quasi_cash = "agreed",
                                 .contactless = "off",
                                 .contactless_single_max = "30",
                                 .contactless_total_max = "90",
                                 .contactless_count = "3",
                                 .cash_single_max = "50",
                                 .cash_day_max = "80.50",
                                 .quasi_cash_single_max = "5",
                                 .quasi_cash_day_max = "6"},
                                sterling);
    ASSERT_TRUE(rules) << rules.fault().field;
    EXPECT_TRUE(rules->quasi_cash_agreed());
    EXPECT_FALSE(rules->cash_agreed());
    EXPECT_TRUE(rules->contactless().off());
    EXPECT_EQ(rules->contactless().single_max().minor_units(), 3'000);
    EXPECT_EQ(rules->contactless().total_max().minor_units(), 9'000);
    EXPECT_EQ(rules->contactless().count_max(), 3U);
    EXPECT_EQ(rules->cash().single_max().minor_units(), 5'000);
    EXPECT_EQ(rules->cash().day_max().minor_units(), 8'050);
    EXPECT_EQ(rules->quasi_cash().single_max().minor_units(), 500);
    EXPECT_EQ(rules->quasi_cash().day_max().minor_units(), 600);
    EXPECT_FALSE(to_rules({}, sterling)->has_contactless());
    EXPECT_FALSE(to_rules({}, sterling)->has_cash());
}

TEST(SpendingOptions, HideTheBalanceWhenToldTo) {
    EXPECT_TRUE(to_rules({.balance = "hidden"}, sterling)->balance_hidden());
    EXPECT_FALSE(to_rules({.balance = "shown"}, sterling)->balance_hidden());
    EXPECT_FALSE(to_rules({}, sterling)->balance_hidden());
}

TEST(SpendingOptions, NameWhatIsWrong) {
    EXPECT_EQ(to_rules({.cash = "perhaps"}, sterling).fault().field, "cash");
    EXPECT_EQ(to_rules({.quasi_cash = "perhaps"}, sterling).fault().field, "quasi_cash");
    EXPECT_EQ(to_rules({.cash_day_max = "x"}, sterling).fault().field, "cash_day_max");
    EXPECT_EQ(to_rules({.contactless_count = "x"}, sterling).fault().field, "contactless_count");
    EXPECT_EQ(to_rules({.single_max = "1.234"}, sterling).fault().field, "single_max");
    EXPECT_EQ(to_rules({.day_max = "x"}, sterling).fault().field, "day_max");
    EXPECT_EQ(to_rules({.month_count = "-1"}, sterling).fault().field, "month_count");
    EXPECT_EQ(to_rules({.day_count = "3x"}, sterling).fault().field, "day_count");
}

}  // namespace
}  // namespace carecard::cli
