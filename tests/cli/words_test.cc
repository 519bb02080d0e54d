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

TEST(Words, LeaveOutWhatAMerchantDoesNotSay) {
    v1::Purse unset;
    EXPECT_EQ(money_of(unset.available()), "");
}

}  // namespace
}  // namespace carecard::cli
