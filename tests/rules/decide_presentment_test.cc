#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

OriginalReference by_network_id(const std::string& id) {
    return {.identity = {.network_transaction_id = InlineText<15>::of(id)}};
}

/// An account whose two purses have these balances.
World funded(std::int64_t social, std::int64_t own) {
    World world;
    if (social > 0) world.record(world.load(social, "social"));
    if (own > 0) world.record(world.load(own, "own"));
    return world;
}

TEST(DecideDebit, ClearsExactlyWhatIsHeld) {
    World world = funded(1000, 0);
    const auto id = world.approve(400).id;
    const Presented event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.matched_by, MatchedBy::authorisation_id);
    EXPECT_EQ(event.released, AmountMinor{0});
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(event.available, AmountMinor{600});
    EXPECT_EQ(event.after.state, AuthorisationState::cleared);
    EXPECT_EQ(world.available(1), 600);
    EXPECT_EQ(world.held(1), 0);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 400);
    EXPECT_EQ(world.account().open.size(), 0U);
}

TEST(DecideDebit, FreesTheRestOfTheHoldWhenItIsTheFinalOne) {
    World world = funded(300, 700);
    const auto id = world.approve(500).id;
    const Presented event = world.expect<Presented>(world.present(by_id(id), 350));
    EXPECT_EQ(event.released, AmountMinor{150});
    EXPECT_EQ(world.available(1), 0);
    EXPECT_EQ(world.available(2), 650);
    EXPECT_EQ(world.held(1) + world.held(2), 0);
    EXPECT_EQ(world.at(id).state, AuthorisationState::cleared);
}

TEST(DecideDebit, KeepsTheRestOfTheHoldWhenMoreAreToCome) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    const auto event = world.expect<Presented>(world.present(by_id(id), 350, /*final=*/false));
    EXPECT_EQ(event.released, AmountMinor{0});
    EXPECT_EQ(world.held(1), 150);
    EXPECT_EQ(world.at(id).state, AuthorisationState::open);
    world.record(world.present(by_id(id), 100));
    EXPECT_EQ(world.held(1), 0);
    EXPECT_EQ(world.available(1), 550);
    EXPECT_EQ(world.at(id).presented_debit, AmountMinor{450});
}

TEST(DecideDebit, TakesWhatIsAboveTheHoldFromWhatIsAvailable) {
    World world = funded(500, 300);
    const auto id = world.approve(500).id;
    const Presented event = world.expect<Presented>(world.present(by_id(id), 620));
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(world.available(2), 180);
    ASSERT_EQ(event.after.legs.size(), 2U);
    EXPECT_EQ(event.after.legs[1], (Leg{.purse = {2}, .debited = {120}}));
}

TEST(DecideDebit, MakesWhatIsBeyondTheHoldersMoneyAnExposure) {
    World world = funded(500, 300);
    const auto id = world.approve(500).id;
    const Presented event = world.expect<Presented>(world.present(by_id(id), 1000));
    EXPECT_EQ(event.exposure, AmountMinor{200});
    EXPECT_EQ(event.available, AmountMinor{0});
    EXPECT_EQ(world.at(id).exposure, AmountMinor{200});
    EXPECT_EQ(world.account().exposure, AmountMinor{200});
    EXPECT_EQ(world.total(LedgerAccount::exposure), -200);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 1000);
}

TEST(DecideDebit, NeverTouchesTheHoldOfAnotherAuthorisation) {
    World world = funded(1000, 0);
    const auto other = world.approve(700).id;
    const auto id = world.approve(100).id;
    EXPECT_EQ(world.expect<Presented>(world.present(by_id(id), 450)).exposure, AmountMinor{150});
    EXPECT_EQ(world.at(other).held(), AmountMinor{700});
    EXPECT_EQ(world.held(1), 700);
}

TEST(DecideDebit, LeavesAnExposureToLoadsAndOtherRefunds) {
    World world = funded(100, 0);
    world.record(world.present({}, 150));
    world.record(world.load(500));
    world.record(world.refund({}, 80));
    EXPECT_EQ(world.account().exposure, AmountMinor{50});
    EXPECT_EQ(world.available(1), 580);
}

TEST(DecideDebit, AcceptsOneWithoutAHold) {
    World world = funded(300, 100);
    const Presented event =
        world.expect<Presented>(world.present(by_network_id("123456789012345"), 350));
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(event.after.state, AuthorisationState::posted);
    EXPECT_EQ(world.available(1), 0);
    EXPECT_EQ(world.available(2), 50);
    EXPECT_EQ(world.account().open.size(), 0U);
    EXPECT_EQ(world.account().day.count, WindowCount{});
}

TEST(DecideDebit, JoinsALaterPartToTheRecordThatStoodInForItsHold) {
    World world = funded(1000, 0);
    Present command = world.present({}, 300);
    command.identity = by_network_id("42").identity;
    const auto first = world.expect<Presented>(command);
    const auto second = world.expect<Presented>(world.present(by_network_id("42"), 200));
    EXPECT_EQ(second.after.id, first.after.id);
    EXPECT_EQ(second.after.presented_debit, AmountMinor{500});
    const OriginalReference by_its_key{.caller = command.request.caller,
                                       .request_key = command.request.key};
    const auto refund = world.expect<Presented>(world.refund(by_its_key, 500));
    EXPECT_EQ(refund.after.id, first.after.id);
    EXPECT_EQ(refund.unmatched, AmountMinor{0});
    EXPECT_EQ(world.available(1), 1000);
}

TEST(DecideDebit, TakesFromWhatIsAvailableAfterTheHoldHasExpired) {
    World world = funded(1000, 0);
    const auto id = world.approve(400).id;
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.at(id).state, AuthorisationState::expired);
    EXPECT_EQ(world.available(1), 1000);
    const Presented event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.after.state, AuthorisationState::expired);
    EXPECT_EQ(event.matched_by, MatchedBy::authorisation_id);
    EXPECT_EQ(world.available(1), 600);
}

TEST(DecideDebit, TakesFromWhatIsAvailableAfterAFullReversal) {
    World world = funded(1000, 0);
    const auto id = world.approve(400).id;
    world.record(world.reverse(by_id(id), 0));
    const Presented event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.after.state, AuthorisationState::reversed);
    EXPECT_EQ(world.available(1), 600);
    EXPECT_EQ(world.account().day.count, WindowCount{});
}

TEST(DecideDebit, StaysOpenWhenANotFinalPartTookTheWholeHold) {
    World world = funded(1000, 0);
    const auto id = world.approve(400).id;
    world.record(world.present(by_id(id), 400, /*final=*/false));
    EXPECT_EQ(world.at(id).state, AuthorisationState::open);
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.at(id).state, AuthorisationState::expired);
    EXPECT_EQ(world.available(1), 600);
}

TEST(DecidePresent, RefersToTheRecordOfAnIdItHasSeen) {
    World world = funded(1000, 0);
    const Present command = world.present({}, 100);
    world.record(command);
    const Sequence recorded = world.state.last;
    world.record(world.load(1));
    EXPECT_EQ(world.expect_already_recorded(command), recorded);
    Present other = world.refund({}, 5);
    other.presentment_id = command.presentment_id;
    EXPECT_EQ(world.expect_already_recorded(other), recorded);
}

TEST(DecidePresent, KeepsTheIdsOfAccountsApart) {
    World world;
    world.record(world.open_account("B", {"social"}));
    world.record(world.issue_card("B", 2));
    Present first = world.present({}, 100);
    world.record(first);
    first.card_token = token(2);
    world.record(first);
    EXPECT_EQ(world.account("B").exposure, AmountMinor{100});
}

TEST(DecidePresent, AcceptsFactsAboutAFrozenCardAndASuspendedAccount) {
    World world = funded(1000, 0);
    world.record(world.card_status(CardStatus::closed));
    world.record(world.account_status(AccountStatus::suspended));
    world.record(world.present({}, 100));
    world.record(world.refund({}, 30));
    EXPECT_EQ(world.available(1), 930);
}

TEST(DecidePresent, RefusesAnotherBillingCurrencyWithoutARecord) {
    World world;
    Present command = world.present({}, 100);
    command.amounts.billing_currency = eur;
    EXPECT_EQ(
        world.expect_unrecorded(command),
        (Decline{.reason = DeclineReason::currency_not_programme, .level = RuleLevel::programme}));
}

TEST(DecidePresent, AnswersAnUnknownCardWithoutARecord) {
    World world;
    Present command = world.present({}, 100);
    command.card_token = token(99);
    EXPECT_EQ(world.expect_unrecorded(command).reason, DeclineReason::card_unknown);
}

TEST(DecidePresent, RefusesACreditThatWouldPassAPursesLimit) {
    World world;
    for (int count = 0; count < 100; ++count) world.record(world.load(load_minor_max.value));
    EXPECT_EQ(world.available(1), purse_minor_max.value);
    EXPECT_EQ(world.expect_fault(world.refund({}, 1)).field, "billing.minor_units");
}

TEST(DecidePresent, AddsUpTheDaysClearings) {
    World world = funded(1000, 0);
    world.record(world.present({}, 100));
    world.record(world.present({}, 2000));
    world.record(world.refund({}, 30));
    const DayTotals expected{.debit_count = 2, .credit_count = 1, .debit = {2100}, .credit = {30}};
    EXPECT_EQ(world.programme().today, expected);
}

TEST(DecideCredit, MakesGoodTheExposureFirst) {
    World world = funded(100, 0);
    const auto id = world.approve(100).id;
    world.record(world.present(by_id(id), 160));
    const Presented part = world.expect<Presented>(world.refund(by_id(id), 40));
    EXPECT_EQ(part.recovered, AmountMinor{40});
    EXPECT_EQ(part.available, AmountMinor{0});
    const Presented rest = world.expect<Presented>(world.refund(by_id(id), 120));
    EXPECT_EQ(rest.recovered, AmountMinor{20});
    EXPECT_EQ(rest.unmatched, AmountMinor{0});
    EXPECT_EQ(world.available(1), 100);
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    EXPECT_EQ(world.total(LedgerAccount::exposure), 0);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 0);
}

TEST(DecideCredit, GoesToThePurseThatPaysFirstWithoutAPurchase) {
    World world;
    const Presented event = world.expect<Presented>(world.refund({}, 250));
    EXPECT_EQ(event.unmatched, AmountMinor{250});
    EXPECT_EQ(event.after.state, AuthorisationState::posted);
    EXPECT_EQ(world.available(1), 250);
}

TEST(DecideCredit, GivesWhatIsMoreThanWasDebitedToThePurseThatPaysFirst) {
    World world = funded(0, 300);
    const auto id = world.approve(300).id;
    world.record(world.present(by_id(id), 300));
    const Presented event = world.expect<Presented>(world.refund(by_id(id), 350));
    EXPECT_EQ(event.unmatched, AmountMinor{50});
    EXPECT_EQ(world.available(1), 50);
    EXPECT_EQ(world.available(2), 300);
    EXPECT_EQ(world.at(id).presented_credit, AmountMinor{350});
}

TEST(DecideCredit, LeavesTheHoldOfAnOpenAuthorisationAlone) {
    World world = funded(500, 0);
    const auto id = world.approve(300).id;
    const Presented event = world.expect<Presented>(world.refund(by_id(id), 20));
    EXPECT_EQ(event.unmatched, AmountMinor{20});
    EXPECT_EQ(event.after.state, AuthorisationState::open);
    EXPECT_EQ(world.held(1), 300);
}

TEST(DecideCredit, GivesNothingBackToTheWindows) {
    World world = funded(500, 0);
    const auto id = world.approve(300).id;
    world.record(world.present(by_id(id), 300));
    world.record(world.refund(by_id(id), 300));
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {300}, .count = 1}));
}

/// An authorisation of which each purse of account "B" paid the part given, all cleared, and the
/// account's money spent.
AuthorisationId cleared_over_purses(World& world, const std::vector<std::int64_t>& parts) {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        names.push_back("purse " + std::to_string(index));
    }
    world.record(world.open_account("B", names));
    world.record(world.issue_card("B", 2));
    std::int64_t sum = 0;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        Load load = world.load(parts[index], names[index]);
        load.account = account_name("B");
        world.record(load);
        sum += parts[index];
    }
    Authorise payment = world.pay(sum);
    payment.card_token = token(2);
    const auto id = world.authorise(payment).id;
    Present debit = world.present(by_id(id), sum);
    debit.card_token = token(2);
    world.record(debit);
    return id;
}

void expect_within_a_penny_of_the_share(const Authorisation& authorisation) {
    std::int64_t debited = 0;
    std::int64_t credited = 0;
    for (const Leg& leg : authorisation.legs) {
        debited += leg.debited.value;
        credited += leg.credited.value;
    }
    for (const Leg& leg : authorisation.legs) {
        EXPECT_LT(std::abs(leg.credited.value * debited - leg.debited.value * credited), debited);
    }
}

TEST(DecideCredit, GoesBackProRataInAnyPartsAndTakesNothingBack) {
    const std::vector<std::vector<std::int64_t>> debits = {
        {2, 1, 2}, {1, 1, 1}, {1, 2}, {7, 1, 1, 1}, {997, 3, 500, 1}, {100, 33}};
    for (const auto& parts : debits) {
        for (const std::int64_t step : {1, 2, 3, 7, 100}) {
            World world;
            const auto id = cleared_over_purses(world, parts);
            std::int64_t left = 0;
            for (const std::int64_t part : parts) left += part;
            Legs before = world.at(id).legs;
            while (left > 0) {
                const std::int64_t amount = std::min(step, left);
                Present refund = world.refund(by_id(id), amount);
                refund.card_token = token(2);
                const Presented event = world.expect<Presented>(refund);
                ASSERT_EQ(event.unmatched, AmountMinor{0});
                ASSERT_EQ(event.available, world.account("B").available());
                for (std::size_t index = 0; index < before.size(); ++index) {
                    ASSERT_GE(event.after.legs[index].credited, before[index].credited);
                }
                expect_within_a_penny_of_the_share(event.after);
                before = event.after.legs;
                left -= amount;
            }
            for (std::size_t index = 0; index < parts.size(); ++index) {
                EXPECT_EQ(world.account("B").purses[index].available.value, parts[index]);
                EXPECT_EQ(before[index].credited, before[index].debited);
            }
        }
    }
}

TEST(DecideCredit, IsAcceptedWhenLaterPartsChangedTheSharesAndTheMoneyIsSpent) {
    World world = funded(100, 100);
    const auto id = world.approve(100).id;
    world.record(world.present(by_id(id), 100, /*final=*/false));
    world.record(world.refund(by_id(id), 100));
    world.approve(100);
    world.record(world.present(by_id(id), 100));
    const Presented event = world.expect<Presented>(world.refund(by_id(id), 1));
    EXPECT_EQ(event.after.legs[0].credited, AmountMinor{100});
    EXPECT_EQ(event.after.legs[1].credited, AmountMinor{1});
    EXPECT_EQ(world.available(2), 1);
}

TEST(DecideDebit, GivesTheUnusedPartOfTheHoldBackToTheWindows) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    const Presented event = world.expect<Presented>(world.present(by_id(id), 350));
    EXPECT_EQ(event.uncounted.amount, AmountMinor{150});
    EXPECT_FALSE(event.uncounted.place);
    const WindowCount expected{.amount = {350}, .count = 1};
    EXPECT_EQ(world.account().day.count, expected);
    EXPECT_EQ(world.account().week.count, expected);
    EXPECT_EQ(world.account().month.count, expected);
}

TEST(DecideDebit, GivesNothingBackToAWindowThatBeganLater) {
    World world = funded(1000, 0);
    const auto id = world.approve(500).id;
    world.now_ns = utc(2024, 6, 4, 9);
    world.approve(200);
    world.record(world.present(by_id(id), 350));
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {200}, .count = 1}));
    EXPECT_EQ(world.account().week.count, (WindowCount{.amount = {550}, .count = 2}));
}

}  // namespace
}  // namespace carecard::rules
