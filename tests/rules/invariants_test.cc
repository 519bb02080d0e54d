#include "rules/invariants.h"

#include <gtest/gtest.h>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

TEST(CheckInvariants, HoldAfterForcePosts) {
    World world;
    world.record(world.load(100));
    world.approve(60);
    world.record(world.present({}, 500));
    check_invariants(world.state, world.account().id);
    EXPECT_EQ(world.available(1), 0);
    EXPECT_EQ(world.held(1), 60);
}

TEST(CheckInvariantsDeathTest, AbortsOnABreachOfEachInvariant) {
    World world;
    world.record(world.load(100));
    world.approve(60);
    const AccountId id = world.account().id;

    State below_zero = world.state;
    below_zero.at(id).purse({1}).available = {-1};
    EXPECT_DEATH(check_invariants(below_zero, id), "available >= AmountMinor");

    State negative_hold = world.state;
    negative_hold.at(id).purse({2}).held = {-1};
    EXPECT_DEATH(check_invariants(negative_hold, id), "held >= AmountMinor");

    State hold_too_many = world.state;
    hold_too_many.at(id).purse({2}).held = {1};
    EXPECT_DEATH(check_invariants(hold_too_many, id), "open_held");

    State unbalanced = world.state;
    unbalanced.at(ProgrammeId{1}).ledger[LedgerAccount::funding].add({1});
    EXPECT_DEATH(check_invariants(unbalanced, id), "ledger.sum");
}

}  // namespace
}  // namespace carecard::rules
