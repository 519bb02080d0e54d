#include <gtest/gtest.h>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

/// An account with 100 pounds, 60 of them in its first purse, on Monday 2024-06-03.
class IncrementTest : public testing::Test {
   protected:
    IncrementTest() {
        world_.record(world_.load(6'000, "social"));
        world_.record(world_.load(4'000, "own"));
    }

    HoldIncreased increase(const AuthorisationId& id, std::int64_t pence) {
        return world_.expect<HoldIncreased>(world_.increase(by_id(id), pence));
    }
    DeclineReason refusal(const AuthorisationId& id, std::int64_t pence = 100) {
        return increase(id, pence).decline.reason;
    }
    /// The day's, the week's and the month's amount, and the day's number of payments.
    std::vector<std::int64_t> counted() {
        const Account& account = world_.account();
        const WindowNumbers now = local_windows(world_.state.offsets, world_.now_ns);
        const auto in = [](const WindowCounter& counter, std::int32_t number) {
            return counter.number == number ? counter.count : WindowCount{};
        };
        return {in(account.day, now.day.value).amount.value,
                in(account.week, now.week).amount.value, in(account.month, now.month).amount.value,
                in(account.day, now.day.value).count};
    }

    World world_;
};

TEST_F(IncrementTest, AddsToTheHoldAndSaysWhatItComesTo) {
    const AuthorisationId id = world_.approve(5'000).id;
    const HoldIncreased event = increase(id, 2'000);
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.matched_by, MatchedBy::authorisation_id);
    EXPECT_EQ(event.extra, AmountMinor{2'000});
    EXPECT_EQ(event.cumulative, AmountMinor{7'000});
    EXPECT_EQ(event.available, AmountMinor{3'000});
    EXPECT_EQ(world_.held(1), 6'000);
    EXPECT_EQ(world_.held(2), 1'000);
    EXPECT_EQ(world_.at(id).approved, AmountMinor{7'000});
    EXPECT_EQ(world_.at(id).legs.size(), 2U);
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{7'000, 7'000, 7'000, 1}));
}

TEST_F(IncrementTest, FindsItsOriginalByAnyNameAsAReversalDoes) {
    Authorise sent = world_.pay(500);
    sent.identity.network_transaction_id = InlineText<15>::of("100000000000001");
    const AuthorisationDecided begun = world_.authorise(sent);
    OriginalReference by_network;
    by_network.identity = sent.identity;
    EXPECT_EQ(world_.expect<HoldIncreased>(world_.increase(by_network, 1)).matched_by,
              MatchedBy::network_transaction_id);
    const OriginalReference by_key{.caller = sent.request.caller, .request_key = sent.request.key};
    EXPECT_EQ(world_.expect<HoldIncreased>(world_.increase(by_key, 1)).matched_by,
              MatchedBy::request_key);
    EXPECT_EQ(world_.at(begun.id).held(), AmountMinor{502});
}

TEST_F(IncrementTest, BeginsTheLifetimeOfTheHoldAgain) {
    const AuthorisationDecided begun = world_.approve(500);
    world_.advance(utc(2024, 6, 5, 9));
    increase(begun.id, 100);
    EXPECT_EQ(world_.at(begun.id).expires_ns, utc(2024, 6, 12, 9));
    world_.advance(begun.expires_ns + hours(1));
    EXPECT_EQ(world_.at(begun.id).state, AuthorisationState::open);
    increase(begun.id, 100);
    EXPECT_EQ(world_.at(begun.id).expires_ns, utc(2024, 6, 17, 10));
    world_.advance(utc(2024, 6, 17, 10));
    EXPECT_EQ(world_.at(begun.id).state, AuthorisationState::expired);
    EXPECT_EQ(world_.available(1), 6'000);
}

TEST_F(IncrementTest, HoldsAsLongAsItsPaymentWasHeldWhateverItSaysOfItself) {
    world_.state.programmes[0].terms.hold_rules = {
        {.merchants = range(7011, 7011), .lifetime = days(10)},
        {.initiator = Initiator::merchant, .lifetime = days(5)},
        {.presence = Presence::absent, .lifetime = days(2)},
        {.exactness = Exactness::estimated, .lifetime = days(3)}};
    struct Row {
        const char* what;
        Channel channel;
        bool estimated;
        bool recurring;
        std::uint16_t mcc;
        std::int64_t days_held;
    };
    const Row rows[] = {
        {"in the shop", Channel::point_of_sale, false, false, 5411, 7},
        {"online", Channel::e_commerce, false, false, 5411, 2},
        {"on an instruction", Channel::unspecified, false, true, 5411, 5},
        {"an estimate", Channel::point_of_sale, true, false, 5411, 3},
        {"at a hotel", Channel::point_of_sale, true, false, 7011, 10},
    };
    for (const Row& row : rows) {
        Authorise payment = world_.pay(500);
        payment.channel = row.channel;
        payment.estimated = row.estimated;
        payment.recurring = row.recurring;
        payment.merchant.mcc = {row.mcc};
        const AuthorisationId id = world_.authorise(payment).id;
        for (const bool estimated : {true, false, true}) {
            world_.advance(world_.now_ns + hours(30));
            Increment command = world_.increase(by_id(id), 1);
            command.estimated = estimated;
            world_.expect<HoldIncreased>(command);
            EXPECT_EQ(world_.at(id).expires_ns, world_.now_ns + days(row.days_held)) << row.what;
        }
    }
}

TEST_F(IncrementTest, HoldsWhatStandInApprovedAsLongAsItWasHeld) {
    world_.state.programmes[0].terms.hold_rules = {
        {.presence = Presence::absent, .lifetime = days(2)}};
    Advise online = world_.advise(AdviceKind::stand_in_approved, {}, 500);
    online.channel = Channel::e_commerce;
    const AuthorisationId id = world_.expect<Advised>(online).after.id;
    world_.advance(world_.now_ns + days(1));
    increase(id, 1);
    EXPECT_EQ(world_.at(id).expires_ns, world_.now_ns + days(2));
}

TEST_F(IncrementTest, AddsToWhatRemainsAfterAPartialReversal) {
    const AuthorisationId id = world_.approve(5'000).id;
    world_.record(world_.reverse(by_id(id), 2'000));
    EXPECT_EQ(increase(id, 500).cumulative, AmountMinor{2'500});
    EXPECT_EQ(world_.at(id).held(), AmountMinor{2'500});
    world_.record(world_.reverse(by_id(id), 0));
    EXPECT_EQ(world_.available(1) + world_.available(2), 10'000);
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{0, 0, 0, 0}));
}

TEST_F(IncrementTest, AddsToWhatIsHeldBesideWhatHasCleared) {
    const AuthorisationId id = world_.approve(5'000).id;
    world_.record(world_.present(by_id(id), 2'000, false));
    EXPECT_EQ(increase(id, 500).cumulative, AmountMinor{5'500});
    EXPECT_EQ(world_.at(id).held(), AmountMinor{3'500});
}

TEST_F(IncrementTest, IsDeclinedWithoutANewHoldWhenThereIsNothingToRaise) {
    const AuthorisationId cleared = world_.approve(100).id;
    world_.record(world_.present(by_id(cleared), 100));
    EXPECT_EQ(refusal(cleared), original_already_cleared);
    const AuthorisationId reversed = world_.approve(100).id;
    world_.record(world_.reverse(by_id(reversed), 0));
    EXPECT_EQ(refusal(reversed), original_closed);
    const AuthorisationId expired = world_.approve(100).id;
    world_.advance(world_.at(expired).expires_ns);
    EXPECT_EQ(refusal(expired), original_closed);
    EXPECT_EQ(refusal({.epoch = {1}, .sequence = {9'999}}), original_unmatched);
    EXPECT_TRUE(world_.account().open.empty());
    EXPECT_EQ(world_.held(1), 0);
}

TEST_F(IncrementTest, IsDeclinedForAnotherCardAnotherCurrencyAndWhatIsNoPurchase) {
    world_.record(world_.issue_card("A", 2));
    const AuthorisationId id = world_.approve(100).id;
    Increment by_other = world_.increase(by_id(id), 100);
    by_other.card_token = token(2);
    EXPECT_EQ(world_.expect<HoldIncreased>(by_other).decline,
              (Decline{.reason = original_other_card, .level = RuleLevel::card}));
    Increment foreign = world_.increase(by_id(id), 100);
    foreign.amounts.billing_currency = eur;
    EXPECT_EQ(world_.expect<HoldIncreased>(foreign).decline.reason, currency_not_programme);

    world_.record(world_.agree({.cash_agreed = true}));
    Authorise notes = world_.pay(100);
    notes.kind = TransactionKind::cash;
    EXPECT_EQ(refusal(world_.authorise(notes).id), kind_not_supported);
    Authorise credit = world_.pay(100);
    credit.kind = TransactionKind::refund;
    EXPECT_EQ(refusal(world_.authorise(credit).id), kind_not_supported);
}

TEST_F(IncrementTest, IsDecidedLikeAPaymentOfTheExtra) {
    const AuthorisationId id = world_.approve(5'000).id;
    EXPECT_EQ(increase(id, 5'001).decline, (Decline{.reason = funds_insufficient,
                                                    .level = RuleLevel::ledger,
                                                    .amount_would_work = {5'000},
                                                    .purse = {2}}));
    world_.record(world_.agree({.day = {.amount_max = AmountMinor{5'300}}}));
    EXPECT_EQ(increase(id, 301).decline.reason, amount_over_day);
    EXPECT_EQ(increase(id, 301).decline.amount_would_work, AmountMinor{300});
    world_.record(world_.agree({.mcc_refused = {range(5411, 5411)}}));
    EXPECT_EQ(refusal(id), mcc_refused);
    world_.record(world_.agree({}));
    world_.record(world_.card_status(CardStatus::frozen));
    EXPECT_EQ(refusal(id), card_frozen);
    EXPECT_EQ(world_.at(id).held(), AmountMinor{5'000});
}

TEST_F(IncrementTest, IsAskedOfTheLargestSingleAmountAltogetherAndOfNoCount) {
    const AuthorisationId id = world_.approve(400).id;
    world_.record(
        world_.agree({.single_max = AmountMinor{500}, .day = {.amount_max = {}, .count_max = 1}}));
    const Decline decline = increase(id, 101).decline;
    EXPECT_EQ(decline.reason, amount_over_single);
    EXPECT_EQ(decline.amount_would_work, AmountMinor{100});
    EXPECT_EQ(increase(id, 100).decline, Decline{});
}

TEST_F(IncrementTest, CountsInTheWindowsOfItsOwnDayAndIsGivenBackToThemFirst) {
    const AuthorisationId id = world_.approve(1'000).id;
    world_.advance(utc(2024, 6, 4, 9));
    EXPECT_EQ(increase(id, 500).places, (WindowFlags{.day = true}));
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{500, 1'500, 1'500, 1}));
    world_.record(world_.reverse(by_id(id), 800));
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{0, 800, 800, 0}));
    EXPECT_EQ(increase(id, 50).places, (WindowFlags{.day = true}));
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{50, 850, 850, 1}));
    world_.record(world_.reverse(by_id(id), 0));
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{0, 0, 0, 0}));
}

TEST_F(IncrementTest, LeavesWhatWasCountedInAnEarlierWindowThere) {
    const AuthorisationId id = world_.approve(1'000).id;
    world_.advance(utc(2024, 6, 10, 8));  // the next Monday
    increase(id, 500);
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{500, 500, 1'500, 1}));
    world_.record(world_.reverse(by_id(id), 200));
    EXPECT_EQ(counted(), (std::vector<std::int64_t>{0, 0, 200, 0}));
}

TEST_F(IncrementTest, HonoursAReversalOfItsOwnKeyThatCameFirst) {
    const AuthorisationId id = world_.approve(1'000).id;
    const Increment late = world_.increase(by_id(id), 500);
    const OriginalReference own{.caller = late.request.caller, .request_key = late.request.key};
    world_.expect<ReversalKept>(world_.reverse(own, 0));
    EXPECT_EQ(world_.expect<HoldIncreased>(late).decline.reason, reversed_before);
    EXPECT_EQ(world_.at(id).held(), AmountMinor{1'000});
    EXPECT_TRUE(world_.state.kept_reversals_of({1}).empty());

    const Increment lowered = world_.increase(by_id(id), 500);
    const OriginalReference its{.caller = lowered.request.caller,
                                .request_key = lowered.request.key};
    world_.expect<ReversalKept>(world_.reverse(its, 200));
    EXPECT_EQ(world_.expect<HoldIncreased>(lowered).extra, AmountMinor{200});
}

TEST_F(IncrementTest, OfAnUnknownCardLeavesNoTrace) {
    Increment command = world_.increase(by_id({.epoch = {1}, .sequence = {4}}), 100);
    command.card_token = token(9);
    EXPECT_EQ(world_.expect_unrecorded(command).reason, card_unknown);
}

}  // namespace
}  // namespace carecard::rules
