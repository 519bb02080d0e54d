// Reversals that come before their original.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rules/decide.h"
#include "tests/rules/fixture.h"
#include "tests/rules/state_summary.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

World funded() {
    World world;
    world.record(world.load(1000, "social"));
    return world;
}

NetworkIdentity network_id(std::string_view id) {
    return {.network_transaction_id = InlineText<15>::of(id)};
}

NetworkIdentity trace(std::string_view stan) {
    return {.acquirer = InlineText<11>::of("123456"),
            .stan = InlineText<6>::of(stan),
            .transmission_time = InlineText<10>::of("0603090000"),
            .rrn = InlineText<12>::of("416510000001")};
}

OriginalReference by_key_of(const Authorise& payment) {
    return {.caller = payment.request.caller, .request_key = payment.request.key};
}

/// A payment, and a reversal that names it in full in one way.
struct Pair {
    const char* way;
    Authorise payment;
    OriginalReference original;
};

std::vector<Pair> pairs(World& world, std::int64_t pence) {
    Pair key{"request key", world.pay(pence), {}};
    key.original = by_key_of(key.payment);
    Pair network{"network transaction id", world.pay(pence), {.identity = network_id("77")}};
    network.payment.identity = network_id("77");
    Pair marks{"trace", world.pay(pence), {.identity = trace("000077")}};
    marks.payment.identity = trace("000077");
    return {key, network, marks};
}

ReversalKept keep(World& world, const OriginalReference& original, std::int64_t remaining) {
    return world.expect<ReversalKept>(world.reverse(original, remaining));
}

std::size_t waiting(const World& world) {
    return world.state.kept_reversals_of(world.account().id).size();
}

TEST(EarlyReversal, IsKeptAndChangesNoBalance) {
    World world = funded();
    for (const Pair& pair : pairs(world, 100)) {
        const ReversalKept event = keep(world, pair.original, 40);
        EXPECT_EQ(event.kept.remaining, AmountMinor{40}) << pair.way;
        EXPECT_EQ(event.kept.kept_by, world.state.last);
        EXPECT_EQ(event.kept.until_ns, world.now_ns + days(7));
        EXPECT_EQ(event.replaces, Sequence{});
        EXPECT_EQ(event.available, AmountMinor{1000});
        EXPECT_EQ(world.available(1), 1000);
    }
    EXPECT_EQ(waiting(world), 3U);
}

TEST(EarlyReversal, ThatLeavesNothingDeclinesItsOriginal) {
    World world = funded();
    for (const Pair& pair : pairs(world, 100)) {
        keep(world, pair.original, 0);
        const AuthorisationDecided late = world.authorise(pair.payment);
        EXPECT_EQ(late.decline, (Decline{.reason = reversed_before, .level = RuleLevel::account}))
            << pair.way;
        EXPECT_EQ(world.available(1), 1000);
        EXPECT_EQ(waiting(world), 0U) << pair.way;
    }
    EXPECT_EQ(world.account().day.count, WindowCount{});
    EXPECT_TRUE(world.state.kept_reversals.empty());
}

TEST(EarlyReversal, ThatLeavesAPartHasItsOriginalDecidedForThatPart) {
    World world = funded();
    for (const Pair& pair : pairs(world, 100)) {
        const std::int64_t before = world.available(1);
        keep(world, pair.original, 40);
        const AuthorisationDecided late = world.authorise(pair.payment);
        EXPECT_EQ(late.decline, Decline{}) << pair.way;
        EXPECT_EQ(late.approved, AmountMinor{40}) << pair.way;
        EXPECT_EQ(late.request.amounts.billing, AmountMinor{100});
        EXPECT_EQ(world.at(late.id).held(), AmountMinor{40});
        EXPECT_EQ(world.at(late.id).approved, AmountMinor{40});
        EXPECT_EQ(world.available(1), before - 40);
        EXPECT_EQ(waiting(world), 0U);
    }
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {120}, .count = 3}));
}

TEST(EarlyReversal, ThatLeavesAsMuchOrMoreLetsItsOriginalBe) {
    for (const std::int64_t remaining : {100, 101, 5000}) {
        World world = funded();
        const Pair pair = pairs(world, 100).front();
        keep(world, pair.original, remaining);
        const AuthorisationDecided late = world.authorise(pair.payment);
        EXPECT_EQ(late.approved, AmountMinor{100});
        EXPECT_EQ(late.facts.reversed_before->remaining, AmountMinor{remaining});
        EXPECT_EQ(waiting(world), 0U);
    }
}

TEST(EarlyReversal, HasRulesAndFundsAskedAboutThePartThatRemains) {
    World world = funded();
    world.record(world.agree({.single_max = AmountMinor{500}}));
    const std::vector<Pair> payments = pairs(world, 3000);
    keep(world, payments[0].original, 500);
    EXPECT_EQ(world.authorise(payments[0].payment).approved, AmountMinor{500});
    keep(world, payments[1].original, 501);
    EXPECT_EQ(world.decline_of(payments[1].payment).reason, amount_over_single);
    EXPECT_EQ(waiting(world), 0U);
}

TEST(EarlyReversal, IsMetWhateverElseStandsAgainstItsOriginal) {
    World world = funded();
    const Pair pair = pairs(world, 100).front();
    keep(world, pair.original, 0);
    world.record(world.card_status(CardStatus::frozen));
    EXPECT_EQ(world.decline_of(pair.payment).reason, reversed_before);
    EXPECT_EQ(waiting(world), 0U);
}

TEST(EarlyReversal, IsMetByAPaymentOfAnyCardOfTheAccount) {
    World world = funded();
    world.record(world.issue_card("A", 2));
    Pair pair = pairs(world, 100)[1];
    keep(world, pair.original, 0);
    pair.payment.card_token = token(2);
    EXPECT_EQ(world.decline_of(pair.payment).reason, reversed_before);
}

TEST(EarlyReversal, IsNotMetByAPaymentOfAnotherAccount) {
    World world = funded();
    world.record(world.open_account("B", {"social"}));
    world.record(world.issue_card("B", 2));
    Load load = world.load(1000);
    load.account = account_name("B");
    world.record(load);
    for (Pair pair : pairs(world, 100)) {
        keep(world, pair.original, 0);
        pair.payment.card_token = token(2);
        EXPECT_EQ(world.authorise(pair.payment).approved, AmountMinor{100}) << pair.way;
    }
    EXPECT_EQ(waiting(world), 3U);
}

TEST(EarlyReversal, IsNotMetByAPaymentThatSharesOnlyPartsOfItsNames) {
    World world = funded();
    Authorise awaited = world.pay(100);
    awaited.request.caller = CallerId::of("gateway-2");
    OriginalReference original = by_key_of(awaited);
    original.identity = trace("000001");
    keep(world, original, 0);

    Authorise other = world.pay(10);
    other.request.key = awaited.request.key;  // the same key of another caller
    EXPECT_EQ(world.authorise(other).approved, AmountMinor{10});
    const std::vector<void (*)(NetworkIdentity&)> changes{
        [](auto& names) { names.acquirer = InlineText<11>::of("7"); },
        [](auto& names) { names.stan = InlineText<6>::of("000002"); },
        [](auto& names) { names.transmission_time = InlineText<10>::of("0603090001"); },
        [](auto& names) { names.rrn = InlineText<12>::of("416510000002"); },
        [](auto& names) { names.rrn = {}; },
    };
    for (const auto change : changes) {
        Authorise near = world.pay(10);
        near.identity = trace("000001");
        change(near.identity);
        EXPECT_EQ(world.authorise(near).approved, AmountMinor{10});
    }
    EXPECT_EQ(waiting(world), 1U);
}

TEST(EarlyReversal, IsRefusedWithLessThanAFullName) {
    World world = funded();
    const AuthorisationId unknown{.epoch = {1}, .sequence = {999}};
    OriginalReference three_marks{.identity = trace("000001")};
    three_marks.identity.rrn = {};
    const OriginalReference references[] = {
        {},
        {.caller = CallerId::of("gateway")},
        by_id(unknown),
        {.authorisation_code = AuthorisationCode::of("ABC123")},
        three_marks,
    };
    for (const OriginalReference& reference : references) {
        const Reversed event = world.expect<Reversed>(world.reverse(reference, 0));
        EXPECT_EQ(event.decline,
                  (Decline{.reason = original_unmatched, .level = RuleLevel::account}));
        EXPECT_TRUE(event.postings.empty());
        EXPECT_EQ(waiting(world), 0U);
    }
}

TEST(EarlyReversal, IsRefusedInAnotherCurrency) {
    World world = funded();
    Reverse command = world.reverse(pairs(world, 100).front().original, 0);
    command.currency = eur;
    EXPECT_EQ(world.expect<Reversed>(command).decline.reason, currency_not_programme);
    EXPECT_EQ(waiting(world), 0U);
}

TEST(EarlyReversal, OfTheSameNamesTakesThePlaceOfTheFirstAndTheLeastRemains) {
    for (const auto& [first, second] : {std::pair{0, 40}, std::pair{40, 0}, std::pair{40, 40}}) {
        World world = funded();
        const Pair pair = pairs(world, 100)[2];
        const ReversalKept one = keep(world, pair.original, first);
        world.now_ns = world.now_ns + days(5);
        const ReversalKept two = keep(world, pair.original, second);
        EXPECT_EQ(two.replaces, one.kept.kept_by);
        EXPECT_EQ(two.kept.remaining, AmountMinor{std::min(first, second)});
        EXPECT_EQ(waiting(world), 1U);
        world.now_ns = world.now_ns + days(6);
        const AuthorisationDecided late = world.authorise(pair.payment);
        EXPECT_EQ(late.approved, AmountMinor{std::min(first, second)});
        EXPECT_EQ(waiting(world), 0U);
    }
}

TEST(EarlyReversal, MeetsItsOriginalTogetherWithAnotherThatNamesItOtherwise) {
    World world = funded();
    Authorise payment = world.pay(100);
    payment.identity = network_id("77");
    const ReversalKept one = keep(world, by_key_of(payment), 60);
    const ReversalKept two = keep(world, {.identity = network_id("77")}, 30);
    const ReversalKept other = keep(world, {.identity = network_id("78")}, 0);
    const AuthorisationDecided late = world.authorise(payment);
    EXPECT_EQ(late.approved, AmountMinor{30});
    ASSERT_EQ(late.facts.reversed_before->kept_by.size(), 2U);
    EXPECT_EQ(late.facts.reversed_before->kept_by[0], one.kept.kept_by);
    EXPECT_EQ(late.facts.reversed_before->kept_by[1], two.kept.kept_by);
    ASSERT_EQ(waiting(world), 1U);
    EXPECT_EQ(world.state.kept_reversals_of(world.account().id)[0].kept_by, other.kept.kept_by);
}

TEST(EarlyReversal, IsMetOnce) {
    World world = funded();
    Authorise payment = world.pay(100);
    payment.identity = network_id("77");
    keep(world, {.identity = payment.identity}, 0);
    EXPECT_EQ(world.decline_of(payment).reason, reversed_before);
    Authorise next = world.pay(100);
    next.identity = payment.identity;
    EXPECT_EQ(world.authorise(next).approved, AmountMinor{100});
}

TEST(EarlyReversal, WaitsForSevenDaysAndNotAnInstantLonger) {
    for (const bool in_time : {true, false}) {
        World world = funded();
        const Pair pair = pairs(world, 100).front();
        keep(world, pair.original, 0);
        world.now_ns = world.now_ns + days(7) + DurationNs{in_time ? -1 : 0};
        EXPECT_EQ(world.authorise(pair.payment).approved, AmountMinor{in_time ? 0 : 100});
    }
}

TEST(EarlyReversal, IsRefusedWhenEightOfTheAccountWait) {
    World world = funded();
    std::vector<Authorise> payments;
    for (int number = 1; number <= 9; ++number) {
        payments.push_back(world.pay(10));
        payments.back().identity = network_id(std::to_string(number));
    }
    const auto original = [&](std::size_t index) {
        return OriginalReference{.identity = payments[index].identity};
    };
    for (std::size_t index = 0; index < 8; ++index) keep(world, original(index), 0);
    const Reverse ninth = world.reverse(original(8), 0);
    EXPECT_EQ(world.expect<Reversed>(ninth).decline,
              (Decline{.reason = kept_reversals_full, .level = RuleLevel::account}));
    EXPECT_EQ(waiting(world), 8U);

    keep(world, original(7), 0);  // one of the eight again
    EXPECT_EQ(waiting(world), 8U);
    EXPECT_EQ(world.authorise(payments[8]).approved, AmountMinor{10});
    EXPECT_EQ(world.decline_of(payments[0]).reason, reversed_before);
    keep(world, {.identity = network_id("10")}, 0);  // in the place of the one that was met
    EXPECT_EQ(waiting(world), 8U);
}

TEST(EarlyReversal, FindsRoomWhenTheTimeOfOthersIsOver) {
    World world = funded();
    for (int number = 1; number <= 8; ++number) {
        keep(world, {.identity = network_id(std::to_string(number))}, 0);
    }
    world.now_ns = world.now_ns + days(7);
    keep(world, {.identity = network_id("9")}, 0);
    EXPECT_EQ(waiting(world), 1U);
}

TEST(EarlyReversal, ThatNamesMoreThanOnePaymentIsStillAmbiguous) {
    World world = funded();
    for (int count = 0; count < 2; ++count) {
        Authorise payment = world.pay(100);
        payment.identity = network_id("77");
        world.record(payment);
    }
    const Reverse either = world.reverse({.identity = network_id("77")}, 0);
    EXPECT_EQ(world.expect<Reversed>(either).decline.reason, original_ambiguous);
    EXPECT_EQ(waiting(world), 0U);
}

TEST(EarlyReversal, LetsAPresentmentOfItsPaymentBePostedAsUnmatched) {
    World world = funded();
    const Pair pair = pairs(world, 100)[1];
    keep(world, pair.original, 0);
    const Presented event = world.expect<Presented>(world.present(pair.original, 100));
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(event.after.state, AuthorisationState::posted);
    EXPECT_EQ(world.available(1), 900);
    EXPECT_EQ(world.decline_of(pair.payment).reason, reversed_before);
}

TEST(EarlyReversal, FollowedByItsOriginalEndsAsTheOtherWayRound) {
    for (const std::int64_t remaining : {0, 40, 100}) {
        World early = funded();
        World late = funded();
        const Pair pair = pairs(early, 100)[2];
        keep(early, pair.original, remaining);
        early.record(pair.payment);
        late.record(pair.payment);
        late.record(late.reverse(pair.original, remaining));
        EXPECT_EQ(early.available(1), late.available(1));
        EXPECT_EQ(early.held(1), late.held(1));
        EXPECT_EQ(early.account().month.count, late.account().month.count);
        EXPECT_EQ(early.account().open.size(), late.account().open.size());
    }
}

TEST(EarlyReversal, FoldsTheSameFromItsEvents) {
    World world = funded();
    const std::vector<Pair> all = pairs(world, 100);
    for (const Pair& pair : all) keep(world, pair.original, 40);
    world.record(all[1].payment);
    keep(world, all[2].original, 10);
    State folded;
    for (const auto& [event, stamp] : world.events) apply(folded, event, stamp);
    EXPECT_EQ(summary_of(folded), summary_of(world.state));
    EXPECT_EQ(folded.kept_reversals, world.state.kept_reversals);
}

}  // namespace
}  // namespace carecard::rules
