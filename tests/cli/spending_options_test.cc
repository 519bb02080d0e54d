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

TEST(SpendingOptions, NameWhatIsWrong) {
    EXPECT_EQ(to_rules({.cash = "perhaps"}, sterling).fault().field, "cash");
    EXPECT_EQ(to_rules({.single_max = "1.234"}, sterling).fault().field, "single_max");
    EXPECT_EQ(to_rules({.day_max = "x"}, sterling).fault().field, "day_max");
    EXPECT_EQ(to_rules({.month_count = "-1"}, sterling).fault().field, "month_count");
    EXPECT_EQ(to_rules({.day_count = "3x"}, sterling).fault().field, "day_count");
}

}  // namespace
}  // namespace carecard::cli
