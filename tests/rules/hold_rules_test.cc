#include "rules/hold_rules.h"

#include <gtest/gtest.h>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

Authorise at(std::uint16_t mcc, bool estimated = false) {
    Authorise request;
    request.merchant.mcc = {mcc};
    request.estimated = estimated;
    return request;
}

TEST(HoldRules, TheFirstThatFitsCounts) {
    const HoldRules rules{
        {.merchants = range(7011, 7011), .exactness = Exactness::estimated, .lifetime = days(1)},
        {.merchants = range(7000, 7999), .initiator = Initiator::merchant, .lifetime = days(2)},
        {.presence = Presence::absent, .lifetime = days(3)},
        {.presence = Presence::present, .exactness = Exactness::exact, .lifetime = days(4)}};
    const auto lifetime = [&](const Authorise& request) {
        const HoldRule* rule = hold_rule_for(rules, request);
        return rule == nullptr ? 0 : rule->lifetime.value / days(1).value;
    };
    EXPECT_EQ(lifetime(at(7011, true)), 1);
    EXPECT_EQ(lifetime(at(7011)), 4);
    EXPECT_EQ(lifetime(at(5411, true)), 0);
    Authorise series = at(7011);
    series.recurring = true;
    EXPECT_EQ(lifetime(series), 2);
    series.merchant.mcc = {5411};
    EXPECT_EQ(lifetime(series), 4);
    Authorise web = at(5411);
    web.channel = Channel::e_commerce;
    EXPECT_EQ(lifetime(web), 3);
}

TEST(HoldRules, TheMerchantBeginsASeriesAndTheCardIsAbsentFromWebPostAndRecords) {
    for (const Channel channel :
         {Channel::e_commerce, Channel::mail_order_telephone_order, Channel::recurring}) {
        EXPECT_EQ(presence_of({.channel = channel}), Presence::absent);
    }
    for (const EntryMode mode : {EntryMode::e_commerce, EntryMode::credential_on_file}) {
        EXPECT_EQ(presence_of({.entry_mode = mode}), Presence::absent);
    }
    EXPECT_EQ(presence_of({.entry_mode = EntryMode::manual}), Presence::present);
    EXPECT_EQ(initiator_of({.channel = Channel::recurring}), Initiator::merchant);
    EXPECT_EQ(initiator_of({.recurring = true}), Initiator::merchant);
    EXPECT_EQ(initiator_of({.entry_mode = EntryMode::credential_on_file}), Initiator::cardholder);
}

TEST(HoldRules, TheDefaultsHoldEstimatesOfLodgingForThirtyDaysAndOfFuelForOne) {
    for (const auto& [mcc, expected] :
         {std::pair(3351, 30), std::pair(3999, 30), std::pair(4411, 30), std::pair(7011, 30),
          std::pair(7513, 30), std::pair(5542, 1), std::pair(5541, 0), std::pair(3350, 0)}) {
        const auto code = static_cast<std::uint16_t>(mcc);
        const HoldRule* rule = hold_rule_for(default_hold_rules(), at(code, true));
        EXPECT_EQ(rule == nullptr ? 0 : rule->lifetime.value / days(1).value, expected) << mcc;
        EXPECT_EQ(hold_rule_for(default_hold_rules(), at(code)), nullptr) << mcc;
    }
}

TEST(Uplifted, AddsAShareAndAnAmountAndReachesTheLeast) {
    EXPECT_EQ(uplifted({1'000}, {}), AmountMinor{1'000});
    EXPECT_EQ(uplifted({999}, {.basis_points = 1'500}), AmountMinor{1'148});
    EXPECT_EQ(uplifted({1'000}, {.basis_points = 1'500, .amount = {25}}), AmountMinor{1'175});
    EXPECT_EQ(uplifted({100}, {.amount = {1}, .at_least = {7'500}}), AmountMinor{7'500});
    EXPECT_EQ(uplifted(transaction_minor_max, {.basis_points = uplift_basis_points_max}),
              AmountMinor{11 * transaction_minor_max.value});
}

/// A programme that holds 20 per cent more of estimates, for two days; an account with 10 pounds.
class UpliftTest : public testing::Test {
   protected:
    UpliftTest() {
        world_.state.programmes[0].terms.hold_rules = {{.exactness = Exactness::estimated,
                                                        .lifetime = days(2),
                                                        .uplift = {.basis_points = 2'000}}};
        world_.record(world_.load(1'000, "social"));
    }
    Authorise estimate(std::int64_t pence) {
        Authorise command = world_.pay(pence);
        command.estimated = true;
        return command;
    }
    std::int64_t counted() { return world_.account().day.count.amount.value; }

    World world_;
};

TEST_F(UpliftTest, IsHeldAndNeitherApprovedNorCounted) {
    const AuthorisationDecided event = world_.authorise(estimate(500));
    EXPECT_EQ(event.approved, AmountMinor{500});
    EXPECT_EQ(event.uplift, AmountMinor{100});
    EXPECT_EQ(world_.held(1), 600);
    EXPECT_EQ(counted(), 500);
    EXPECT_EQ(event.expires_ns, world_.now_ns + days(2));
    EXPECT_EQ(world_.authorise(world_.pay(100)).expires_ns, world_.now_ns + days(7));
}

TEST_F(UpliftTest, IsNeverTheReasonOfADeclineAndNeverHeldInPart) {
    EXPECT_EQ(world_.authorise(estimate(835)).uplift, AmountMinor{0});
    EXPECT_EQ(world_.held(1), 835);
    World other;
    other.state.programmes[0].terms.hold_rules = world_.state.programmes[0].terms.hold_rules;
    other.record(other.load(1'000, "social"));
    Authorise fits = other.pay(833);
    fits.estimated = true;
    EXPECT_EQ(other.authorise(fits).uplift, AmountMinor{166});
}

TEST_F(UpliftTest, IsAskedOfNoLimit) {
    world_.record(
        world_.agree({.single_max = AmountMinor{500}, .day = {.amount_max = AmountMinor{500}}}));
    EXPECT_EQ(world_.authorise(estimate(500)).uplift, AmountMinor{100});
}

TEST_F(UpliftTest, IsFreedWithTheFinalPresentmentAndGivesNoSpendingBack) {
    const AuthorisationDecided event = world_.authorise(estimate(500));
    const auto cleared = world_.expect<Presented>(world_.present(by_id(event.id), 450));
    EXPECT_EQ(cleared.released, AmountMinor{150});
    EXPECT_EQ(cleared.uncounted.amount, AmountMinor{50});
    EXPECT_EQ(counted(), 450);
    EXPECT_EQ(world_.available(1), 550);
}

TEST_F(UpliftTest, IsFreedFirstWhenTheHoldIsLowered) {
    const AuthorisationDecided event = world_.authorise(estimate(500));
    world_.record(world_.reverse(by_id(event.id), 500));
    EXPECT_EQ(counted(), 500);
    world_.record(world_.reverse(by_id(event.id), 200));
    EXPECT_EQ(counted(), 200);
    world_.advance(event.expires_ns);
    EXPECT_EQ(world_.account().month.count, WindowCount{});
}

TEST_F(UpliftTest, IsNotHeldOfWhatAReversalHasLowered) {
    Authorise late = estimate(500);
    world_.record(
        world_.reverse({.caller = late.request.caller, .request_key = late.request.key}, 300));
    EXPECT_EQ(world_.authorise(late).uplift, AmountMinor{0});
    EXPECT_EQ(world_.held(1), 300);
}

}  // namespace
}  // namespace carecard::rules
