#include "rules/portion.h"

#include <gtest/gtest.h>

#include <functional>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;
using enum TransactionKind;

/// A programme that approves parts of 50 pence and more; an account with 10 pounds.
class PortionTest : public testing::Test {
   protected:
    PortionTest() {
        world_.state.programmes[0].terms.partial = {.allowed = true, .least = {50}};
        world_.record(world_.load(1'000, "social"));
    }

    CreateProgramme& terms() { return world_.state.programmes[0].terms; }
    Authorise divisible(std::int64_t pence) {
        Authorise command = world_.pay(pence);
        command.partial_capable = true;
        return command;
    }
    Authorise with_cashback(std::int64_t pence, std::int64_t cashback) {
        Authorise command = divisible(pence);
        command.kind = purchase_with_cashback;
        command.cashback = {cashback};
        return command;
    }

    World world_;
};

TEST_F(PortionTest, WhatIsThereIsApprovedWhenTheTerminalCanTakeAPart) {
    const AuthorisationDecided event = world_.authorise(divisible(4'000));
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.approved, AmountMinor{1'000});
    EXPECT_EQ(event.facts.portion, (Portion{PortionKind::available, {1'000}, {1'000}}));
    EXPECT_EQ(world_.held(1), 1'000);
    EXPECT_EQ(event.available, AmountMinor{0});
    EXPECT_EQ(world_.account().day.count.amount, AmountMinor{1'000});
    world_.record(world_.reverse(by_id(event.id), 0));
    EXPECT_EQ(world_.available(1), 1'000);
    EXPECT_EQ(world_.account().day.count, WindowCount{});
}

TEST_F(PortionTest, NothingIsDividedThatFits) {
    const AuthorisationDecided event = world_.authorise(divisible(1'000));
    EXPECT_EQ(event.approved, AmountMinor{1'000});
    EXPECT_FALSE(event.facts.portion);
}

TEST_F(PortionTest, NoPartIsApprovedOfWhatMayNotBeDivided) {
    struct Row {
        const char* claim;
        std::function<void(Authorise&)> change;
    };
    const Row rows[] = {
        {"the terminal cannot", [](Authorise& c) { c.partial_capable = false; }},
        {"cash", [](Authorise& c) { c.kind = cash; }},
        {"cash by its merchant", [](Authorise& c) { c.merchant.mcc = {6011}; }},
        {"quasi-cash", [](Authorise& c) { c.kind = quasi_cash; }},
        {"quasi-cash by its merchant", [](Authorise& c) { c.merchant.mcc = {7995}; }},
        {"one of a series", [](Authorise& c) { c.recurring = true; }},
        {"by the merchant's standing instruction",
         [](Authorise& c) { c.channel = Channel::recurring; }},
    };
    world_.record(world_.agree({.cash_agreed = true, .quasi_cash_agreed = true}));
    for (const Row& row : rows) {
        Authorise command = divisible(1'001);
        row.change(command);
        EXPECT_EQ(world_.decline_of(command), (Decline{.reason = funds_insufficient,
                                                       .level = RuleLevel::ledger,
                                                       .amount_would_work = {1'000},
                                                       .purse = {2}}))
            << row.claim;
    }
}

TEST_F(PortionTest, TheProgrammeSaysWhetherAndFromWhatPart) {
    terms().partial.least = {1'000};
    EXPECT_EQ(world_.decline_of(divisible(1'001)), Decline{});
    world_.record(world_.load(999, "own"));
    EXPECT_EQ(world_.decline_of(divisible(2'000)).reason, funds_insufficient);
    terms().partial = {.allowed = false};
    EXPECT_EQ(world_.decline_of(divisible(2'000)).reason, funds_insufficient);
}

TEST_F(PortionTest, NoPartIsApprovedOfAnEmptyAccount) {
    terms().partial.least = {0};
    world_.record(world_.pay(1'000));
    EXPECT_EQ(world_.decline_of(divisible(5)).reason, funds_insufficient);
}

TEST_F(PortionTest, EveryLimitIsAskedAboutThePart) {
    world_.record(world_.agree({.single_max = AmountMinor{999}}));
    EXPECT_EQ(world_.decline_of(divisible(4'000)).reason, amount_over_single);
    world_.record(world_.agree({.single_max = AmountMinor{1'000}}));
    EXPECT_EQ(world_.authorise(divisible(4'000)).approved, AmountMinor{1'000});
}

TEST_F(PortionTest, ACashbackPurchaseIsApprovedWithoutTheCashbackThatWasNotAgreed) {
    const AuthorisationDecided event = world_.authorise(with_cashback(900, 300));
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.approved, AmountMinor{600});
    EXPECT_EQ(event.facts.portion, (Portion{PortionKind::without_cashback, {600}, {600}}));
    EXPECT_EQ(event.cash, CashCount{});
    EXPECT_EQ(world_.held(1), 600);
}

TEST_F(PortionTest, ACashbackPurchaseIsApprovedWithoutCashbackOverItsLimitOrTheBalance) {
    world_.record(world_.agree({.cash_agreed = true, .cash = {.single_max = AmountMinor{299}}}));
    EXPECT_EQ(world_.authorise(with_cashback(900, 300)).approved, AmountMinor{600});
    EXPECT_EQ(world_.authorise(with_cashback(690, 290)).approved, AmountMinor{400});
}

TEST_F(PortionTest, ACashbackPurchaseIsDeclinedWhenTheTerminalCanTakeNoPartOrTheRestIsRefused) {
    Authorise whole = with_cashback(900, 300);
    whole.partial_capable = false;
    EXPECT_EQ(world_.decline_of(whole).reason, cashback_not_agreed);
    EXPECT_EQ(world_.decline_of(with_cashback(1'500, 300)).reason, cashback_not_agreed);
    Authorise refused = with_cashback(900, 300);
    world_.record(world_.agree({.mcc_refused = {range(5411, 5411)}}));
    EXPECT_EQ(world_.decline_of(refused).reason, mcc_refused);
}

TEST_F(PortionTest, ACashbackIsRefusedWhateverTheProgrammeSaysOfParts) {
    terms().partial = {.allowed = false};
    EXPECT_EQ(world_.authorise(with_cashback(900, 300)).approved, AmountMinor{600});
}

TEST_F(PortionTest, AnEstimateBeyondTheBalanceHoldsWhatIsThereIfTheProgrammeAllows) {
    Authorise estimate = world_.pay(4'000);
    estimate.estimated = true;
    EXPECT_EQ(world_.decline_of(estimate).reason, funds_insufficient);
    terms().estimate_beyond_balance = true;
    const AuthorisationDecided event = world_.authorise(estimate);
    EXPECT_EQ(event.approved, AmountMinor{4'000});
    EXPECT_EQ(event.facts.portion, (Portion{PortionKind::beyond_balance, {4'000}, {1'000}}));
    EXPECT_EQ(world_.held(1), 1'000);
    EXPECT_EQ(world_.account().day.count.amount, AmountMinor{4'000});
    world_.advance(event.expires_ns);
    EXPECT_EQ(world_.account().month.count, WindowCount{});
}

TEST_F(PortionTest, APartOfAnEstimateIsPreferredToOneBeyondTheBalance) {
    terms().estimate_beyond_balance = true;
    Authorise estimate = divisible(4'000);
    estimate.estimated = true;
    EXPECT_EQ(world_.authorise(estimate).approved, AmountMinor{1'000});
}

TEST_F(PortionTest, WhatAnEstimateBeyondTheBalanceClearsIsExposure) {
    terms().estimate_beyond_balance = true;
    Authorise estimate = world_.pay(4'000);
    estimate.estimated = true;
    const AuthorisationDecided event = world_.authorise(estimate);
    const auto cleared = world_.expect<Presented>(world_.present(by_id(event.id), 1'700));
    EXPECT_EQ(cleared.exposure, AmountMinor{700});
    EXPECT_EQ(world_.account().day.count.amount, AmountMinor{1'700});
    EXPECT_EQ(world_.available(1), 0);
}

TEST_F(PortionTest, AnExplanationIsAboutThePart) {
    const AuthorisationDecided event = world_.authorise(divisible(4'000));
    const RulesInForce rules{.defaults = &world_.state.at(event.defaults)};
    for (const Check& check :
         explain(event.request, event.facts, rules, event.windows, world_.now_ns)) {
        EXPECT_TRUE(check.passed) << name_of(check.if_failed.reason);
    }
}

}  // namespace
}  // namespace carecard::rules
