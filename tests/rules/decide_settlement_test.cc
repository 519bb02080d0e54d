#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

CloseSettlement close(DayNumber day, std::string_view council = "riverdale") {
    return {.request = asked_by("finance", "close", council),
            .programme = ProgrammeCode::of("care"),
            .day = day};
}

constexpr int monday = 3;  ///< Of June 2024, the day on which the world begins.

DayNumber june(int day) { return day_number(2024, 6, static_cast<unsigned>(day)); }

void end_day(World& world, int day) { world.advance(utc(2024, 6, static_cast<unsigned>(day), 22)); }

TEST(NextDue, IsNothingBeforeTheFirstCutOff) {
    World world;
    EXPECT_FALSE(next_due(world.state, {utc(2024, 6, monday, 22).value - 1}).has_value());
    const auto due = next_due(world.state, utc(2024, 6, monday, 22));
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(due->at, utc(2024, 6, monday, 22));
    EXPECT_EQ(std::get<EndBusinessDay>(due->command),
              (EndBusinessDay{.programme = {1}, .day = june(monday)}));
}

TEST(NextDue, TakesTheEarliestHoldFirst) {
    World world;
    world.record(world.load(100));
    const auto first = world.approve(10).id;
    world.now_ns = world.now_ns + minutes(1);
    const auto second = world.approve(10).id;
    world.record(world.reverse(by_id(first), 5));
    const TimestampNs when = world.now_ns + days(6) + hours(23);
    world.advance(when);
    const auto due = next_due(world.state, world.now_ns + days(1));
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(std::get<ExpireHold>(due->command), ExpireHold{first});
    world.advance(world.state.holds_due.begin()->first);
    EXPECT_EQ(world.at(first).state, AuthorisationState::expired);
    EXPECT_EQ(world.at(second).state, AuthorisationState::open);
}

TEST(NextDue, PutsACutOffBeforeAHoldThatExpiresInTheSameInstant) {
    World world;
    world.record(world.load(100));
    world.now_ns = utc(2024, 6, monday, 22);
    world.advance(world.now_ns);
    world.approve(10);
    world.advance({(world.now_ns + days(7)).value - 1});
    const TimestampNs both = world.now_ns + DurationNs{1};
    auto due = next_due(world.state, both);
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(due->at, both);
    ASSERT_TRUE(std::holds_alternative<EndBusinessDay>(due->command));
    world.now_ns = both;
    world.record(due->command);
    due = next_due(world.state, both);
    ASSERT_TRUE(due.has_value());
    EXPECT_EQ(due->at, both);
    EXPECT_TRUE(std::holds_alternative<ExpireHold>(due->command));
}

TEST(NextDue, TakesProgrammesByTheirCutOff) {
    World world;
    CreateProgramme early = world.programme("early", "riverdale");
    early.cut_off_second = 18 * 3600;
    world.record(early);
    world.record(world.programme("equal", "riverdale"));
    std::vector<std::uint32_t> order;
    while (const auto due = next_due(world.state, utc(2024, 6, 4, 12))) {
        order.push_back(std::get<EndBusinessDay>(due->command).programme.value);
        world.now_ns = due->at;
        world.record(due->command);
    }
    EXPECT_EQ(order, (std::vector<std::uint32_t>{2, 1, 3}));
}

TEST(DecideEndBusinessDay, CarriesTheDaysTotalsAndTheTrialBalance) {
    World world;
    world.record(world.load(1000));
    world.record(world.present({}, 300));
    world.record(world.refund({}, 20));
    const Sequence last = world.state.last;
    world.now_ns = utc(2024, 6, monday, 22);
    const auto event =
        world.expect<BusinessDayEnded>(EndBusinessDay{.programme = {1}, .day = june(monday)});
    EXPECT_EQ(event.last, last);
    EXPECT_EQ(event.cleared,
              (DayTotals{.debit_count = 1, .credit_count = 1, .debit = {300}, .credit = {20}}));
    EXPECT_EQ(event.trial_balance[LedgerAccount::settlement], TotalMinor{280});
    EXPECT_EQ(event.trial_balance.sum(), TotalMinor{0});
    EXPECT_EQ(world.programme().today, DayTotals{});
    EXPECT_EQ(world.programme().business_day, june(4));
}

TEST(DecideEndBusinessDay, EndsEveryDayThatIsPassedAtItsOwnCutOff) {
    World world;
    end_day(world, 6);
    ASSERT_EQ(world.programme().ended.size(), 4U);
    for (std::size_t index = 0; index < 4; ++index) {
        EXPECT_EQ(world.programme().ended[index].day, june(monday + static_cast<int>(index)));
    }
    EXPECT_EQ(world.state.last_ns, utc(2024, 6, 6, 22));
}

TEST(DecideEndBusinessDay, FollowsLocalTimeThroughTheEndOfSummerTime) {
    World world;
    world.advance(utc(2024, 10, 26, 22));
    EXPECT_EQ(world.programme().business_day, day_number(2024, 10, 27));
    EXPECT_EQ(world.programme().cut_off_ns, utc(2024, 10, 27, 23));
}

TEST(DecideCloseSettlement, GivesTheFirstBatchEverythingFromTheBeginning) {
    World world;
    world.record(world.load(1000));
    world.record(world.present({}, 300));
    const Sequence last = world.state.last;
    end_day(world, monday);
    const auto event = world.expect<SettlementClosed>(close(june(monday)));
    EXPECT_EQ(event.number, 1U);
    EXPECT_EQ(event.first, Sequence{1});
    EXPECT_EQ(event.last, last);
    EXPECT_EQ(event.cleared.debit, TotalMinor{300});
    EXPECT_TRUE(world.programme().ended.empty());
}

TEST(DecideCloseSettlement, LeavesNoGapsBetweenBatches) {
    World world;
    Sequence previous_last;
    for (int day = monday; day < monday + 5; ++day) {
        world.record(world.refund({}, 10));
        end_day(world, day);
        const auto event = world.expect<SettlementClosed>(close(june(day)));
        EXPECT_EQ(event.number, static_cast<std::uint32_t>(day - monday + 1));
        EXPECT_EQ(event.first.value, previous_last.value + 1);
        EXPECT_EQ(event.cleared.credit, TotalMinor{10});
        previous_last = event.last;
    }
}

TEST(DecideCloseSettlement, MergesDaysThatWereNotClosed) {
    World world;
    world.record(world.load(1000));
    for (int day = monday; day < monday + 3; ++day) {
        world.record(world.present({}, 100));
        end_day(world, day);
    }
    const Sequence last = world.programme().ended[1].last;
    const auto event = world.expect<SettlementClosed>(close(june(monday + 1)));
    EXPECT_EQ(event.number, 1U);
    EXPECT_EQ(event.last, last);
    EXPECT_EQ(event.cleared, (DayTotals{.debit_count = 2, .debit = {200}}));
    const auto next = world.expect<SettlementClosed>(close(june(monday + 2)));
    EXPECT_EQ(next.number, 2U);
    EXPECT_EQ(next.first.value, last.value + 1);
    EXPECT_EQ(next.cleared.debit_count, 1U);
}

TEST(DecideCloseSettlement, AnswersADayClosedBeforeWithTheSameRecord) {
    World world;
    end_day(world, monday);
    world.record(close(june(monday)));
    const Sequence recorded = world.state.last;
    end_day(world, monday + 1);
    world.record(close(june(monday + 1)));
    EXPECT_EQ(world.expect_already_recorded(close(june(monday))), recorded);
}

TEST(DecideCloseSettlement, RefusesADayThatHasNoBatchAndSaysWhy) {
    World world;
    const Fault running = world.expect_fault(close(june(monday)));
    EXPECT_EQ(running.kind, FaultKind::conflict);
    EXPECT_EQ(running.field, "day");
    EXPECT_EQ(running.detail, "this business day has not ended");
    EXPECT_TRUE(same(running, world.expect_fault(close(june(monday + 9)))));
    EXPECT_EQ(world.expect_fault(close(june(monday - 1))).detail,
              "this day is before the programme began");
    end_day(world, monday + 1);
    world.record(close(june(monday + 1)));
    EXPECT_EQ(world.expect_fault(close(june(monday))).detail,
              "this day is part of a later day's batch");
}

TEST(DecideCloseSettlement, AnswersAnotherCouncilsProgrammeLikeOneThatDoesNotExist) {
    World world;
    end_day(world, monday);
    CloseSettlement unknown = close(june(monday));
    unknown.programme = ProgrammeCode::of("no-such");
    const Fault fault = world.expect_fault(unknown);
    EXPECT_EQ(fault.kind, FaultKind::not_found);
    EXPECT_EQ(fault.field, "programme");
    EXPECT_TRUE(same(fault, world.expect_fault(close(june(monday), "hillside"))));
}

TEST(DecideCloseSettlement, NumbersTheBatchesOfEachProgrammeApart) {
    World world;
    world.record(world.programme("other", "riverdale"));
    end_day(world, monday);
    world.record(close(june(monday)));
    CloseSettlement other = close(june(monday));
    other.programme = ProgrammeCode::of("other");
    EXPECT_EQ(world.expect<SettlementClosed>(other).number, 1U);
}

/// What a restore to the present end writes, with `lost` published beyond it.
Restored restored(const World& world, std::vector<LostBatches> lost) {
    return {.epoch = {world.state.epoch.value + 1},
            .restored_to = world.state.last,
            .lost_first = {world.state.last.value + 1},
            .lost_last = {world.state.last.value + 40},
            .batches_lost = std::move(lost)};
}

TEST(DecideCloseSettlement, GoesOnAboveTheNumbersThatARestoreLost) {
    World world;
    world.record(world.programme("other", "riverdale"));
    end_day(world, monday);
    world.record(close(june(monday)));
    world.take(restored(world, {{.programme = {1}, .first = 2, .last = 4}}));
    end_day(world, monday + 1);
    EXPECT_EQ(world.expect<SettlementClosed>(close(june(monday + 1))).number, 5U);
    CloseSettlement other = close(june(monday + 1));
    other.programme = ProgrammeCode::of("other");
    EXPECT_EQ(world.expect<SettlementClosed>(other).number, 1U);
}

TEST(DecideCloseSettlement, ClosesADayAgainWhoseBatchWasLost) {
    World world;
    end_day(world, monday);
    world.take(restored(world, {{.programme = {1}, .first = 1, .last = 1}}));
    const auto closed = world.expect<SettlementClosed>(close(june(monday)));
    EXPECT_EQ(closed.number, 2U);
    EXPECT_EQ(closed.first, Sequence{1});
    EXPECT_EQ(world.expect_already_recorded(close(june(monday))), world.state.last);
}

TEST(Restored, GivesItsEpochToAllThatComesAfterIt) {
    World world;
    world.record(world.load(100));
    const auto before = world.approve(10).id;
    world.take(restored(world, {}));
    const auto after = world.approve(10).id;
    EXPECT_EQ(before.epoch, Epoch{1});
    EXPECT_EQ(after.epoch, Epoch{2});
    world.record(world.present(by_id(before), 10));
    world.record(world.reverse(by_id(after), 0));
    EXPECT_EQ(world.account().available().value, 90);
}

using RestoredDeathTest = testing::Test;

TEST(RestoredDeathTest, AbortsWhereItCannotStand) {
    World world;
    Restored elsewhere = restored(world, {});
    ++elsewhere.restored_to.value;
    EXPECT_DEATH(world.take(elsewhere), "CHECK failed: event.restored_to");
    Restored same_epoch = restored(world, {});
    same_epoch.epoch = world.state.epoch;
    EXPECT_DEATH(world.take(same_epoch), "CHECK failed: event.epoch");
    EXPECT_DEATH(world.take(restored(world, {{.programme = {1}, .first = 2, .last = 2}})),
                 "CHECK failed: lost.first");
}

}  // namespace
}  // namespace carecard::rules
