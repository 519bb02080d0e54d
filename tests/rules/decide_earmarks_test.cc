#include <gtest/gtest.h>

#include "rules/earmarking.h"
#include "tests/rules/earmark_world.h"
#include "tests/rules/random_commands.h"
#include "tests/rules/state_summary.h"

namespace carecard::rules {
namespace {

TEST(Earmark, KeepsWagesFromTheShopsAndForTheirPayee) {
    EarmarkedWorld world(50'000);
    const auto set = world.expect<EarmarkSet>(world.earmark("june", 42'000));
    EXPECT_EQ(set.unearmarked.value, 8'000);
    EXPECT_EQ(set.until.value, friday.value + 7);
    const Decline shop = world.decline_of(world.pay_to("SHOP", 10'000));
    EXPECT_EQ(shop.reason, DeclineReason::funds_earmarked);
    EXPECT_EQ(shop.level, RuleLevel::account);
    EXPECT_EQ(shop.amount_would_work.value, 8'000);
    const auto wages = world.authorise(world.pay_to("WAGES", 42'000));
    EXPECT_EQ(wages.decline, Decline{});
    ASSERT_EQ(wages.earmarks.size(), 1U);
    EXPECT_EQ(wages.earmarks[0].left.value, 0);
    EXPECT_EQ(wages.earmarks[0].used.value, 42'000);
    EXPECT_EQ(world.authorise(world.pay_to("SHOP", 8'000)).decline, Decline{});
}

TEST(Earmark, WithdrawnLetsTheShopBePaidAtOnce) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    EXPECT_TRUE(world.decline_of(world.pay_to("SHOP", 10'000)).declined());
    const auto withdrawn = world.expect<EarmarkWithdrawn>(world.withdraw("june"));
    EXPECT_EQ(withdrawn.freed.value, 42'000);
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 10'000)), Decline{});
    EXPECT_EQ(world.state.earmarks_of(world.account().id), nullptr);
    EXPECT_EQ(world.expect_fault(world.withdraw("june")).field, "reference");
}

TEST(Earmark, OfTheCouncilIsPaidWithTheFirstInstantOfItsDay) {
    EarmarkedWorld world(50'000);
    const auto set = world.expect<EarmarkSet>(world.earmark("june", 42'000, ""));
    EXPECT_EQ(set.unearmarked.value, 8'000);
    EXPECT_EQ(world.decline_of(world.pay_to("", 10'000)).amount_would_work.value, 8'000)
        << "a merchant without a number is not the council";
    const auto due = next_council_payment(world.state, utc(2024, 6, 8));
    ASSERT_TRUE(due);
    EXPECT_EQ(due->at, utc(2024, 6, 6, 23)) << "midnight in London";
    EXPECT_FALSE(next_council_payment(world.state, {due->at.value - 1}));
    const std::size_t before = world.events.size();
    world.advance(due->at);
    ASSERT_GT(world.events.size(), before);
    const auto& paid = std::get<EarmarkPaid>(world.events.back().first);
    EXPECT_EQ(paid.amount.value, 42'000);
    EXPECT_EQ(paid.reference.view(), "june");
    EXPECT_EQ(paid.available.value, 8'000);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 42'000);
    EXPECT_EQ(world.state.earmarks_of(world.account().id), nullptr);
    EXPECT_TRUE(world.state.earmarks_due.empty());
    EXPECT_FALSE(next_council_payment(world.state, utc(2199, 1, 1))) << "it is paid once";
}

TEST(Earmark, OfTheCouncilIsNotPaidWhenItIsWithdrawnOrItsPurseIsOver) {
    EarmarkedWorld world(50'000, 3'000);
    world.record(world.earmark("june", 42'000, ""));
    world.record(world.earmark("july", 1'000, "", friday, "own"));
    EXPECT_EQ(world.state.earmarks_due.size(), 2U);
    world.record(world.withdraw("june"));
    world.record(ClosePurse{.request = asked_by("finance", "close"),
                            .account = account_name("A"),
                            .purse = PurseName::of("own")});
    EXPECT_TRUE(world.state.earmarks_due.empty());
    EXPECT_FALSE(next_council_payment(world.state, utc(2024, 7, 1)));
}

TEST(Earmark, OfTheCouncilIsKeptUntilItIsPaidHoweverLate) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000, "", monday));
    const Stamp late{.epoch = world.state.epoch,
                     .sequence = {world.state.last.value + 1},
                     .now_ns = utc(2024, 8, 1)};
    const Decision shop = decide(world.state, world.pay_to("SHOP", 8'001), late);
    EXPECT_EQ(std::get<AuthorisationDecided>(std::get<Event>(shop)).decline.reason,
              DeclineReason::funds_earmarked)
        << "it has not been paid yet, for whatever reason";
}

TEST(Earmark, OfTheCouncilThatWasBrokenIntoIsPaidAsFarAsItIsKept) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000, ""));
    world.record(world.force("SHOP", 20'000));
    EXPECT_EQ(world.left("june"), 30'000);
    world.advance(utc(2024, 6, 7));
    const auto& paid = std::get<EarmarkPaid>(world.events.back().first);
    EXPECT_EQ(paid.amount.value, 30'000);
    EXPECT_EQ(paid.earmarked.value, 42'000);
    EXPECT_EQ(world.account().available().value, 0);
}

TEST(Earmark, ThatIsBrokenIntoIsToldWhateverElseStaffMustLookAt) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000, ""));
    auto forced = world.expect<Presented>(world.force("SHOP", 5'000));
    EXPECT_EQ(forced.broken.value, 0);
    forced = world.expect<Presented>(world.force("SHOP", 60'000));
    EXPECT_EQ(forced.exception,
              (Exception{.reason = ExceptionReason::force_post_unfunded, .amount = {15'000}}));
    EXPECT_EQ(forced.broken.value, 42'000);
    EarmarkedWorld again(50'000);
    again.record(again.earmark("june", 42'000, ""));
    const auto advised =
        again.expect<Advised>(again.advise(AdviceKind::stand_in_approved, {}, 60'000));
    EXPECT_EQ(advised.exception,
              (Exception{.reason = ExceptionReason::advice_unfunded, .amount = {10'000}}));
    EXPECT_EQ(advised.broken.value, 42'000);
}

TEST(Earmark, OfTheCouncilIsPassedOverWhenItCannotBePaid) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 1'000, ""));
    const Sequence june = world.state.last;
    world.record(world.earmark("tax", 2'000, ""));
    const PassedOver passed{.earmarks = {june}};
    const auto due = next_council_payment(world.state, utc(2024, 7, 1), passed);
    ASSERT_TRUE(due);
    EXPECT_EQ(std::get<PayEarmark>(due->command).earmark, world.state.last);
}

TEST(Earmark, IsOverWithItsPurse) {
    EarmarkedWorld world(50'000, 3'000);
    world.record(world.earmark("june", 42'000));
    world.record(world.earmark("gloves", 1'000, "CHEMIST", friday, "own"));
    const auto wages = world.authorise(world.pay_to("WAGES", 30'000));
    EXPECT_EQ(world.left("june"), 12'000);
    const ClosePurse close{.request = asked_by("finance", "close"),
                           .account = account_name("A"),
                           .purse = PurseName::of("social")};
    EXPECT_EQ(world.expect<PurseClosed>(close).surplus.amount.value, 20'000);
    EXPECT_EQ(world.left("june"), -1);
    EXPECT_EQ(world.left("gloves"), 1'000) << "it is of another purse";
    EXPECT_TRUE(world.state.earmarks_of(world.account().id)->uses.empty());
    EXPECT_EQ(world.expect_fault(world.withdraw("june")).field, "reference");
    const Fault fault = world.expect_fault(world.earmark("july", 1));
    EXPECT_EQ(fault.field, "purse");
    const auto reversed = world.expect<Reversed>(world.reverse(by_id(wages.id), 0));
    EXPECT_TRUE(reversed.earmarks.empty()) << "what comes back is not kept any more";
    EXPECT_EQ(world.account().available().value, 3'000);
}

TEST(Earmark, IsNoReasonForWhatIsNotThereAtAll) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const Decline decline = world.decline_of(world.pay_to("SHOP", 50'001));
    EXPECT_EQ(decline.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(decline.amount_would_work.value, 8'000);
}

TEST(Earmark, IsLoweredByWagesThatAreLess) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const auto wages = world.authorise(world.pay_to("WAGES", 30'000));
    EXPECT_EQ(world.left("june"), 12'000);
    world.record(world.present(by_id(wages.id), 30'000));
    EXPECT_EQ(world.left("june"), 12'000);
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 8'001)).amount_would_work.value, 8'000);
}

TEST(Earmark, IsUsedUpWhenThePaymentHasCleared) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const auto wages = world.authorise(world.pay_to("WAGES", 42'000));
    EXPECT_EQ(world.left("june"), 0);
    world.record(world.present(by_id(wages.id), 41'000));
    EXPECT_EQ(world.left("june"), -1);
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 9'000)), Decline{});
}

TEST(Earmark, HasBackWhatAReversalOrAnExpiryFrees) {
    EarmarkedWorld world(50'000);
    SetEarmark june = world.earmark("june", 42'000);
    june.until = {friday.value + 30};
    world.record(june);
    const auto wages = world.authorise(world.pay_to("WAGES", 43'000));
    EXPECT_EQ(world.left("june"), 0);
    world.record(world.reverse(by_id(wages.id), 42'500));
    EXPECT_EQ(world.left("june"), 0) << "what was not earmarked is freed first";
    world.record(world.reverse(by_id(wages.id), 40'000));
    EXPECT_EQ(world.left("june"), 2'000);
    world.advance(utc(2024, 6, 11, 9));
    EXPECT_EQ(world.held(1), 0);
    EXPECT_EQ(world.left("june"), 42'000);
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 10'000)).reason,
              DeclineReason::funds_earmarked);
}

TEST(Earmark, OfOnePayeeTwiceHasBackNoMoreThanIsFreed) {
    EarmarkedWorld world(6'000);
    world.record(world.earmark("june", 3'000));
    world.record(world.earmark("july", 3'000, "WAGES", {friday.value + 3}));
    const AuthorisationId wages = world.authorise(world.pay_to("WAGES", 6'000)).id;
    world.record(world.reverse(by_id(wages), 3'000));
    EXPECT_EQ(world.left("june"), 0) << "the one due first is the one that is paid";
    EXPECT_EQ(world.left("july"), 3'000);
    EXPECT_TRUE(world.decline_of(world.pay_to("SHOP", 1)).declined());
    world.advance(world.state.find(wages)->expires_ns);
    EXPECT_EQ(world.left("june"), 3'000);
    EXPECT_EQ(world.left("july"), 3'000);
}

TEST(Earmark, StandsNoLongerThanItsLastDay) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    world.advance(utc(2024, 6, 14, 22, 59));
    EXPECT_TRUE(world.decline_of(world.pay_to("SHOP", 10'000)).declined());
    world.advance(utc(2024, 6, 14, 23));  // midnight in London
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 10'000)), Decline{});
    EXPECT_EQ(world.expect_fault(world.withdraw("june")).field, "reference");
}

TEST(Earmark, PaysFromItsOwnPurseFirst) {
    EarmarkedWorld world(10'000, 20'000);
    world.record(world.earmark("june", 15'000, "WAGES", friday, "own"));
    const auto wages = world.authorise(world.pay_to("WAGES", 18'000));
    ASSERT_EQ(wages.legs.size(), 2U);
    EXPECT_EQ(wages.legs[0].purse, PurseNumber{2});
    EXPECT_EQ(wages.legs[0].held.value, 15'000);
    EXPECT_EQ(wages.legs[1].purse, PurseNumber{1});
    EXPECT_EQ(wages.legs[1].held.value, 3'000);
}

TEST(Earmark, IsBrokenIntoLastByWhatCannotBeRefusedAndTheOneDueLastFirst) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("tax", 10'000, "HMRC", {friday.value + 3}));
    world.record(world.earmark("june", 20'000));
    auto forced = world.expect<Presented>(world.force("SHOP", 20'000));
    EXPECT_EQ(forced.exception, Exception{});
    EXPECT_EQ(world.left("tax"), 10'000);
    forced = world.expect<Presented>(world.force("SHOP", 4'000));
    EXPECT_EQ(forced.exception,
              (Exception{.reason = ExceptionReason::earmark_broken, .amount = {4'000}}));
    EXPECT_EQ(forced.broken.value, 4'000);
    EXPECT_EQ(world.left("tax"), 6'000);
    EXPECT_EQ(world.left("june"), 20'000);
    const auto advised =
        world.expect<Advised>(world.advise(AdviceKind::stand_in_approved, {}, 6'000));
    EXPECT_EQ(advised.exception.reason, ExceptionReason::earmark_broken);
    EXPECT_EQ(advised.broken.value, 6'000);
    EXPECT_EQ(world.left("tax"), -1);
    EXPECT_EQ(world.left("june"), 20'000);
}

TEST(Earmark, IsUsedByItsPayeesForcePost) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const auto forced = world.expect<Presented>(world.force("WAGES", 42'000));
    EXPECT_EQ(forced.exception, Exception{});
    EXPECT_EQ(world.left("june"), -1);
    EXPECT_EQ(world.decline_of(world.pay_to("SHOP", 8'000)), Decline{});
}

TEST(Earmark, GrowsIntoWithAnIncrement) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const auto wages = world.authorise(world.pay_to("WAGES", 40'000));
    Increment more = world.increase(by_id(wages.id), 2'000);
    more.merchant.acceptor = Acceptor::of("WAGES");
    world.record(more);
    EXPECT_EQ(world.left("june"), 0);
    world.record(world.reverse(by_id(wages.id), 0));
    EXPECT_EQ(world.left("june"), 42'000);
}

TEST(Earmark, IsNoMoreThanIsFree) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const Fault fault = world.expect_fault(world.earmark("tax", 8'001));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_EQ(fault.field, "amount.minor_units");
    EXPECT_EQ(fault.detail, "no more than 8000 minor units of the purse are free");
    world.record(world.earmark("tax", 8'000));
    EXPECT_EQ(world.expect_fault(world.earmark("rent", 1)).remedy,
              "load the purse first, or withdraw another earmark");
}

TEST(Earmark, IsSetOnceUnderItsReference) {
    EarmarkedWorld world(50'000);
    world.record(world.earmark("june", 42'000));
    const Sequence at = world.state.last;
    EXPECT_EQ(world.expect_already_recorded(world.earmark("june", 42'000)), at);
    world.record(world.withdraw("june"));
    EXPECT_EQ(world.expect_already_recorded(world.earmark("june", 42'000)), at);
}

TEST(Earmark, IsRefusedForAnotherCurrencyAPastDayAndAnUnknownPurse) {
    EarmarkedWorld world(50'000);
    SetEarmark command = world.earmark("june", 100);
    command.currency = eur;
    EXPECT_EQ(world.expect_fault(command).field, "amount.currency");
    EXPECT_EQ(world.expect_fault(world.earmark("june", 100, "WAGES", {monday.value - 1})).field,
              "due");
    EXPECT_EQ(world.expect_fault(world.earmark("june", 100, "WAGES", friday, "none")).field,
              "purse");
    command = world.earmark("june", 100);
    command.account = account_name("none");
    EXPECT_EQ(world.expect_fault(command).kind, FaultKind::not_found);
}

TEST(Earmark, MakesRoomOnceItsTimeIsOver) {
    EarmarkedWorld world(50'000);
    for (std::size_t number = 1; number <= earmarks_per_account_max; ++number) {
        world.record(world.earmark("e" + std::to_string(number), 100));
    }
    EXPECT_EQ(world.expect_fault(world.earmark("more", 100)).field, "account");
    world.advance(utc(2024, 6, 15, 9));
    world.record(world.earmark("more", 100, "WAGES", {friday.value + 10}));
    EXPECT_EQ(world.state.earmarks_of(world.account().id)->all.size(), 1U);
}

/// What all earmarks keep is there, and what payments took of them is theirs.
void expect_covered(const State& state, const Account& account) {
    const Earmarks* const earmarks = state.earmarks_of(account.id);
    if (earmarks == nullptr) return;
    const DayNumber today = local_day(state.offsets, state.last_ns);
    ASSERT_LE(earmarks->all.size(), earmarks_per_account_max);
    for (std::size_t index = 0; index < account.purses.size(); ++index) {
        const PurseNumber purse{static_cast<std::uint8_t>(index + 1)};
        ASSERT_LE(kept_in(earmarks, purse, today), account.purses[index].available);
    }
    for (const EarmarkUse& use : earmarks->uses) {
        ASSERT_GT(use.amount.value, 0);
        const Authorisation* const by = state.find(use.authorisation);
        ASSERT_NE(by, nullptr);
        ASSERT_EQ(by->account, account.id);
    }
}

/// Keeps nearly all that is free in an account for someone, so that little is left for others.
void keep_nearly_all(World& world, const Account& account, int step) {
    const DayNumber today = local_day(world.state.offsets, world.now_ns);
    for (std::size_t index = 0; index < account.purses.size(); ++index) {
        const Purse& purse = account.purses[index];
        const PurseNumber number{static_cast<std::uint8_t>(index + 1)};
        const AmountMinor kept = kept_in(world.state.earmarks_of(account.id), number, today);
        const std::string name = std::to_string(step) + '/' + std::to_string(index);
        const CreateProgramme& terms = world.state.at(account.programme).terms;
        if (purse.spendable().value - kept.value <= 50) continue;
        world.decide_and_apply(
            SetEarmark{.request = asked_by("worker", "all-" + name, ""),
                       .account = {.programme = terms.code, .reference = account.reference},
                       .reference = EarmarkReference::of("all " + name),
                       .purse = purse.name,
                       .amount = {purse.spendable().value - kept.value - 50},
                       .currency = terms.currency,
                       .payee = Acceptor::of("S" + std::to_string(step % 4)),
                       .due = {today.value + 1}});
    }
}

TEST(Earmarks, AreCoveredAfterEveryRandomCommandAndFoldedAlike) {
    std::size_t used = 0;
    std::size_t kept_away = 0;
    std::size_t broken = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomCommands random(seed);
        World world;
        for (const Command& command : random.opening()) world.decide_and_apply(command);
        for (int step = 0; step < 3'000; ++step) {
            const std::size_t before = world.events.size();
            if (step % 20 == 0) {
                const std::size_t which = static_cast<std::size_t>(step) / 20;
                keep_nearly_all(world, world.state.accounts[which % world.state.accounts.size()],
                                step);
            }
            world.decide_and_apply(random.next());
            for (std::size_t index = before; index < world.events.size(); ++index) {
                const Event& event = world.events[index].first;
                random.hear(event);
                for (const Account& account : world.state.accounts) {
                    expect_covered(world.state, account);
                    if (testing::Test::HasFatalFailure()) return;
                }
                if (const auto* decided = std::get_if<AuthorisationDecided>(&event)) {
                    used += decided->earmarks.empty() ? 0U : 1U;
                    kept_away +=
                        decided->decline.reason == DeclineReason::funds_earmarked ? 1U : 0U;
                }
                if (const auto* presented = std::get_if<Presented>(&event)) {
                    const auto reason = presented->exception.reason;
                    broken += reason == ExceptionReason::earmark_broken ? 1U : 0U;
                }
            }
            world.advance(world.now_ns + random.pause());
        }
        State again;
        for (const auto& [event, stamp] : world.events) apply(again, event, stamp);
        EXPECT_EQ(StateSummary(again).text(), StateSummary(world.state).text());
    }
    EXPECT_GT(used, 0U);
    EXPECT_GT(kept_away, 0U);
    EXPECT_GT(broken, 0U);
}

}  // namespace
}  // namespace carecard::rules
