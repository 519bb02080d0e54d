#include <gtest/gtest.h>

#include "rules/purse_units.h"
#include "tests/rules/purse_world.h"

namespace carecard::rules {
namespace {

const DayNumber monday = day_number(2024, 6, 3);

PurseSpec hours_at(std::int64_t rate) {
    return {.name = PurseName::of("hours"),
            .terms = {.unit = PurseUnit::hours, .unit_rate = {rate}}};
}

Load load_hours(World& world, std::uint32_t hundredths) {
    Load command = load_of(world, "P", "hours", 0);
    command.currency = {};
    command.units = {hundredths};
    return command;
}

TEST(LoadOfHours, ComesToHoursTimesTheRate) {
    World world;
    open(world, "P", {hours_at(1'750)}, 2);
    const auto loaded = world.expect<Loaded>(load_hours(world, 1'250));
    EXPECT_EQ(loaded.amount().value, 21'875);
    EXPECT_EQ(world.account("P").purse({1}).available.value, 21'875);
    EXPECT_EQ(hundredths_in({21'875}, {1'750}), 1'250);
    EXPECT_EQ(hundredths_in({21'874}, {1'750}), 1'249);
}

TEST(LoadOfHours, NamesTheNearestThatWorkWhenTheyComeToNoWholePennies) {
    World world;
    open(world, "P", {hours_at(1'755)}, 2);
    const Fault fault = world.expect_fault(load_hours(world, 1'234));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_EQ(fault.field, "units_hundredths");
    EXPECT_EQ(fault.remedy, "load 12.20 or 12.40 hours");
    EXPECT_TRUE(amount_of({1'220}, {1'755}).has_value());
    EXPECT_TRUE(amount_of({1'240}, {1'755}).has_value());
    for (std::uint32_t between = 1'221; between < 1'240; ++between) {
        EXPECT_FALSE(amount_of({between}, {1'755}).has_value()) << between;
    }
    EXPECT_EQ(world.expect_fault(load_hours(world, 1)).remedy, "load 0.20 hours");
}

TEST(LoadOfHours, GoesIntoAPurseOfHoursAlone) {
    World world;
    open(world, "P", {{.name = PurseName::of("hours")}}, 2);
    EXPECT_EQ(world.expect_fault(load_hours(world, 100)).field, "units_hundredths");
}

TEST(LoadOfHours, IsNoMoreThanALoadMayBe) {
    World world;
    open(world, "P", {hours_at(1'000'000)}, 2);
    EXPECT_EQ(world.expect_fault(load_hours(world, 100'001)).field, "units_hundredths");
    EXPECT_EQ(world.expect<Loaded>(load_hours(world, 100'000)).amount(), load_minor_max);
}

TEST(Intake, ClosesOnItsDay) {
    World world;
    open(world, "P",
         {{.name = PurseName::of("fund"), .terms = {.intake_closed_from = {monday.value + 1}}}}, 2);
    world.record(load_of(world, "P", "fund", 100));
    world.advance(utc(2024, 6, 3, 22, 59));
    world.record(load_of(world, "P", "fund", 100));
    world.advance(utc(2024, 6, 3, 23));  // midnight in London
    const Fault fault = world.expect_fault(load_of(world, "P", "fund", 100));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_EQ(fault.field, "purse");
    EXPECT_EQ(fault.detail, "the purse takes no new money from 2024-06-04 on");
    EXPECT_EQ(world.authorise(pay_at(world, 2, 1, 200)).decline, Decline{});
}

// --- Stages ------------------------------------------------------------------------------------

const PurseSpec staged{.name = PurseName::of("works"), .terms = {.staged = true}};

TEST(ReleaseStage, LetsSoMuchBeSpent) {
    World world;
    open(world, "P", {staged}, 2);
    world.record(load_of(world, "P", "works", 1'000));
    const Decline before = world.authorise(pay_at(world, 2, 1, 1)).decline;
    EXPECT_EQ(before.reason, DeclineReason::purse_not_eligible);
    EXPECT_EQ(before.verdict, PurseVerdict::not_released);
    EXPECT_EQ(before.purse, PurseNumber{1});
    const auto released = world.expect<StageReleased>(release("P", "works", 600, "one"));
    EXPECT_EQ(released.unreleased.value, 400);
    EXPECT_EQ(released.available.value, 1'000);
    const auto more = world.authorise(pay_at(world, 2, 1, 601));
    EXPECT_EQ(more.decline.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(more.decline.amount_would_work.value, 600);
    EXPECT_EQ(world.authorise(pay_at(world, 2, 1, 600)).decline, Decline{});
}

TEST(ReleaseStage, HappensOnceForAStageOfAPurse) {
    World world;
    open(world, "P",
         {staged, {.name = PurseName::of("other"), .priority = 2, .terms = {.staged = true}}}, 2);
    world.record(load_of(world, "P", "works", 1'000));
    world.record(load_of(world, "P", "other", 1'000));
    world.record(release("P", "works", 300, "one"));
    const Sequence at = world.state.last;
    EXPECT_EQ(world.expect_already_recorded(release("P", "works", 300, "one")), at);
    world.record(release("P", "other", 300, "one"));
    world.record(release("P", "works", 300, "two"));
    EXPECT_EQ(world.account("P").purse({1}).unreleased.value, 400);
}

TEST(ReleaseStage, IsRefusedBeyondWhatWaitsAndWithoutStages) {
    World world;
    open(world, "P", {staged, {.name = PurseName::of("plain"), .priority = 2}}, 2);
    world.record(load_of(world, "P", "works", 1'000));
    const Fault more = world.expect_fault(release("P", "works", 1'001, "one"));
    EXPECT_EQ(more.field, "amount.minor_units");
    EXPECT_EQ(more.detail, "no more than 1000 minor units wait in the purse");
    EXPECT_EQ(world.expect_fault(release("P", "plain", 1, "one")).field, "purse");
    EXPECT_EQ(world.expect_fault(release("P", "none", 1, "one")).field, "purse");
    EXPECT_EQ(world.expect_fault(release("Q", "works", 1, "one")).kind, FaultKind::not_found);
    ReleaseStage euros = release("P", "works", 1, "one");
    euros.currency = eur;
    EXPECT_EQ(world.expect_fault(euros).field, "amount.currency");
}

TEST(ReleaseStage, WhatComesBackMayBeSpentAgainAndALaterLoadWaits) {
    World world;
    open(world, "P", {staged}, 2);
    world.record(load_of(world, "P", "works", 1'000));
    world.record(release("P", "works", 600, "one"));
    const auto paid = world.authorise(pay_at(world, 2, 1, 600));
    Reverse back = world.reverse(by_id(paid.id), 0);
    back.card_token = token(2);
    world.record(back);
    world.record(load_of(world, "P", "works", 500));
    const Purse& purse = world.account("P").purse({1});
    EXPECT_EQ(purse.spendable().value, 600);
    EXPECT_EQ(purse.unreleased.value, 900);
}

TEST(ReleaseStage, AForcedPaymentMayTakeWhatWaitsAndIsMadeGoodFirst) {
    World world;
    open(world, "P", {staged}, 2);
    world.record(load_of(world, "P", "works", 1'000));
    world.record(release("P", "works", 200, "one"));
    Present forced = world.present({}, 700);
    forced.card_token = token(2);
    world.record(forced);
    const Purse& purse = world.account("P").purse({1});
    EXPECT_EQ(purse.available.value, 300);
    EXPECT_EQ(purse.unreleased.value, 800);
    EXPECT_EQ(purse.spendable().value, 0);
    world.record(release("P", "works", 600, "two"));
    EXPECT_EQ(world.account("P").purse({1}).spendable().value, 100);
}

// --- Registers and terms -------------------------------------------------------------------------

TEST(SetProvider, ReplacesTheDatesOfAPlaceOnARegister) {
    World world;
    world.record(accredit("colleges", "GOOD", monday));
    world.record(accredit("colleges", "GOOD", monday, {monday.value + 1}));
    ASSERT_EQ(world.programme().providers.size(), 1U);
    EXPECT_EQ(world.programme().providers.begin()->second.until.value, monday.value + 1);
}

TEST(SetProvider, IsForTheCouncilsOwnProgramme) {
    World world;
    SetProvider command = accredit("colleges", "GOOD", monday);
    command.request.council = CouncilCode::of("hilltop");
    EXPECT_EQ(world.expect_fault(command).kind, FaultKind::not_found);
}

TEST(SetProvider, IsRefusedWhenTheRegistersAreFull) {
    World world;
    for (std::size_t number = 0; number < providers_per_programme_max; ++number) {
        const auto decision = world.decide_and_apply(accredit("r", std::to_string(number), monday));
        ASSERT_TRUE(std::holds_alternative<Event>(decision));
    }
    EXPECT_EQ(world.expect_fault(accredit("r", "one more", monday)).field, "acceptor");
    world.record(accredit("r", "7", monday, monday));
}

TEST(PurseTermsOfManyPurses, AreKeptOnceButForTheirDays) {
    World world;
    PurseSpec voucher = purse_from("voucher");
    open(world, "P", {voucher}, 2);
    voucher.terms.spend_until = {monday.value + 90};
    open(world, "Q", {voucher}, 3);
    open(world, "R", {{.name = PurseName::of("plain")}}, 4);
    EXPECT_EQ(world.state.purse_terms.size(), 1U);
    EXPECT_EQ(world.account("Q").purse({1}).terms, world.account("P").purse({1}).terms);
    EXPECT_EQ(world.account("R").purse({1}).terms, PurseTermsId{});
    EXPECT_EQ(spec_of(world.state, world.account("Q").purse({1})), voucher);
}

TEST(PurseTermsOfManyPurses, AreRefusedWhenTooManyDiffer) {
    World world;
    const auto with_rate = [](std::size_t number) {
        PurseSpec spec = hours_at(static_cast<std::int64_t>(number));
        return spec;
    };
    for (std::size_t number = 1; number <= purse_terms_max; ++number) {
        world.state.purse_terms.emplace_back(with_rate(number).terms);
        world.state.purse_terms_by_digest.emplace(digest_of(with_rate(number).terms),
                                                  PurseTermsId{static_cast<std::uint32_t>(number)});
    }
    OpenAccount known = world.open_account("P", {});
    known.purses.push_back(with_rate(purse_terms_max));
    OpenAccount fresh = world.open_account("Q", {});
    fresh.purses.push_back(with_rate(purse_terms_max + 1));
    EXPECT_EQ(world.expect_fault(fresh).field, "purses");
    world.record(known);
}

}  // namespace
}  // namespace carecard::rules
