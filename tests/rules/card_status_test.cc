#include "rules/card_status.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum CardStatus;

/// What is written of each status, by hand: "h" where the holder's word is enough, "c" where only
/// the council's is, "-" where nobody's is.
const std::map<CardStatus, std::string> transitions{
    // to: active frozen closed lost stolen damaged
    {active, "hhchhh"},   {frozen, "chchhh"},   {closed, "--h---"},
    {inactive, "h-chhh"}, {lost, "--chh-"},     {stolen, "--chh-"},
    {damaged, "--c--h"},  {replaced, "--c---"}, {used, "--c---"},
};
constexpr CardStatus targets[] = {active, frozen, closed, lost, stolen, damaged};

TEST(CardStatusTable, AllowsWhatIsWrittenAndSaysWhatElseCanBeDone) {
    for (const auto& [from, row] : transitions) {
        for (std::size_t index = 0; index < row.size(); ++index) {
            const CardStatus to = targets[index];
            const auto council = objection_to(from, Actor::council, to, Actor::council);
            const auto holder = objection_to(from, Actor::council, to, Actor::holder);
            EXPECT_EQ(!council, row[index] != '-') << static_cast<int>(from) << " to " << index;
            EXPECT_EQ(!holder, row[index] == 'h') << static_cast<int>(from) << " to " << index;
            for (const auto& objection : {council, holder}) {
                if (!objection) continue;
                EXPECT_FALSE(objection->detail.empty());
                EXPECT_FALSE(objection->remedy.empty());
            }
        }
    }
}

TEST(CardStatusTable, KnowsWhatIsForGoodAndWhatStaffMaySet) {
    const std::set<CardStatus> lives{active, frozen, inactive};
    const std::set<CardStatus> settable(std::begin(targets), std::end(targets));
    for (const auto& [status, row] : transitions) {
        EXPECT_EQ(is_for_good(status), !lives.contains(status));
        EXPECT_EQ(is_settable(status), settable.contains(status));
    }
}

TEST(CardFreeze, OfTheHolderIsLiftedByEither) {
    for (const bool holder : {true, false}) {
        World world;
        EXPECT_EQ(world.expect<CardStatusSet>(world.by_holder(frozen)).frozen_by, Actor::holder);
        world.record(holder ? world.by_holder(active) : world.card_status(active));
        EXPECT_EQ(world.state.at(CardId{1}).status, active);
        EXPECT_EQ(world.state.at(CardId{1}).frozen_by, Actor::none);
    }
}

TEST(CardFreeze, OfTheCouncilStandsAboveTheHoldersWord) {
    World world;
    world.record(world.by_holder(frozen));
    world.record(world.card_status(frozen));
    EXPECT_EQ(world.expect<CardStatusSet>(world.by_holder(frozen)).frozen_by, Actor::council);
    const Fault fault = world.expect_fault(world.by_holder(active));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_EQ(fault.field, "status");
    EXPECT_EQ(fault.detail, "the council froze the card, so the holder cannot unfreeze it");
    EXPECT_EQ(fault.remedy, "ask the council to unfreeze it");
    world.record(world.card_status(active));
    EXPECT_EQ(world.decline_of(1).reason, DeclineReason::funds_insufficient);
}

TEST(CardActivation, IsAskedForBeforeTheFirstPayment) {
    World world;
    world.record(world.load(1000));
    IssueCard issue = world.issue_card("A", 2);
    issue.activation_required = true;
    const CardId card = world.expect<CardIssued>(issue).card;
    Authorise pay = world.pay(100);
    pay.card_token = token(2);
    EXPECT_EQ(world.decline_of(pay).reason, DeclineReason::card_not_active);
    EXPECT_EQ(world.expect_fault(world.by_holder(frozen, card)).remedy,
              "report it lost or stolen if it did not arrive");
    EXPECT_EQ(world.expect<CardStatusSet>(world.by_holder(active, card)).ended, CardId{});
    pay.request = asked_by("gateway", "again", "");
    EXPECT_EQ(world.decline_of(pay), Decline{});
}

TEST(CardDeclines, NameEachStatus) {
    const std::pair<CardStatus, DeclineReason> rows[] = {
        {frozen, DeclineReason::card_frozen},   {closed, DeclineReason::card_closed},
        {lost, DeclineReason::card_lost},       {stolen, DeclineReason::card_stolen},
        {damaged, DeclineReason::card_damaged},
    };
    for (const auto& [status, reason] : rows) {
        World world;
        world.record(world.load(1000));
        world.record(world.card_status(status));
        EXPECT_EQ(world.decline_of(100), (Decline{.reason = reason, .level = RuleLevel::card}));
        Authorise credit = world.pay(100);
        credit.kind = TransactionKind::refund;
        EXPECT_EQ(world.decline_of(credit), Decline{});
    }
}

class SingleUseTest : public testing::Test {
   protected:
    SingleUseTest() {
        world_.record(world_.load(5000));
        IssueCard issue = world_.issue_card("A", 2);
        issue.single_use = true;
        card_ = world_.expect<CardIssued>(issue).card;
    }
    template <class Command>
    Command with_it(Command command) {
        command.card_token = token(2);
        return command;
    }
    CardStatus status() { return world_.state.at(card_).status; }

    World world_;
    CardId card_;
};

TEST_F(SingleUseTest, IsUsedUpByTheFirstApprovedPaymentAndNotBefore) {
    Authorise ask = with_it(world_.pay(1));
    ask.kind = TransactionKind::verification;
    ask.amounts.transaction = ask.amounts.billing = {0};
    EXPECT_EQ(world_.decline_of(ask), Decline{});
    EXPECT_TRUE(world_.decline_of(with_it(world_.pay(6000))).declined());
    EXPECT_EQ(status(), active);
    EXPECT_TRUE(world_.authorise(with_it(world_.pay(100))).uses_card);
    EXPECT_EQ(status(), used);
    EXPECT_EQ(world_.decline_of(with_it(world_.pay(100))).reason, DeclineReason::card_used);
}

TEST_F(SingleUseTest, KeepsToItsOnePaymentInAllThatComesOfIt) {
    const OriginalReference paid = by_id(world_.authorise(with_it(world_.pay(100))).id);
    EXPECT_EQ(world_.expect<HoldIncreased>(with_it(world_.increase(paid, 50))).decline, Decline{});
    EXPECT_EQ(world_.expect<Presented>(with_it(world_.present(paid, 150))).exception, Exception{});
    EXPECT_EQ(world_.expect<Presented>(with_it(world_.refund(paid, 150))).unmatched,
              AmountMinor{0});
    EXPECT_EQ(world_.available(1), 5000);
    EXPECT_EQ(status(), used);
}

TEST_F(SingleUseTest, IsNotGivenBackByAReversalSinceItMayStillClear) {
    const OriginalReference paid = by_id(world_.authorise(with_it(world_.pay(100))).id);
    world_.record(with_it(world_.reverse(paid, 0)));
    EXPECT_EQ(status(), used);
    EXPECT_EQ(world_.decline_of(with_it(world_.pay(100))).reason, DeclineReason::card_used);
}

TEST_F(SingleUseTest, IsUsedUpByAPaymentThatTheNetworkApprovedInOurPlace) {
    const auto advised =
        world_.expect<Advised>(with_it(world_.advise(AdviceKind::stand_in_approved, {}, 100)));
    EXPECT_TRUE(advised.uses_card);
    EXPECT_EQ(status(), used);
}

}  // namespace
}  // namespace carecard::rules
