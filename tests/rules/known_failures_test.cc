// What went wrong in other ledgers and card processors, as their users told it. Each test says
// whose issue it is: FEATURES.md, section 3.3, has the list.

#include <gtest/gtest.h>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum ExceptionReason;

Exception raised(ExceptionReason reason, std::int64_t amount) {
    return {.reason = reason, .amount = {amount}};
}

World funded(std::int64_t pence) {
    World world;
    world.record(world.load(pence));
    return world;
}

TEST(KnownFailure, HoldsCountInTheBalanceCheckBlnk181) {
    World world = funded(1'000);
    world.approve(700);
    EXPECT_EQ(world.decline_of(400).reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(world.decline_of(400).amount_would_work, AmountMinor{300});
}

TEST(KnownFailure, CommitAboveTheHoldIsPostedAndToldBlnk62) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    const auto event = world.expect<Presented>(world.present(by_id(id), 500));
    EXPECT_EQ(event.exception, raised(clearing_beyond_tolerance, 100));
    EXPECT_EQ(world.available(1), 500);
}

TEST(KnownFailure, PaymentThatComesLateAfterItsVoidIsPostedAndToldBlnk42) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.reverse(by_id(id), 0));
    const auto event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.after.state, AuthorisationState::reversed);
    EXPECT_EQ(event.exception, raised(clearing_beyond_tolerance, 400));
    EXPECT_EQ(world.available(1), 600);
    EXPECT_EQ(world.held(1), 0);
}

TEST(KnownFailure, VoidTwiceGivesBackOnceBlnk41) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    EXPECT_EQ(world.expect<Reversed>(world.reverse(by_id(id), 0)).released, AmountMinor{400});
    const auto again = world.expect<Reversed>(world.reverse(by_id(id), 0));
    EXPECT_EQ(again.decline, Decline{});
    EXPECT_EQ(again.released, AmountMinor{0});
    EXPECT_EQ(world.available(1), 1'000);
}

TEST(KnownFailure, TwoReversalsAtOnceGiveBackOnceOpenBankOss528) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    const Reverse first = world.reverse(by_id(id), 100);
    const Reverse second = world.reverse(by_id(id), 0);
    const Stamp one_group = world.stamp();
    EXPECT_EQ(world.expect<Reversed>(first).released, AmountMinor{300});
    EXPECT_EQ(world.expect<Reversed>(second).released, AmountMinor{100});
    EXPECT_EQ(world.stamp().now_ns, one_group.now_ns);
    EXPECT_EQ(world.available(1), 1'000);
    EXPECT_EQ(world.account().day.count, WindowCount{});
}

TEST(KnownFailure, RejectedHoldIsNothingThatCouldBeCommittedBlnk182) {
    World world = funded(100);
    const auto declined = world.authorise(400);
    EXPECT_TRUE(declined.decline.declined());
    const auto event = world.expect<Presented>(world.present(by_id(declined.id), 400));
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(event.exception, raised(force_post_unfunded, 300));
}

TEST(KnownFailure, StateOfWhatIsOverSaysSoBlnk293) {
    World world = funded(1'000);
    const auto cleared = world.approve(100).id;
    world.record(world.present(by_id(cleared), 100));
    const auto reversed = world.approve(100).id;
    world.record(world.reverse(by_id(reversed), 0));
    const auto expired = world.approve(100).id;
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.at(cleared).state, AuthorisationState::cleared);
    EXPECT_EQ(world.at(reversed).state, AuthorisationState::reversed);
    EXPECT_EQ(world.at(expired).state, AuthorisationState::expired);
    EXPECT_TRUE(world.account().open.empty());
}

TEST(KnownFailure, TwoPhasesBeyondTheBalanceEndWhereTheyBeganMidaz2437And2317) {
    World world = funded(300);
    const auto id =
        world.expect<Advised>(world.advise(AdviceKind::stand_in_approved, {}, 1'000)).after.id;
    world.record(world.load(500));
    world.record(world.present(by_id(id), 600, /*final=*/false));
    world.record(world.reverse(by_id(id), 0));
    EXPECT_EQ(world.total(LedgerAccount::promised), 0);
    EXPECT_EQ(world.total(LedgerAccount::exposure), -300);
    world.record(world.refund(by_id(id), 600));
    EXPECT_EQ(world.account().available(), AmountMinor{800});
    EXPECT_EQ(world.total(LedgerAccount::exposure), 0);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 0);
}

TEST(KnownFailure, HoldOpenAtTheCutOffClearsInTheNextBatchMojaloop2525) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.advance(world.now_ns + days(1));
    EXPECT_EQ(world.programme().ended.back().cleared, DayTotals{});
    world.record(world.present(by_id(id), 400));
    EXPECT_EQ(world.programme().today.debit, TotalMinor{400});
}

TEST(KnownFailure, RefundTwiceUnderOneIdGivesBackOnceBlnk152) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.present(by_id(id), 400));
    const Present refund = world.refund(by_id(id), 400);
    world.record(refund);
    EXPECT_EQ(world.expect_already_recorded(refund), world.state.last);
    EXPECT_EQ(world.expect<Presented>(world.refund(by_id(id), 400)).exception,
              raised(credit_unmatched, 400))
        << "under another id it is another credit, and staff look at it";
}

TEST(Trap, ReversalAfterClearingIsRecordedAndMovesNoMoney) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.present(by_id(id), 350));
    const auto event = world.expect<Reversed>(world.reverse(by_id(id), 0));
    EXPECT_EQ(event.decline.reason, DeclineReason::original_already_cleared);
    EXPECT_EQ(event.exception, raised(reversal_after_clearing, 350));
    EXPECT_TRUE(event.postings.empty());
    EXPECT_EQ(world.available(1), 650);
}

TEST(Trap, ReversalThatNothingAnswersToIsToldToStaff) {
    World world = funded(1'000);
    const auto event =
        world.expect<Reversed>(world.reverse(by_id({.epoch = {1}, .sequence = {404}}), 0));
    EXPECT_EQ(event.decline.reason, DeclineReason::original_unmatched);
    EXPECT_EQ(event.exception, raised(reversal_unmatched, 0));
}

TEST(Trap, ExpiryAndPresentmentInOneInstantTakeTheMoneyOnce) {
    for (const bool expiry_first : {true, false}) {
        World world = funded(1'000);
        const auto approved = world.approve(400);
        const Present present = world.present(by_id(approved.id), 400);
        world.now_ns = approved.expires_ns;
        if (expiry_first) world.advance(approved.expires_ns);
        const auto event = world.expect<Presented>(present);
        EXPECT_EQ(event.exception, Exception{});
        world.advance(approved.expires_ns);
        EXPECT_EQ(world.held(1), 0);
        EXPECT_EQ(world.available(1), 600);
    }
}

}  // namespace
}  // namespace carecard::rules
