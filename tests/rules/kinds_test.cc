#include "rules/kinds.h"

#include <gtest/gtest.h>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum TransactionKind;

/// An account with 100 pounds, on which cash and quasi-cash are agreed.
class KindsTest : public testing::Test {
   protected:
    KindsTest() {
        world_.record(world_.load(10'000, "social"));
        world_.record(world_.agree({.cash_agreed = true, .quasi_cash_agreed = true}));
    }

    Authorise of_kind(TransactionKind kind, std::int64_t pence) {
        Authorise command = world_.pay(pence);
        command.kind = kind;
        return command;
    }
    std::int64_t cash_today() { return world_.account().cash_day.count.amount.value; }
    std::int64_t quasi_cash_today() { return world_.account().quasi_cash_day.count.amount.value; }

    World world_;
};

TEST_F(KindsTest, AVerificationAndABalanceEnquiryHoldNothingAndBeginNothing) {
    for (const TransactionKind kind : {verification, balance_enquiry}) {
        const AuthorisationDecided event = world_.authorise(of_kind(kind, 0));
        EXPECT_EQ(event.decline, Decline{});
        EXPECT_EQ(event.approved, AmountMinor{0});
        EXPECT_EQ(event.available, AmountMinor{10'000});
        EXPECT_FALSE(event.code.empty());
        EXPECT_EQ(world_.state.find(event.id), nullptr);
    }
    EXPECT_TRUE(world_.account().open.empty());
    EXPECT_EQ(world_.account().day.count.count, 0U);
}

TEST_F(KindsTest, AnAnnouncedRefundMovesNothingUntilItsCreditClears) {
    const AuthorisationDecided announced = world_.authorise(of_kind(refund, 900));
    EXPECT_EQ(announced.approved, AmountMinor{900});
    EXPECT_EQ(world_.available(1), 10'000);
    EXPECT_EQ(world_.held(1), 0);
    EXPECT_EQ(world_.account().day.count.count, 0U);
    EXPECT_EQ(world_.at(announced.id).state, AuthorisationState::open);

    const auto cleared = world_.expect<Presented>(world_.refund(by_id(announced.id), 900));
    EXPECT_EQ(cleared.matched_by, MatchedBy::authorisation_id);
    EXPECT_EQ(cleared.after.state, AuthorisationState::cleared);
    EXPECT_EQ(world_.available(1), 10'900);
}

TEST_F(KindsTest, AnAnnouncedCreditThatNeverClearsExpiresWithoutMoving) {
    const AuthorisationDecided announced = world_.authorise(of_kind(original_credit, 900));
    world_.advance(announced.expires_ns);
    EXPECT_EQ(world_.at(announced.id).state, AuthorisationState::expired);
    EXPECT_EQ(world_.available(1), 10'000);
}

TEST_F(KindsTest, AnAnnouncedRefundIsReversedInFullAndNeverToMore) {
    const AuthorisationDecided announced = world_.authorise(of_kind(refund, 900));
    const auto raised = world_.expect<Reversed>(world_.reverse(by_id(announced.id), 100));
    EXPECT_EQ(raised.decline.reason, DeclineReason::reversal_exceeds_held);
    const auto reversed = world_.expect<Reversed>(world_.reverse(by_id(announced.id), 0));
    EXPECT_EQ(reversed.released, AmountMinor{0});
    EXPECT_EQ(reversed.after.state, AuthorisationState::reversed);
}

TEST_F(KindsTest, ACreditDoesNotEndAPurchaseNorADebitAnAnnouncedCredit) {
    const AuthorisationDecided bought = world_.approve(500);
    EXPECT_EQ(world_.expect<Presented>(world_.refund(by_id(bought.id), 100)).after.state,
              AuthorisationState::open);
    const AuthorisationDecided announced = world_.authorise(of_kind(refund, 900));
    EXPECT_EQ(world_.expect<Presented>(world_.present(by_id(announced.id), 100)).after.state,
              AuthorisationState::open);
}

TEST_F(KindsTest, ACompletionHoldsNothingForAnAnnouncedCredit) {
    const AuthorisationDecided announced = world_.authorise(of_kind(refund, 900));
    const auto advised =
        world_.expect<Advised>(world_.advise(AdviceKind::completion, by_id(announced.id), 900));
    EXPECT_EQ(advised.reserved, AmountMinor{0});
    EXPECT_EQ(advised.after.state, AuthorisationState::open);
    EXPECT_TRUE(advised.postings.empty());
}

TEST_F(KindsTest, ARefundRemembersThePurchaseThatItNames) {
    Authorise purchase_sent = world_.pay(500);
    purchase_sent.identity.network_transaction_id = InlineText<15>::of("100000000000001");
    const AuthorisationDecided bought = world_.authorise(purchase_sent);

    Authorise by_number = of_kind(refund, 500);
    by_number.refunds.authorisation_id = bought.id;
    EXPECT_EQ(world_.at(world_.authorise(by_number).id).refunds, bought.id);
    Authorise by_network = of_kind(refund, 500);
    by_network.refunds.network_transaction_id = InlineText<15>::of("100000000000001");
    EXPECT_EQ(world_.at(world_.authorise(by_network).id).refunds, bought.id);
    Authorise unknown = of_kind(refund, 500);
    unknown.refunds.network_transaction_id = InlineText<15>::of("100000000000002");
    EXPECT_TRUE(world_.at(world_.authorise(unknown).id).refunds.none());
}

TEST_F(KindsTest, TheCreditOfAnAnnouncedRefundGoesBackToThePurchaseThatItNames) {
    world_.record(world_.load(300, "own"));
    const AuthorisationDecided bought = world_.approve(10'200);
    (void)world_.expect<Presented>(world_.present(by_id(bought.id), 10'200));
    ASSERT_EQ(world_.available(1), 0);
    ASSERT_EQ(world_.available(2), 100);

    Authorise refund_sent = of_kind(refund, 10'200);
    refund_sent.refunds.authorisation_id = bought.id;
    const AuthorisationDecided announced = world_.authorise(refund_sent);
    const auto cleared = world_.expect<Presented>(world_.refund(by_id(announced.id), 10'200));
    EXPECT_EQ(cleared.after.id, bought.id);
    EXPECT_EQ(cleared.unmatched, AmountMinor{0});
    EXPECT_FALSE(cleared.exception.raised());
    EXPECT_EQ(world_.at(announced.id).state, AuthorisationState::cleared);
    EXPECT_EQ(world_.at(announced.id).presented_credit, AmountMinor{10'200});
    EXPECT_EQ(world_.available(1), 10'000);
    EXPECT_EQ(world_.available(2), 300);
}

TEST_F(KindsTest, CashAndQuasiCashAreCountedInTheirOwnDayAndGivenBack) {
    const AuthorisationDecided notes = world_.authorise(of_kind(cash, 700));
    const AuthorisationDecided bet = world_.authorise(of_kind(quasi_cash, 300));
    EXPECT_EQ(cash_today(), 700);
    EXPECT_EQ(quasi_cash_today(), 300);
    world_.record(world_.reverse(by_id(notes.id), 200));
    EXPECT_EQ(cash_today(), 200);
    world_.record(world_.reverse(by_id(bet.id), 0));
    EXPECT_EQ(quasi_cash_today(), 0);
    EXPECT_EQ(cash_today(), 200);
}

TEST_F(KindsTest, OfACashbackPurchaseTheCashIsCountedAndGivenBackLast) {
    Authorise command = of_kind(purchase_with_cashback, 1'000);
    command.cashback = {400};
    const AuthorisationDecided event = world_.authorise(command);
    EXPECT_EQ(event.cash, (CashCount{CashClass::cash, {400}}));
    EXPECT_EQ(cash_today(), 400);
    world_.record(world_.reverse(by_id(event.id), 500));
    EXPECT_EQ(cash_today(), 400);
    world_.record(world_.reverse(by_id(event.id), 300));
    EXPECT_EQ(cash_today(), 300);
}

TEST_F(KindsTest, TheDaysCashStartsAfreshWithTheDayAndIsNotGivenBackToAnother) {
    world_.record(world_.agree({.cash_agreed = true, .cash = {.day_max = AmountMinor{700}}}));
    const AuthorisationDecided notes = world_.authorise(of_kind(cash, 700));
    EXPECT_EQ(world_.decline_of(of_kind(cash, 1)).reason, DeclineReason::cash_over_day);
    world_.advance(utc(2024, 6, 4, 9));
    EXPECT_EQ(world_.decline_of(of_kind(cash, 600)), Decline{});
    world_.record(world_.reverse(by_id(notes.id), 0));
    EXPECT_EQ(cash_today(), 600);
}

}  // namespace
}  // namespace carecard::rules
