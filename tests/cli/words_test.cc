#include "services/cli/words.h"

#include <gmock/gmock.h>

namespace carecard::cli {
namespace {

TEST(Words, AreTheEnumsNamesInSmallLetters) {
    EXPECT_EQ(word_of(v1::DECLINE_REASON_FUNDS_INSUFFICIENT), "funds_insufficient");
    EXPECT_EQ(word_of(v1::ARRANGEMENT_CARERS_BUDGET), "carers_budget");
    EXPECT_EQ(word_of(static_cast<v1::DeclineReason>(999)), "999");
}

TEST(Words, AreReadBackOnlyAsWritten) {
    EXPECT_EQ(arrangement_named("voucher"), v1::ARRANGEMENT_VOUCHER);
    EXPECT_EQ(card_holder_named("helper"), v1::CARD_HOLDER_HELPER);
    EXPECT_EQ(decline_reason_named("mcc_refused"), v1::DECLINE_REASON_MCC_REFUSED);
    for (const char* wrong : {"", "Voucher", "unspecified", "pension"}) {
        EXPECT_FALSE(arrangement_named(wrong)) << wrong;
    }
}

TEST(Words, SayWhatARuleAllows) {
    v1::SpendingRules rules;
    rules.add_mcc_allowed("taxis");
    rules.mutable_single_max()->set_minor_units(5'000);
    rules.mutable_single_max()->set_currency("GBP");
    rules.mutable_day()->set_count_max(2);
    EXPECT_THAT(lines_of(rules),
                testing::ElementsAre("only at: taxis", "no cash",
                                     "no money transfers, currency, top-ups or bets",
                                     "single payment at most £50.00", "at most 2 payments a day"));
}

TEST(Words, SayThatTheBalanceIsHidden) {
    v1::SpendingRules rules;
    rules.set_balance_hidden(true);
    EXPECT_THAT(lines_of(rules), testing::Contains("the balance is told to no terminal"));
    rules.clear_balance_hidden();
    EXPECT_THAT(lines_of(rules),
                testing::Not(testing::Contains("the balance is told to no terminal")));
}

TEST(Words, LeaveOutWhatAMerchantDoesNotSay) {
    v1::Purse unset;
    EXPECT_EQ(money_of(unset.available()), "");
}

TEST(Words, SayWhoseMoneyIsInAPurseAndWhatItIsFor) {
    v1::PurseTerms terms;
    EXPECT_EQ(line_of(terms), "council's money");
    terms.set_persons_own(true);
    EXPECT_EQ(line_of(terms), "the person's own money");
    terms.set_persons_own(false);
    terms.set_funder("dwp");
    terms.add_mccs("4111-4112");
    terms.add_mccs("4121");
    terms.add_weekdays(v1::WEEKDAY_MONDAY);
    terms.add_weekdays(v1::WEEKDAY_TUESDAY);
    terms.set_no_cash(true);
    terms.set_spend_until("2026-12-31");
    EXPECT_EQ(line_of(terms),
              "dwp's money; pays at 4111-4112, 4121; on monday, tuesday; not for cash; until "
              "2026-12-31");
    v1::PurseTerms hours;
    hours.set_provider_register("voucher-providers");
    hours.set_hour_rate_minor_units(1'705);
    EXPECT_EQ(line_of(hours),
              "council's money; providers on the register voucher-providers only; in hours at "
              "17.05");
    EXPECT_EQ(hours_of(1'205), "12.05 hours");
    EXPECT_EQ(weekday_named("friday"), v1::WEEKDAY_FRIDAY);
    EXPECT_FALSE(weekday_named("someday"));
}

TEST(Words, SayWhatBecameOfAPurseThatIsOver) {
    v1::Purse purse;
    purse.set_status(v1::PURSE_STATUS_OPEN);
    EXPECT_EQ(end_of(purse), "");
    purse.set_status(v1::PURSE_STATUS_ENDED);
    purse.set_last_day("2026-03-31");
    purse.mutable_returned()->set_currency("GBP");
    EXPECT_EQ(end_of(purse), "ended 31 March 2026: nothing was left in it");
    purse.mutable_returned()->set_minor_units(20'00);
    const std::string amount = money_of(purse.returned());
    EXPECT_EQ(end_of(purse), "ended 31 March 2026: " + amount + " went back to the council");
    purse.mutable_terms()->set_funder("icb");
    EXPECT_EQ(end_of(purse), "ended 31 March 2026: " + amount + " went back to the council (icb)");
    purse.set_status(v1::PURSE_STATUS_CLOSED);
    purse.mutable_terms()->set_persons_own(true);
    EXPECT_EQ(end_of(purse), "closed 31 March 2026: " + amount + " is owed to the person");
}

}  // namespace
}  // namespace carecard::cli
