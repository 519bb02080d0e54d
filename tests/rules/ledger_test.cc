#include "rules/ledger.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

TEST(Post, AddsToTheLineThatIsAlreadyThere) {
    Postings postings;
    post(postings, LedgerAccount::held, {1}, {30});
    post(postings, LedgerAccount::available, {1}, {-30});
    post(postings, LedgerAccount::held, {1}, {12});
    ASSERT_EQ(postings.size(), 2U);
    EXPECT_EQ(postings[0], (Posting{.account = LedgerAccount::held, .purse = {1}, .amount = {42}}));
}

TEST(Post, KeepsPursesApart) {
    Postings postings;
    post(postings, LedgerAccount::held, {1}, {30});
    post(postings, LedgerAccount::held, {2}, {30});
    EXPECT_EQ(postings.size(), 2U);
}

TEST(Post, AddsNothingForAZeroAmount) {
    Postings postings;
    post(postings, LedgerAccount::exposure, {}, {0});
    EXPECT_TRUE(postings.empty());
}

TEST(Post, HasRoomForEveryAccountOfEveryPurse) {
    Postings postings;
    for (std::uint8_t purse = 1; purse <= purses_per_account_max; ++purse) {
        post(postings, LedgerAccount::available, {purse}, {-1});
        post(postings, LedgerAccount::held, {purse}, {1});
    }
    for (const LedgerAccount account :
         {LedgerAccount::funding, LedgerAccount::settlement, LedgerAccount::exposure,
          LedgerAccount::fees, LedgerAccount::promised}) {
        post(postings, account, {}, {1});
    }
    EXPECT_EQ(postings.size(), postings_max);
    EXPECT_EQ(sum_of(postings), TotalMinor{5});
}

TEST(SumOf, IsWiderThanAnyLine) {
    Postings postings;
    const AmountMinor most{std::numeric_limits<std::int64_t>::max()};
    post(postings, LedgerAccount::held, {1}, most);
    post(postings, LedgerAccount::held, {2}, most);
    EXPECT_EQ(sum_of(postings).value, int128{2} * most.value);
}

TEST(LedgerTotals, SumsEveryAccount) {
    LedgerTotals totals;
    for (const LedgerAccount account : ledger_accounts) totals[account].add({1});
    EXPECT_EQ(totals.sum(), TotalMinor{11});
    totals[LedgerAccount::funding].add({-11});
    EXPECT_EQ(totals.sum(), TotalMinor{0});
}

TEST(NameOf, GivesEveryLedgerAccountReasonAndLevelANameOfItsOwn) {
    std::set<std::string> names;
    for (const LedgerAccount account : ledger_accounts) names.emplace(name_of(account));
    EXPECT_EQ(names.size(), ledger_accounts.size());
    names.clear();
    for (int number = 0; number <= decline_reason_last; ++number) {
        names.emplace(name_of(static_cast<DeclineReason>(number)));
    }
    EXPECT_EQ(names.size(), std::size_t{decline_reason_last} + 1);
    names.clear();
    for (int number = 0; number <= rule_level_last; ++number) {
        names.emplace(name_of(static_cast<RuleLevel>(number)));
    }
    EXPECT_EQ(names.size(), std::size_t{rule_level_last} + 1);
    names.clear();
    for (int number = 0; number <= exception_reason_last; ++number) {
        names.emplace(name_of(static_cast<ExceptionReason>(number)));
    }
    EXPECT_EQ(names.size(), std::size_t{exception_reason_last} + 1);
}

}  // namespace
}  // namespace carecard::rules
