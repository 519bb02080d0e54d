#include <gtest/gtest.h>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum ExceptionReason;
using enum AdviceKind;

Exception raised(ExceptionReason reason, std::int64_t amount) {
    return {.reason = reason, .amount = {amount}};
}

World funded(std::int64_t social, std::int64_t own = 0) {
    World world;
    if (social > 0) world.record(world.load(social, "social"));
    if (own > 0) world.record(world.load(own, "own"));
    return world;
}

OriginalReference by_network_id(const char* id) {
    return {.identity = {.network_transaction_id = InlineText<15>::of(id)}};
}

TEST(StandInApproved, HoldsNothingMoreForWhatWeApproved) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    const auto event = world.expect<Advised>(world.advise(stand_in_approved, by_id(id), 400));
    EXPECT_EQ(event.matched_by, MatchedBy::authorisation_id);
    EXPECT_EQ(event.exception, Exception{});
    EXPECT_EQ(event.after, world.at(id));
    EXPECT_EQ(world.held(1), 400);
    EXPECT_EQ(world.account().open.size(), 1U);
}

TEST(StandInApproved, HoldsByForceWhatWeDeclined) {
    World world = funded(1'000, 500);
    world.record(world.card_status(CardStatus::frozen));
    Authorise payment = world.pay(1'200);
    payment.identity = by_network_id("7").identity;
    EXPECT_EQ(world.decline_of(payment).reason, DeclineReason::card_frozen);
    Advise advice = world.advise(stand_in_approved, {}, 1'200);
    advice.identity = payment.identity;
    const auto event = world.expect<Advised>(advice);
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(event.reserved, AmountMinor{1'200});
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(event.exception, Exception{});
    EXPECT_EQ(world.held(1), 1'000);
    EXPECT_EQ(world.held(2), 200);
    EXPECT_EQ(world.account().day.count, WindowCount{}) << "limits are for decisions";
}

TEST(StandInApproved, BeyondTheHoldersMoneyIsPromisedByTheProgramme) {
    World world = funded(300);
    const auto event = world.expect<Advised>(world.advise(stand_in_approved, {}, 1'000));
    EXPECT_EQ(event.exposure, AmountMinor{700});
    EXPECT_EQ(event.exception, raised(advice_unfunded, 700));
    EXPECT_EQ(event.after.promised, AmountMinor{700});
    EXPECT_EQ(world.held(1), 300);
    EXPECT_EQ(world.account().available(), AmountMinor{0});
    EXPECT_EQ(world.account().exposure, AmountMinor{700});
    EXPECT_EQ(world.total(LedgerAccount::exposure), -700);
    EXPECT_EQ(world.total(LedgerAccount::promised), 700);
}

TEST(StandInApproved, IsKnownByItsOwnMarksWhenItComesAgain) {
    World world = funded(1'000);
    Advise advice = world.advise(stand_in_approved, {}, 400);
    advice.identity = by_network_id("7").identity;
    const auto id = world.expect<Advised>(advice).after.id;
    advice.request = world.advise(stand_in_approved, {}, 1).request;
    const auto again = world.expect<Advised>(advice);
    EXPECT_EQ(again.after.id, id);
    EXPECT_EQ(again.reserved, AmountMinor{0});
    EXPECT_EQ(world.held(1), 400);
}

TEST(StandInApproved, OfWhatWasReversedHereIsToldAndHoldsNothing) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.reverse(by_id(id), 0));
    const auto event = world.expect<Advised>(world.advise(stand_in_approved, by_id(id), 400));
    EXPECT_EQ(event.exception, raised(advice_after_release, 400));
    EXPECT_EQ(world.available(1), 1'000);
}

TEST(StandInApproved, OfWhatHasClearedRaisesNothing) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.present(by_id(id), 400));
    const auto event = world.expect<Advised>(world.advise(stand_in_approved, by_id(id), 400));
    EXPECT_EQ(event.exception, Exception{});
}

TEST(StandInApproved, MeetsTheReversalThatCameFirst) {
    for (const std::int64_t remaining : {0, 150}) {
        World world = funded(1'000);
        world.record(world.reverse(by_network_id("7"), remaining));
        Advise advice = world.advise(stand_in_approved, {}, 400);
        advice.identity = by_network_id("7").identity;
        const auto event = world.expect<Advised>(advice);
        EXPECT_EQ(world.held(1), remaining);
        EXPECT_EQ(event.after.state,
                  remaining == 0 ? AuthorisationState::reversed : AuthorisationState::open);
        EXPECT_TRUE(world.state.kept_reversals_of(event.account).empty());
    }
}

/// How a payment was made, how long it is held, and how much of 100 pounds may clear.
struct Made {
    const char* what;
    EntryMode entry_mode;
    Channel channel;
    bool estimated;
    bool recurring;
    std::int64_t days_held;
    std::int64_t most;
};
constexpr Made made[] = {
    {"in the shop", EntryMode::chip, Channel::point_of_sale, false, false, 7, 10'000},
    {"not said", EntryMode::unspecified, Channel::unspecified, false, false, 7, 10'000},
    {"online", EntryMode::e_commerce, Channel::e_commerce, false, false, 2, 11'500},
    {"by telephone", EntryMode::manual, Channel::mail_order_telephone_order, false, false, 2,
     11'500},
    {"with a card on file", EntryMode::credential_on_file, Channel::unspecified, false, false, 2,
     10'000},
    {"on an instruction", EntryMode::unspecified, Channel::unspecified, false, true, 5, 10'000},
    {"on an instruction, online", EntryMode::e_commerce, Channel::e_commerce, false, true, 5,
     10'000},
    {"on an instruction, by its channel", EntryMode::unspecified, Channel::recurring, false, false,
     5, 10'000},
    {"an estimate", EntryMode::chip, Channel::point_of_sale, true, false, 3, 10'000},
};

template <class Payment>
Payment make(Payment payment, const Made& as) {
    payment.entry_mode = as.entry_mode;
    payment.channel = as.channel;
    payment.estimated = as.estimated;
    payment.recurring = as.recurring;
    return payment;
}

TEST(StandInApproved, IsHeldAndMayClearAsIfWeHadApprovedIt) {
    for (const Made& row : made) {
        World world = funded(100'000);
        world.state.programmes[0].terms.hold_rules = {
            {.initiator = Initiator::merchant, .lifetime = days(5)},
            {.presence = Presence::absent, .lifetime = days(2)},
            {.exactness = Exactness::estimated, .lifetime = days(3)}};
        const auto advised =
            world.expect<Advised>(make(world.advise(stand_in_approved, {}, 10'000), row));
        EXPECT_EQ(advised.after.expires_ns, world.now_ns + days(row.days_held)) << row.what;
        const auto ours = world.at(world.authorise(make(world.pay(10'000), row)).id);
        EXPECT_EQ(advised.after.expires_ns, ours.expires_ns) << row.what;
        EXPECT_EQ(advised.after.tolerance, ours.tolerance) << row.what;
        const auto clear = [&](std::int64_t pence) {
            return world.expect<Presented>(world.present(by_id(advised.after.id), pence, false))
                .exception;
        };
        EXPECT_EQ(clear(row.most), Exception{}) << row.what;
        EXPECT_EQ(clear(7), raised(clearing_beyond_tolerance, 7)) << row.what;
    }
}

TEST(Promise, IsClearedBeforeMoneyThatCameLater) {
    World world = funded(300);
    const auto id = world.expect<Advised>(world.advise(stand_in_approved, {}, 1'000)).after.id;
    world.record(world.load(5'000));
    const auto event = world.expect<Presented>(world.present(by_id(id), 1'000));
    EXPECT_EQ(event.exposure, AmountMinor{700});
    EXPECT_EQ(event.exception, Exception{}) << "the advice told of it";
    EXPECT_EQ(world.available(1), 5'000) << "a load never pays for an exposure";
    EXPECT_EQ(world.total(LedgerAccount::promised), 0);
    EXPECT_EQ(world.total(LedgerAccount::exposure), -700);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 1'000);
    const auto refund = world.expect<Presented>(world.refund(by_id(id), 1'000));
    EXPECT_EQ(refund.recovered, AmountMinor{700});
    EXPECT_EQ(world.available(1), 5'300);
    EXPECT_EQ(world.total(LedgerAccount::exposure), 0);
}

TEST(Promise, IsTheFirstToBeReleased) {
    World world = funded(300);
    const auto id = world.expect<Advised>(world.advise(stand_in_approved, {}, 1'000)).after.id;
    const auto part = world.expect<Reversed>(world.reverse(by_id(id), 400));
    EXPECT_EQ(part.released, AmountMinor{600});
    EXPECT_EQ(part.available, AmountMinor{0});
    EXPECT_EQ(world.account().exposure, AmountMinor{100});
    world.record(world.reverse(by_id(id), 250));
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    EXPECT_EQ(world.available(1), 50);
    EXPECT_EQ(world.total(LedgerAccount::promised), 0);
}

TEST(Promise, EndsWithItsHold) {
    World world = funded(300);
    const auto id = world.expect<Advised>(world.advise(stand_in_approved, {}, 1'000)).after.id;
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.at(id).state, AuthorisationState::expired);
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    EXPECT_EQ(world.available(1), 300);
    EXPECT_EQ(world.total(LedgerAccount::promised), 0);
}

TEST(Promise, IsFreedWhenTheFinalClearingIsForLess) {
    World world = funded(300);
    const auto id = world.expect<Advised>(world.advise(stand_in_approved, {}, 1'000)).after.id;
    const auto event = world.expect<Presented>(world.present(by_id(id), 200));
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(event.released, AmountMinor{800});
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    EXPECT_EQ(world.available(1), 100);
}

TEST(StandInDeclined, FreesWhatWeHeldForNothing) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    const auto event = world.expect<Advised>(world.advise(stand_in_declined, by_id(id), 400));
    EXPECT_EQ(event.released, AmountMinor{400});
    EXPECT_EQ(event.after.state, AuthorisationState::reversed);
    EXPECT_EQ(world.available(1), 1'000);
    EXPECT_EQ(world.account().day.count, WindowCount{});
    EXPECT_EQ(world.account().open.size(), 0U);
}

TEST(StandInDeclined, OfWhatIsNotKnownIsRecordedAndHoldsNothing) {
    World world = funded(1'000);
    const auto event = world.expect<Advised>(world.advise(stand_in_declined, {}, 400));
    EXPECT_TRUE(event.after.id.none());
    EXPECT_EQ(event.available, AmountMinor{1'000});
    EXPECT_TRUE(event.postings.empty());
}

TEST(StandInDeclined, LeavesAloneWhatHasBegunToClear) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.present(by_id(id), 100, false));
    const auto event = world.expect<Advised>(world.advise(stand_in_declined, by_id(id), 400));
    EXPECT_EQ(event.released, AmountMinor{0});
    EXPECT_EQ(world.held(1), 300);
}

TEST(Completion, ReplacesTheHoldByTheFinalAmount) {
    World world = funded(10'000);
    const auto id = world.approve(9'900).id;
    const auto event = world.expect<Advised>(world.advise(completion, by_id(id), 3'000));
    EXPECT_EQ(event.released, AmountMinor{6'900});
    EXPECT_EQ(event.after.state, AuthorisationState::open);
    EXPECT_EQ(world.held(1), 3'000);
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {3'000}, .count = 1}));
    const auto cleared = world.expect<Presented>(world.present(by_id(id), 3'000));
    EXPECT_EQ(cleared.exception, Exception{});
    EXPECT_EQ(world.available(1), 7'000);
}

TEST(Completion, IsWhatClearingIsMeasuredAgainst) {
    World world = funded(10'000);
    const auto id = world.approve(9'900).id;
    world.record(world.advise(completion, by_id(id), 3'000));
    EXPECT_EQ(world.expect<Presented>(world.present(by_id(id), 3'001)).exception,
              raised(clearing_beyond_tolerance, 1));
}

TEST(Completion, RaisesTheHoldWhateverTheHolderHas) {
    World world = funded(2'000);
    const auto id = world.approve(100).id;
    const auto event = world.expect<Advised>(world.advise(completion, by_id(id), 3'000));
    EXPECT_EQ(event.reserved, AmountMinor{2'900});
    EXPECT_EQ(event.exposure, AmountMinor{1'000});
    EXPECT_EQ(event.exception, raised(advice_unfunded, 1'000));
    EXPECT_EQ(world.held(1), 2'000);
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {100}, .count = 1}));
}

TEST(Completion, OfWhatIsNotKnownIsHeldByForce) {
    World world = funded(5'000);
    const auto event = world.expect<Advised>(world.advise(completion, by_network_id("7"), 3'000));
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(world.held(1), 3'000);
}

TEST(Completion, AfterTheHoldIsOverHoldsNothing) {
    World world = funded(5'000);
    const auto id = world.approve(100).id;
    world.advance(world.now_ns + days(8));
    const auto event = world.expect<Advised>(world.advise(completion, by_id(id), 3'000));
    EXPECT_EQ(event.exception, raised(advice_after_release, 3'000));
    EXPECT_EQ(world.available(1), 5'000);
}

TEST(Completion, OfAnotherCardsPaymentChangesNothing) {
    World world = funded(5'000);
    const auto id = world.approve(100).id;
    world.record(world.open_account("B", {"social"}));
    world.record(world.issue_card("B", 2));
    world.record(world.issue_card("A", 3));
    for (const std::uint8_t card : {std::uint8_t{2}, std::uint8_t{3}}) {
        Advise advice = world.advise(completion, by_id(id), 3'000);
        advice.card_token = token(card);
        const Decline expected{.reason = DeclineReason::original_other_card,
                               .level = RuleLevel::card};
        EXPECT_EQ(world.expect_unrecorded(advice), expected);
    }
}

TEST(Advice, AnswersAnUnknownCardAndAnotherCurrencyWithoutARecord) {
    World world;
    Advise unknown = world.advise(stand_in_approved, {}, 100);
    unknown.card_token = token(99);
    EXPECT_EQ(world.expect_unrecorded(unknown).reason, DeclineReason::card_unknown);
    Advise foreign = world.advise(stand_in_approved, {}, 100);
    foreign.amounts.billing_currency = eur;
    EXPECT_EQ(world.expect_unrecorded(foreign).reason, DeclineReason::currency_not_programme);
}

TEST(Advice, IsNeverRefusedForTheStateOfCardOrAccount) {
    World world = funded(1'000);
    world.record(world.card_status(CardStatus::closed));
    world.record(world.account_status(AccountStatus::suspended));
    EXPECT_EQ(world.expect<Advised>(world.advise(stand_in_approved, {}, 100)).reserved,
              AmountMinor{100});
}

}  // namespace
}  // namespace carecard::rules
