#include <gtest/gtest.h>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum ReplacedBecause;

/// Money, a payment by the first card, and a second card in its place.
class ReplacedCardTest : public testing::Test {
   protected:
    ReplacedCardTest() {
        world_.record(world_.load(5000));
        paid_ = world_.approve(1000);
    }
    template <class Command>
    static Command by_new(Command command) {
        command.card_token = token(2);
        return command;
    }
    CardReplaced replace(ReplacedBecause because, bool activation_required = false) {
        return world_.expect<CardReplaced>(world_.replace({1}, because, 2, activation_required));
    }
    CardStatus status(std::uint32_t card) { return world_.state.at(CardId{card}).status; }

    World world_;
    AuthorisationDecided paid_;
};

TEST_F(ReplacedCardTest, EndsWithItsOwnReasonAndItsSuccessorPays) {
    const std::tuple<ReplacedBecause, CardStatus, DeclineReason> rows[] = {
        {lost, CardStatus::lost, DeclineReason::card_lost},
        {stolen, CardStatus::stolen, DeclineReason::card_stolen},
        {damaged, CardStatus::damaged, DeclineReason::card_damaged},
        {renewal, CardStatus::replaced, DeclineReason::card_replaced},
    };
    for (const auto& [because, status, reason] : rows) {
        World world;
        world.record(world.load(1000));
        const auto event = world.expect<CardReplaced>(world.replace({1}, because, 2));
        EXPECT_EQ(event.old_status, status);
        EXPECT_EQ(event.card, CardId{2});
        EXPECT_EQ(world.decline_of(100).reason, reason);
        EXPECT_EQ(world.decline_of(by_new(world.pay(100))), Decline{});
        EXPECT_EQ(world.state.at(CardId{1}).replaced_by, CardId{2});
        EXPECT_EQ(world.state.at(CardId{2}).replaces, CardId{1});
        EXPECT_EQ(world.account().cards.size(), 2U);
    }
}

TEST_F(ReplacedCardTest, FindsItsLateMessagesByEitherToken) {
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
        World world;
        world.record(world.load(5000));
        const OriginalReference paid = by_id(world.approve(1000).id);
        const OriginalReference other = by_id(world.approve(300).id);
        world.record(world.replace({1}, damaged, 2));
        const auto with = [&](auto command) {
            command.card_token = token(number);
            return command;
        };
        const auto raised = world.expect<HoldIncreased>(with(world.increase(paid, 100)));
        EXPECT_EQ(raised.decline, Decline{});
        EXPECT_EQ(world.expect<Reversed>(with(world.reverse(other, 0))).released, AmountMinor{300});
        const auto completed =
            world.expect<Advised>(with(world.advise(AdviceKind::completion, paid, 900)));
        EXPECT_EQ(completed.released, AmountMinor{200});
        const auto cleared = world.expect<Presented>(with(world.present(paid, 900)));
        EXPECT_EQ(cleared.matched_by, MatchedBy::authorisation_id);
        EXPECT_EQ(cleared.exception, Exception{});
        EXPECT_EQ(world.expect<Presented>(with(world.refund(paid, 900))).unmatched, AmountMinor{0});
        EXPECT_EQ(world.available(1), 5000);
    }
}

TEST_F(ReplacedCardTest, IsFoundByItsCodeAloneForAMerchantWhoKnowsTheNewCard) {
    replace(renewal);
    const OriginalReference by_code{.authorisation_code = paid_.code};
    const auto cleared = world_.expect<Presented>(by_new(world_.present(by_code, 1000)));
    EXPECT_EQ(cleared.matched_by, MatchedBy::authorisation_code);
    EXPECT_EQ(cleared.after.id, paid_.id);
}

TEST_F(ReplacedCardTest, OfAnotherChainStaysAnotherCard) {
    world_.record(world_.issue_card("A", 3));
    replace(lost);
    Increment extra = world_.increase(by_id(paid_.id), 100);
    extra.card_token = token(3);
    EXPECT_EQ(world_.expect<HoldIncreased>(extra).decline.reason,
              DeclineReason::original_other_card);
}

TEST_F(ReplacedCardTest, GrowsNoMoreOnceItWasReportedLostOrStolen) {
    for (const ReplacedBecause because : {lost, stolen}) {
        World world;
        world.record(world.load(5000));
        const OriginalReference paid = by_id(world.approve(1000).id);
        const auto event = world.expect<CardReplaced>(world.replace({1}, because, 2));
        const Decline decline = world.expect<HoldIncreased>(world.increase(paid, 100)).decline;
        EXPECT_EQ(decline.reason, event.old_status == CardStatus::lost
                                      ? DeclineReason::card_lost
                                      : DeclineReason::card_stolen);
    }
}

TEST_F(ReplacedCardTest, TakesUnmatchedCreditsAfterItsEndWhateverItWas) {
    for (const CardStatus status : {CardStatus::closed, CardStatus::lost, CardStatus::stolen,
                                    CardStatus::damaged, CardStatus::frozen}) {
        World world;
        world.record(world.card_status(status));
        const auto credited = world.expect<Presented>(world.refund({}, 700));
        EXPECT_EQ(credited.exception.reason, ExceptionReason::credit_unmatched);
        EXPECT_EQ(world.available(1), 700);
    }
    replace(lost);
    world_.record(world_.refund({}, 700));
    EXPECT_EQ(world_.available(1), 4700);
}

TEST_F(ReplacedCardTest, OfARenewalIsGoodUntilTheNewOneIsActivated) {
    EXPECT_EQ(replace(renewal, true).old_status, CardStatus::active);
    EXPECT_EQ(world_.decline_of(100), Decline{});
    EXPECT_EQ(world_.decline_of(by_new(world_.pay(100))).reason, DeclineReason::card_not_active);
    const auto activated = world_.expect<CardStatusSet>(world_.by_holder(CardStatus::active, {2}));
    EXPECT_EQ(activated.ended, CardId{1});
    EXPECT_EQ(world_.decline_of(100).reason, DeclineReason::card_replaced);
    EXPECT_EQ(world_.decline_of(by_new(world_.pay(100))), Decline{});
}

TEST_F(ReplacedCardTest, OfARenewalThatWasLostOnItsWayEndsWithTheThirdCard) {
    for (const bool activation_required : {false, true}) {
        World world;
        world.record(world.replace({1}, renewal, 2, true));
        const auto again =
            world.expect<CardReplaced>(world.replace({2}, lost, 3, activation_required));
        EXPECT_EQ(again.old_status, CardStatus::lost);
        EXPECT_EQ(again.ended, activation_required ? CardId{} : CardId{1});
        if (activation_required) {
            const auto activated =
                world.expect<CardStatusSet>(world.card_status(CardStatus::active, {3}));
            EXPECT_EQ(activated.ended, CardId{1});
        }
        EXPECT_EQ(world.state.at(CardId{1}).status, CardStatus::replaced);
        EXPECT_EQ(world.state.at(CardId{3}).first, CardId{1});
    }
}

TEST_F(ReplacedCardTest, SharesItsTapsWithItsSuccessor) {
    SpendingRules rules;
    rules.contactless.count_max = 3;
    world_.record(world_.agree(rules));
    const auto tap = [&](std::uint8_t number) {
        Authorise pay = world_.pay(100);
        pay.card_token = token(number);
        pay.entry_mode = EntryMode::contactless_chip;
        return world_.authorise(pay);
    };
    tap(1);
    const AuthorisationDecided second = tap(1);
    replace(renewal);
    EXPECT_EQ(tap(2).decline, Decline{});
    EXPECT_EQ(tap(2).decline.reason, DeclineReason::contactless_needs_pin);
    world_.record(world_.reverse(by_id(second.id), 0));
    EXPECT_EQ(tap(2).decline, Decline{});
}

TEST_F(ReplacedCardTest, IsRefusedWithWhatCanBeDoneInstead) {
    const auto refused = [&](const ReplaceCard& command) {
        const Fault fault = world_.expect_fault(command);
        EXPECT_EQ(fault.kind, FaultKind::conflict);
        return fault.field + ": " + fault.remedy;
    };
    EXPECT_EQ(refused(world_.replace({1}, lost, 1)),
              "tokens: check the card number that the token was made from");
    ReplaceCard late = world_.replace({1}, lost, 2);
    late.expiry = {.year = 2024, .month = 5};
    EXPECT_EQ(refused(late), "expiry: give a later month");
    world_.record(world_.card_status(CardStatus::frozen));
    EXPECT_EQ(refused(world_.replace({1}, damaged, 2)),
              "card: unfreeze it first, or report it lost or stolen");
    world_.record(world_.card_status(CardStatus::active));
    world_.record(world_.by_holder(CardStatus::frozen));
    replace(renewal, true);
    EXPECT_EQ(status(1), CardStatus::frozen);
    EXPECT_EQ(refused(world_.replace({1}, lost, 3)), "card: replace the card after it");
    EXPECT_EQ(refused(world_.replace({2}, renewal, 3)), "card: activate it, or replace it as lost");
    world_.record(world_.card_status(CardStatus::closed, {2}));
    EXPECT_EQ(refused(world_.replace({2}, lost, 3)), "card: issue another card");
    EXPECT_EQ(world_.expect_fault(world_.replace({9}, lost, 3)).kind, FaultKind::not_found);
}

}  // namespace
}  // namespace carecard::rules
