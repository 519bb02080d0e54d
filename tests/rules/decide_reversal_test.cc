#include <gtest/gtest.h>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

World funded(std::int64_t social, std::int64_t own) {
    World world;
    if (social > 0) world.record(world.load(social, "social"));
    if (own > 0) world.record(world.load(own, "own"));
    return world;
}

Decline by_account(DeclineReason reason) { return {.reason = reason, .level = RuleLevel::account}; }

/// Expects `command` to be refused, recorded, and without any effect.
Decline refused(World& world, const Reverse& command) {
    const AmountMinor available = world.account().available();
    const AmountMinor held = world.account().held();
    const Reversed event = world.expect<Reversed>(command);
    EXPECT_TRUE(event.postings.empty());
    EXPECT_EQ(event.available, available);
    EXPECT_EQ(world.account().available(), available);
    EXPECT_EQ(world.account().held(), held);
    return event.decline;
}

TEST(DecideReverse, FreesTheWholeHold) {
    World world = funded(300, 700);
    const auto id = world.approve(500).id;
    const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), 0));
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.released, AmountMinor{500});
    EXPECT_EQ(event.available, AmountMinor{1000});
    EXPECT_EQ(event.after.state, AuthorisationState::reversed);
    EXPECT_EQ(world.available(1), 300);
    EXPECT_EQ(world.available(2), 700);
    EXPECT_EQ(world.account().open.size(), 0U);
    EXPECT_TRUE(world.state.holds_due.empty());
}

TEST(DecideReverse, FreesTheLastLegFirstDownToWhatRemains) {
    World world = funded(300, 700);
    const auto id = world.approve(500).id;
    const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), 250));
    EXPECT_EQ(event.released, AmountMinor{250});
    EXPECT_EQ(event.after.state, AuthorisationState::open);
    EXPECT_EQ(world.held(1), 250);
    EXPECT_EQ(world.held(2), 0);
    EXPECT_EQ(world.available(1), 50);
    EXPECT_EQ(world.available(2), 700);
}

TEST(DecideReverse, ChangesNothingWhenRepeated) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    for (const std::int64_t remaining : {200, 200, 0, 0}) {
        const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), remaining));
        EXPECT_EQ(event.decline, Decline{});
        EXPECT_EQ(world.held(1), remaining);
        EXPECT_EQ(world.available(1), 1000 - remaining);
    }
    EXPECT_EQ(world.account().day.count, WindowCount{});
}

TEST(DecideReverse, AcceptsARemainderThatIsAllThatIsHeld) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), 500));
    EXPECT_EQ(event.released, AmountMinor{0});
    EXPECT_EQ(event.after, world.at(id));
    EXPECT_EQ(world.held(1), 500);
}

TEST(DecideReverse, RefusesToRaiseAHold) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    EXPECT_EQ(refused(world, world.reverse(by_id(id), 501)),
              (Decline{.reason = reversal_exceeds_held,
                       .level = RuleLevel::account,
                       .amount_would_work = {500}}));
}

TEST(DecideReverse, RefusesAnUnknownOriginal) {
    World world = funded(1000, 0);
    EXPECT_EQ(refused(world, world.reverse({}, 0)), by_account(original_unmatched));
    const AuthorisationId unknown{.epoch = {1}, .sequence = {999}};
    EXPECT_EQ(refused(world, world.reverse(by_id(unknown), 0)), by_account(original_unmatched));
}

TEST(DecideReverse, RefusesAnOriginalThatTwoAuthorisationsFit) {
    World world = funded(1000, 0);
    Authorise payment = world.pay(100);
    payment.identity.network_transaction_id = InlineText<15>::of("7");
    world.record(payment);
    payment.request.key = RequestKey::of("another");
    world.record(payment);
    const OriginalReference either{.identity = payment.identity};
    EXPECT_EQ(refused(world, world.reverse(either, 0)), by_account(original_ambiguous));
}

TEST(DecideReverse, RefusesAnotherCurrencyBeforeLookingForTheOriginal) {
    World world;
    Reverse command = world.reverse({}, 0);
    command.currency = eur;
    EXPECT_EQ(refused(world, command), by_account(currency_not_programme));
}

TEST(DecideReverse, RefusesWhatHasClearedInFull) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.record(world.present(by_id(id), 500));
    EXPECT_EQ(refused(world, world.reverse(by_id(id), 0)), by_account(original_already_cleared));
    EXPECT_EQ(refused(world, world.reverse(by_id(id), 9)), by_account(original_already_cleared));
}

TEST(DecideReverse, FreesWhatNotFinalPartsLeftAndClosesTheAuthorisation) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.record(world.present(by_id(id), 200, /*final=*/false));
    const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), 0));
    EXPECT_EQ(event.released, AmountMinor{300});
    EXPECT_EQ(event.after.state, AuthorisationState::cleared);
    EXPECT_EQ(world.available(1), 800);
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {200}, .count = 1}));
}

TEST(DecideReverse, ChangesNothingAfterExpiryUnlessSomethingIsToRemain) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.advance(world.now_ns + days(8));
    const Reversed event = world.expect<Reversed>(world.reverse(by_id(id), 0));
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.released, AmountMinor{0});
    EXPECT_EQ(event.after.state, AuthorisationState::expired);
    EXPECT_EQ(refused(world, world.reverse(by_id(id), 1)), by_account(original_closed));
}

TEST(DecideReverse, RefusesToReopenWhatWasReversed) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.record(world.reverse(by_id(id), 0));
    EXPECT_EQ(refused(world, world.reverse(by_id(id), 500)), by_account(original_closed));
}

TEST(DecideReverse, AnswersAnUnknownCardWithoutARecord) {
    World world;
    Reverse command = world.reverse({}, 0);
    command.card_token = token(99);
    EXPECT_EQ(world.expect_unrecorded(command).reason, card_unknown);
}

TEST(DecideReverse, GivesAmountAndPlaceBackToTheWindows) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.approve(100);
    world.record(world.reverse(by_id(id), 200));
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {300}, .count = 2}));
    world.record(world.reverse(by_id(id), 0));
    const WindowCount expected{.amount = {100}, .count = 1};
    EXPECT_EQ(world.account().day.count, expected);
    EXPECT_EQ(world.account().week.count, expected);
    EXPECT_EQ(world.account().month.count, expected);
}

TEST(DecideReverse, GivesNothingBackToAWindowThatBeganLater) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.now_ns = utc(2024, 6, 4, 9);
    world.approve(100);
    world.record(world.reverse(by_id(id), 0));
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {100}, .count = 1}));
    EXPECT_EQ(world.account().week.count, (WindowCount{.amount = {100}, .count = 1}));
}

TEST(DecideExpireHold, FreesTheHoldWhenItsLifetimeHasPassed) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    const TimestampNs due = world.now_ns + days(7);
    world.advance({due.value - 1});
    EXPECT_EQ(world.held(1), 500);
    world.advance(due);
    EXPECT_EQ(world.held(1), 0);
    EXPECT_EQ(world.available(1), 1000);
    EXPECT_EQ(world.at(id).state, AuthorisationState::expired);
    EXPECT_EQ(world.account().open.size(), 0U);
}

TEST(DecideExpireHold, GivesAmountAndPlaceBackToAWindowThatStillRuns) {
    World world = funded(1000, 0);
    world.approve(500);
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.account().month.count, WindowCount{});
    EXPECT_EQ(world.account().week.count, WindowCount{});
}

TEST(DecideExpireHold, KeepsThePlaceOfWhatHadClearedInPart) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.record(world.present(by_id(id), 200, /*final=*/false));
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.account().month.count, (WindowCount{.amount = {200}, .count = 1}));
    EXPECT_EQ(world.available(1), 800);
}

}  // namespace
}  // namespace carecard::rules
