#include <gtest/gtest.h>

#include "tests/rules/purse_world.h"

namespace carecard::rules {
namespace {

using enum LedgerAccount;

const DayNumber monday = day_number(2024, 6, 3);

PurseSpec until(std::string_view name, DayNumber last_day, bool persons_own = false) {
    PurseSpec spec{.name = PurseName::of(name), .terms = {.spend_until = last_day}};
    spec.terms.persons_own = persons_own;
    if (!persons_own) spec.terms.funder = FunderCode::of("icb");
    return spec;
}

ClosePurse close(std::string_view reference, std::string_view purse) {
    static int keys = 0;
    return {.request = asked_by("finance", "close-" + std::to_string(++keys)),
            .account = account_name(reference),
            .purse = PurseName::of(purse),
            .reason = {InlineText<reason_bytes_max>::of("no more of it is needed")}};
}

/// Account "P" with card 2 and the purses "own" (£40.00, the person's) and "care" (£20.00, the
/// ICB's), in this order, which both end on Tuesday; and "spare", which is empty and stays.
class PurseEnd : public ::testing::Test {
   protected:
    PurseEnd() {
        PurseSpec care = until("care", tuesday);
        care.priority = 2;
        open(world, "P",
             {until("own", tuesday, true), care, {.name = PurseName::of("spare"), .priority = 3}},
             2);
        world.record(load_of(world, "P", "own", 4'000));
        world.record(load_of(world, "P", "care", 2'000));
    }

    AuthorisationDecided pay(std::int64_t pence) {
        return world.authorise(pay_at(world, 2, 5'411, pence));
    }
    Presented clear(const AuthorisationId& id, std::int64_t pence) {
        Present command = world.present(by_id(id), pence);
        command.card_token = token(2);
        return world.expect<Presented>(command);
    }
    Presented refund(const OriginalReference& original, std::int64_t pence) {
        Present command = world.refund(original, pence);
        command.card_token = token(2);
        return world.expect<Presented>(command);
    }
    void pass_tuesday() { world.advance(utc(2024, 6, 4, 23)); }  // Midnight in London.
    [[nodiscard]] const Purse& purse(std::uint8_t number) const {
        return world.account("P").purse({number});
    }

    const DayNumber tuesday{monday.value + 1};
    World world;
};

TEST_F(PurseEnd, IsTheFirstInstantAfterItsLastLocalDay) {
    world.advance({utc(2024, 6, 4, 23).value - 1});
    EXPECT_EQ(purse(1).status, PurseStatus::open);
    EXPECT_EQ(purse(1).available.value, 4'000);
    pass_tuesday();
    EXPECT_EQ(purse(1).status, PurseStatus::ended);
    EXPECT_EQ(purse(1).last_day, tuesday);
    EXPECT_EQ(purse(3).status, PurseStatus::open);
    EXPECT_TRUE(world.state.purses_due.empty());
    EXPECT_EQ(world.events.back().second.now_ns, utc(2024, 6, 4, 23));
}

TEST_F(PurseEnd, GivesTheFundersMoneyBackAndOwesThePersonTheirs) {
    pass_tuesday();
    EXPECT_EQ(world.total(recovered), 2'000);
    EXPECT_EQ(world.total(owed_to_person), 4'000);
    EXPECT_EQ(world.total(available), 0);
    EXPECT_EQ(purse(1).returned.value, 4'000);
    EXPECT_EQ(purse(2).returned.value, 2'000);
    const auto& ended = std::get<PurseEnded>(world.events.back().first);
    EXPECT_EQ(ended.purse, PurseNumber{2});
    EXPECT_EQ(ended.surplus, (PurseSurplus{.funder = FunderCode::of("icb"), .amount = {2'000}}));
    EXPECT_EQ(ended.available.value, 0);
}

TEST_F(PurseEnd, OfAnEmptyPurseMovesNothing) {
    pay(6'000);
    pass_tuesday();
    const auto& ended = std::get<PurseEnded>(world.events.back().first);
    EXPECT_EQ(ended.surplus.amount.value, 0);
    EXPECT_TRUE(ended.postings.empty());
    EXPECT_EQ(purse(2).status, PurseStatus::ended);
}

TEST_F(PurseEnd, LeavesHoldsToClear) {
    const auto paid = pay(4'500);
    pass_tuesday();
    EXPECT_EQ(purse(1).held.value, 4'000);
    EXPECT_EQ(purse(2).held.value, 500);
    EXPECT_EQ(world.total(recovered), 1'500);
    const Presented cleared = clear(paid.id, 4'500);
    EXPECT_EQ(cleared.exposure.value, 0);
    EXPECT_EQ(world.total(settlement), 4'500);
    EXPECT_EQ(world.total(recovered), 1'500);
}

TEST_F(PurseEnd, SendsWhatIsReleasedLaterTheSameWay) {
    const auto paid = pay(4'500);
    pass_tuesday();
    Reverse back = world.reverse(by_id(paid.id), 1'000);
    back.card_token = token(2);
    const auto reversed = world.expect<Reversed>(back);
    EXPECT_EQ(reversed.released.value, 3'500);
    EXPECT_EQ(reversed.available.value, 0);
    EXPECT_EQ(world.total(recovered), 2'000);
    EXPECT_EQ(world.total(owed_to_person), 3'000);
    world.advance(world.at(paid.id).expires_ns);
    EXPECT_EQ(world.total(owed_to_person), 4'000);
    EXPECT_EQ(purse(1).held.value, 0);
    EXPECT_EQ(purse(1).available.value, 0);
    EXPECT_EQ(purse(1).returned.value, 4'000);
}

TEST_F(PurseEnd, SendsARefundToWhoeverPaidToThePenny) {
    const auto paid = pay(4'500);
    clear(paid.id, 4'500);
    pass_tuesday();
    refund(by_id(paid.id), 900);
    EXPECT_EQ(world.total(owed_to_person), 800);
    EXPECT_EQ(world.total(recovered), 1'600);
    refund(by_id(paid.id), 1'111);
    refund(by_id(paid.id), 2'489);
    EXPECT_EQ(world.total(owed_to_person), 4'000);
    EXPECT_EQ(world.total(recovered), 2'000);
    EXPECT_EQ(world.account("P").available().value, 0);
}

TEST_F(PurseEnd, LeavesUnmatchedCreditsToTheOpenPurseThatPaysFirst) {
    pass_tuesday();
    const Presented credited = refund({}, 700);
    EXPECT_EQ(credited.unmatched.value, 700);
    EXPECT_EQ(purse(3).available.value, 700);
    EXPECT_EQ(credited.available.value, 700);
}

TEST_F(PurseEnd, OfAllPursesSendsUnmatchedCreditsToTheOwnerOfTheFirst) {
    pass_tuesday();
    world.record(close("P", "spare"));
    refund({}, 700);
    EXPECT_EQ(world.total(owed_to_person), 4'700);
    EXPECT_EQ(world.account("P").available().value, 0);
}

TEST_F(PurseEnd, TakesNoMoreLoadsAndNoMorePayments) {
    pass_tuesday();
    const Fault fault = world.expect_fault(load_of(world, "P", "care", 100));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_EQ(fault.field, "purse");
    EXPECT_EQ(fault.detail, "the purse ended on 2024-06-04");
    world.record(load_of(world, "P", "", 300));
    EXPECT_EQ(purse(3).available.value, 300) << "an unnamed load goes to an open purse";
    const auto refused = pay(301);
    EXPECT_EQ(refused.decline.amount_would_work.value, 300);
    EXPECT_EQ(refused.facts.purses[0].verdict, PurseVerdict::ended);
}

TEST_F(PurseEnd, ComesByItselfToAPurseThatIsOpenedTooLate) {
    pass_tuesday();
    OpenPurse late{.request = asked_by("support", "late"),
                   .account = account_name("P"),
                   .purse = until("late", tuesday)};
    world.record(late);
    world.advance(world.now_ns);
    EXPECT_EQ(purse(4).status, PurseStatus::ended);
}

TEST_F(PurseEnd, IsPassedOverWhenItCannotBeDecided) {
    const AccountId account = world.account("P").id;
    const PassedOver first{.purses = {{account, {1}}}};
    const auto due = next_due(world.state, utc(2024, 6, 5), first);
    ASSERT_TRUE(due);
    EXPECT_EQ(due->at, utc(2024, 6, 3, 22)) << "a cut-off, which is sooner";
    const auto end = next_purse_end(world.state, utc(2024, 6, 5), first);
    ASSERT_TRUE(end);
    EXPECT_EQ(std::get<EndPurse>(end->command), (EndPurse{.account = account, .purse = {2}}));
    EXPECT_FALSE(next_purse_end(world.state, {utc(2024, 6, 4, 23).value - 1}));
}

TEST_F(PurseEnd, ByTheWordOfStaffIsAtOnce) {
    const auto paid = pay(100);
    const auto closed = world.expect<PurseClosed>(close("P", "own"));
    EXPECT_EQ(closed.surplus, (PurseSurplus{.persons_own = true, .amount = {3'900}}));
    EXPECT_EQ(closed.day, monday);
    EXPECT_EQ(closed.available.value, 2'000);
    EXPECT_EQ(purse(1).status, PurseStatus::closed);
    EXPECT_EQ(purse(1).held.value, 100);
    EXPECT_EQ(world.total(owed_to_person), 3'900);
    EXPECT_EQ(pay(2'001).facts.purses[0].verdict, PurseVerdict::closed);
    clear(paid.id, 60);
    EXPECT_EQ(world.total(owed_to_person), 3'940);
    pass_tuesday();
    EXPECT_EQ(purse(1).status, PurseStatus::closed) << "it does not end a second time";
}

TEST_F(PurseEnd, ByTheWordOfStaffIsRefusedForWhatIsOverOrIsNotThere) {
    EXPECT_EQ(world.expect_fault(close("Q", "own")).kind, FaultKind::not_found);
    EXPECT_EQ(world.expect_fault(close("P", "none")).field, "purse");
    world.record(close("P", "own"));
    EXPECT_EQ(world.expect_fault(close("P", "own")).detail, "the purse was closed on 2024-06-03");
    pass_tuesday();
    EXPECT_EQ(world.expect_fault(close("P", "care")).detail, "the purse ended on 2024-06-04");
}

TEST_F(PurseEnd, OfStagesLeavesNothingWaiting) {
    open(world, "S", {{.name = PurseName::of("works"), .terms = {.staged = true}}}, 3);
    world.record(load_of(world, "S", "works", 1'000));
    world.record(close("S", "works"));
    EXPECT_EQ(world.account("S").purse({1}).unreleased.value, 0);
    EXPECT_EQ(world.expect_fault(release("S", "works", 1, "one")).field, "purse");
    EXPECT_EQ(world.total(recovered), 1'000);
}

}  // namespace
}  // namespace carecard::rules
