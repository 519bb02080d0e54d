#include "rules/apply.h"

#include <gtest/gtest.h>

#include "tests/rules/fixture.h"
#include "tests/rules/state_summary.h"

namespace carecard::rules {
namespace {

TEST(Apply, RebuildsTheSameStateFromTheEventsAlone) {
    World world;
    world.record(world.load(5000));
    const auto id = world.approve(1200).id;
    world.record(world.present(by_id(id), 1300));
    world.record(world.refund(by_id(id), 100));
    world.approve(200);
    world.record(world.agree({.day = {.count_max = 2}}));
    world.advance(world.now_ns + days(9));
    State rebuilt;
    for (const auto& [event, stamp] : world.events) apply(rebuilt, event, stamp);
    EXPECT_EQ(summary_of(rebuilt), summary_of(world.state));
}

TEST(Apply, StampsStateAccountAndProgramme) {
    World world;
    world.now_ns = world.now_ns + minutes(1);
    world.record(world.load(5000));
    EXPECT_EQ(world.state.last_ns, world.now_ns);
    EXPECT_EQ(world.account().as_of, world.state.last);
    EXPECT_EQ(world.programme().as_of, world.state.last);
    const Sequence account_as_of = world.account().as_of;
    world.advance(utc(2024, 6, 3, 22));
    EXPECT_EQ(world.account().as_of, account_as_of);
    EXPECT_EQ(world.programme().as_of, world.state.last);
}

TEST(Apply, KeepsTheEpochOfTheStamp) {
    World world;
    Stamp stamp = world.stamp();
    stamp.epoch = {2};
    const Decision decision = decide(world.state, world.load(10), stamp);
    apply(world.state, std::get<Event>(decision), stamp);
    EXPECT_EQ(world.state.epoch, Epoch{2});
}

TEST(Apply, StartsAWindowAfreshWithItsFirstPayment) {
    World world;
    world.record(world.load(5000));
    world.approve(100);
    world.now_ns = utc(2024, 6, 10, 9);
    world.approve(300);
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {300}, .count = 1}));
    EXPECT_EQ(world.account().week.count, (WindowCount{.amount = {300}, .count = 1}));
    EXPECT_EQ(world.account().month.count, (WindowCount{.amount = {400}, .count = 2}));
}

TEST(Apply, ListsOpenAuthorisationsOldestFirst) {
    World world;
    world.record(world.load(5000));
    const auto first = world.approve(100).id;
    const auto second = world.approve(100).id;
    const auto third = world.approve(100).id;
    world.record(world.reverse(by_id(first), 50));
    world.record(world.present(by_id(second), 10, /*final=*/false));
    EXPECT_EQ(world.account().open, (std::vector{first, second, third}));
    world.record(world.present(by_id(second), 90));
    EXPECT_EQ(world.account().open, (std::vector{first, third}));
    EXPECT_EQ(world.state.holds_due.size(), 2U);
}

TEST(Apply, GivesSpendingBackSafelyWhenACorrectedTableMakesADayComeTwice) {
    World world;
    world.record(world.load(5000));
    const auto zone = InlineText<32>::of("Europe/London");
    world.now_ns = utc(2024, 6, 3, 23, 10);
    const auto id = world.approve(500).id;
    world.record(SetOffsetTable{.zone = zone, .table = {}});
    world.approve(100);
    world.record(SetOffsetTable{.zone = zone, .table = london()});
    world.approve(10);
    world.record(world.reverse(by_id(id), 0));
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {110}, .count = 2}));
}

TEST(ApplyDeathTest, AbortsOnAnEventThatDoesNotFollow) {
    World world;
    const Stamp stamp = world.stamp();
    const Decision decision = decide(world.state, world.load(10), stamp);
    const Event& event = std::get<Event>(decision);
    Stamp gap = stamp;
    ++gap.sequence.value;
    EXPECT_DEATH(apply(world.state, event, gap), "CHECK failed");
    Stamp early = stamp;
    early.now_ns = world.state.last_ns - seconds(1);
    EXPECT_DEATH(apply(world.state, event, early), "CHECK failed");
}

TEST(ApplyDeathTest, AbortsOnPostingsThatDoNotSumToZeroOrOverdrawAPurse) {
    World world;
    const Stamp stamp = world.stamp();
    const Decision decision = decide(world.state, world.load(10), stamp);
    Loaded one_sided = std::get<Loaded>(std::get<Event>(decision));
    one_sided.postings[1].amount.value += 1;
    EXPECT_DEATH(apply(world.state, one_sided, stamp), "CHECK failed");
    Loaded overdrawn = std::get<Loaded>(std::get<Event>(decision));
    overdrawn.postings[0].amount = {10};
    overdrawn.postings[1].amount = {-10};
    EXPECT_DEATH(apply(world.state, overdrawn, stamp), "CHECK failed");
}

TEST(AccountOf, NamesTheAccountAndTheProgrammeOfEachEvent) {
    World world;
    EXPECT_EQ(account_of(world.events[0].first), AccountId{});
    EXPECT_EQ(programme_of(world.events[0].first), ProgrammeId{});
    EXPECT_EQ(account_of(world.events[1].first), AccountId{});
    EXPECT_EQ(programme_of(world.events[1].first), ProgrammeId{1});
    EXPECT_EQ(account_of(world.events[2].first), AccountId{1});
    EXPECT_EQ(programme_of(world.events[2].first), ProgrammeId{1});
    world.advance(utc(2024, 6, 3, 22));
    EXPECT_EQ(account_of(world.events.back().first), AccountId{});
    EXPECT_EQ(programme_of(world.events.back().first), ProgrammeId{1});
}

}  // namespace
}  // namespace carecard::rules
