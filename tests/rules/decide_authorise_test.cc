#include <gtest/gtest.h>

#include <set>
#include <string>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

TEST(DecideAuthorise, HoldsTheBilledAmountAndReportsWhatIsLeft) {
    World world;
    world.record(world.load(5000, "social"));
    const AuthorisationDecided event = world.authorise(1200);
    EXPECT_EQ(event.decline, Decline{});
    EXPECT_EQ(event.approved, AmountMinor{1200});
    EXPECT_EQ(event.available, AmountMinor{3800});
    EXPECT_EQ(world.available(1), 3800);
    EXPECT_EQ(world.held(1), 1200);
    const Authorisation& authorisation = world.at(event.id);
    EXPECT_EQ(authorisation.state, AuthorisationState::open);
    EXPECT_EQ(authorisation.held(), AmountMinor{1200});
    EXPECT_EQ(authorisation.expires_ns, world.now_ns + days(7));
}

TEST(DecideAuthorise, TakesFromPursesInSpendingOrderWithALegForEach) {
    World world;
    OpenPurse extra{.request = asked_by("support", "extra"),
                    .account = account_name("A"),
                    .purse = {.name = PurseName::of("grant"), .priority = 0}};
    world.record(extra);
    world.record(world.load(100, "grant"));
    world.record(world.load(250, "social"));
    world.record(world.load(900, "own"));
    const AuthorisationDecided event = world.approve(400);
    ASSERT_EQ(event.legs.size(), 3U);
    EXPECT_EQ(event.legs[0], (Leg{.purse = {3}, .held = {100}}));
    EXPECT_EQ(event.legs[1], (Leg{.purse = {1}, .held = {250}}));
    EXPECT_EQ(event.legs[2], (Leg{.purse = {2}, .held = {50}}));
    EXPECT_EQ(world.available(2), 850);
}

TEST(DecideAuthorise, SkipsAnEmptyPurse) {
    World world;
    world.record(world.load(900, "own"));
    const AuthorisationDecided event = world.approve(400);
    ASSERT_EQ(event.legs.size(), 1U);
    EXPECT_EQ(event.legs[0].purse, PurseNumber{2});
}

TEST(DecideAuthorise, ApprovesTheLastPennyOverAllPursesAndNotOneMore) {
    World world;
    world.record(world.load(100, "social"));
    world.record(world.load(250, "own"));
    EXPECT_EQ(world.decline_of(351), (Decline{.reason = funds_insufficient,
                                              .level = RuleLevel::ledger,
                                              .amount_would_work = {350},
                                              .purse = {2}}));
    EXPECT_EQ(world.approve(350).available, AmountMinor{0});
    EXPECT_EQ(world.decline_of(1).amount_would_work, AmountMinor{0});
}

TEST(DecideAuthorise, RecordsADeclineThatChangesNothing) {
    World world;
    world.record(world.load(500));
    const Sequence before = world.state.last;
    const AuthorisationDecided event = world.authorise(501);
    EXPECT_EQ(world.state.last.value, before.value + 1);
    EXPECT_EQ(event.approved, AmountMinor{0});
    EXPECT_EQ(event.available, AmountMinor{500});
    EXPECT_TRUE(event.code.empty());
    EXPECT_TRUE(event.legs.empty());
    EXPECT_TRUE(event.postings.empty());
    EXPECT_EQ(world.available(1), 500);
    EXPECT_EQ(world.account().open.size(), 0U);
    EXPECT_EQ(world.account().day.count, WindowCount{});
    EXPECT_EQ(world.state.find(event.id), nullptr);
}

TEST(DecideAuthorise, AnswersAnUnknownCardAndAnotherCouncilsAlikeWithoutARecord) {
    World world;
    Authorise unknown = world.pay(100);
    unknown.card_token = token(99);
    Authorise foreign = world.pay(100);
    foreign.request.council = CouncilCode::of("hillside");
    const Decline expected{.reason = card_unknown, .level = RuleLevel::card};
    EXPECT_EQ(world.expect_unrecorded(unknown), expected);
    EXPECT_EQ(world.expect_unrecorded(foreign), expected);
}

TEST(DecideAuthorise, GivesEachApprovalACodeOfItsOwn) {
    World world;
    world.record(world.load(100'000));
    std::set<std::string> codes;
    for (int count = 0; count < 500; ++count) {
        const AuthorisationCode code = world.approve(1).code;
        EXPECT_EQ(code.view().size(), 6U);
        codes.insert(code.str());
    }
    EXPECT_EQ(codes.size(), 500U);
}

TEST(DecideAuthorise, RecordsTheFactsAndRulesItWasDecidedUnder) {
    World world;
    world.record(world.load(1000));
    world.record(world.agree({.day = {.count_max = 5}}));
    world.approve(300);
    const AuthorisationDecided event = world.approve(200);
    EXPECT_EQ(event.facts.available, AmountMinor{700});
    EXPECT_EQ(event.facts.open_count, 1U);
    EXPECT_EQ(event.facts.day, (WindowCount{.amount = {300}, .count = 1}));
    EXPECT_EQ(event.agreement, world.account().agreement);
    EXPECT_EQ(event.defaults, world.programme().defaults);
    EXPECT_EQ(event.windows, local_windows(world.state.offsets, world.now_ns));
}

TEST(DecideAuthorise, TakesTheTighterOfProgrammeAndAgreement) {
    World world({.single_max = AmountMinor{500}});
    world.record(world.load(5000));
    EXPECT_EQ(world.decline_of(501), (Decline{.reason = amount_over_single,
                                              .level = RuleLevel::programme,
                                              .amount_would_work = {500}}));
    world.record(world.agree({.single_max = AmountMinor{900}}));
    EXPECT_EQ(world.decline_of(501).level, RuleLevel::programme);
    world.record(world.agree({.single_max = AmountMinor{300}}));
    EXPECT_EQ(world.decline_of(301), (Decline{.reason = amount_over_single,
                                              .level = RuleLevel::agreement,
                                              .amount_would_work = {300}}));
    world.approve(300);
}

struct WindowRow {
    const char* claim;
    WindowLimit SpendingRules::*window;
    DeclineReason amount_reason;
    DeclineReason count_reason;
    TimestampNs last_instant;  ///< Of the window that Monday 2024-06-03 is in.
    DayNumber works_from;
};

std::vector<WindowRow> window_rows() {
    const TimestampNs month_end = utc(2024, 6, 30, 23);
    return {
        {"day",
         &SpendingRules::day,
         amount_over_day,
         count_over_day,
         {utc(2024, 6, 3, 23).value - 1},
         day_number(2024, 6, 4)},
        {"week",
         &SpendingRules::week,
         amount_over_week,
         count_over_week,
         {utc(2024, 6, 9, 23).value - 1},
         day_number(2024, 6, 10)},
        {"month",
         &SpendingRules::month,
         amount_over_month,
         count_over_month,
         {month_end.value - 1},
         day_number(2024, 7, 1)},
    };
}

TEST(DecideAuthorise, LimitsTheAmountUntilTheWindowsLastInstantInLondon) {
    for (const WindowRow& row : window_rows()) {
        World world;
        world.record(world.load(10'000));
        SpendingRules rules;
        (rules.*row.window).amount_max = {1000};
        world.record(world.agree(rules));
        world.approve(600);
        world.now_ns = row.last_instant;
        EXPECT_EQ(world.decline_of(401), (Decline{.reason = row.amount_reason,
                                                  .level = RuleLevel::agreement,
                                                  .amount_would_work = {400},
                                                  .works_from = row.works_from}))
            << row.claim;
        world.approve(400);
        world.now_ns = {row.last_instant.value + 1};
        EXPECT_EQ(world.decline_of(1000), Decline{}) << row.claim;
    }
}

TEST(DecideAuthorise, LimitsTheCountUntilTheWindowsLastInstantInLondon) {
    for (const WindowRow& row : window_rows()) {
        World world;
        world.record(world.load(10'000));
        SpendingRules rules;
        (rules.*row.window).count_max = 2;
        world.record(world.agree(rules));
        world.approve(1);
        world.approve(1);
        world.now_ns = row.last_instant;
        EXPECT_EQ(world.decline_of(1), (Decline{.reason = row.count_reason,
                                                .level = RuleLevel::agreement,
                                                .count_max = 2,
                                                .works_from = row.works_from}))
            << row.claim;
        world.now_ns = {row.last_instant.value + 1};
        EXPECT_EQ(world.decline_of(1), Decline{}) << row.claim;
    }
}

TEST(DecideAuthorise, CountsWhatWasSpentBeforeARuleWasAgreed) {
    World world;
    world.record(world.load(10'000));
    world.approve(700);
    world.record(world.agree({.month = {.amount_max = AmountMinor{1000}}}));
    EXPECT_EQ(world.decline_of(301).amount_would_work, AmountMinor{300});
}

TEST(DecideAuthorise, CountsNoDecline) {
    World world;
    world.record(world.load(100));
    world.record(world.agree({.day = {.amount_max = AmountMinor{100}, .count_max = 1}}));
    EXPECT_EQ(world.decline_of(101).reason, amount_over_day);
    world.approve(100);
    EXPECT_EQ(world.account().day.count, (WindowCount{.amount = {100}, .count = 1}));
}

TEST(DecideAuthorise, DeclinesFromTheFirstInstantAfterTheCardsLastMonthInLondon) {
    World world;
    world.record(world.issue_card("A", 2, {.year = 2024, .month = 6}));
    world.record(world.load(100));
    Authorise payment = world.pay(1);
    payment.card_token = token(2);
    world.now_ns = {utc(2024, 6, 30, 23).value - 1};
    EXPECT_EQ(world.decline_of(payment), Decline{});
    world.now_ns = utc(2024, 6, 30, 23);
    EXPECT_EQ(world.decline_of(payment),
              (Decline{.reason = card_expired, .level = RuleLevel::card}));
}

TEST(DecideAuthorise, FollowsTheCardsAndTheAccountsStatus) {
    World world;
    world.record(world.load(100));
    world.record(world.account_status(AccountStatus::suspended));
    EXPECT_EQ(world.decline_of(1).reason, account_suspended);
    world.record(world.card_status(CardStatus::frozen));
    EXPECT_EQ(world.decline_of(1).reason, card_frozen);
    world.record(world.account_status(AccountStatus::open));
    EXPECT_EQ(world.decline_of(1).reason, card_frozen);
    world.record(world.card_status(CardStatus::active));
    EXPECT_EQ(world.decline_of(1), Decline{});
    world.record(world.card_status(CardStatus::closed));
    EXPECT_EQ(world.decline_of(1).reason, card_closed);
}

TEST(DecideAuthorise, RefusesOneMoreThanTheOpenAuthorisationsAnAccountMayHave) {
    World world;
    world.record(world.load(10'000));
    const AuthorisationDecided first = world.approve(1);
    for (std::uint32_t count = 1; count < open_authorisations_per_account_max; ++count) {
        world.record(world.pay(1));
    }
    EXPECT_EQ(world.account().open.size(), open_authorisations_per_account_max);
    EXPECT_EQ(world.decline_of(1), (Decline{.reason = open_authorisations_full,
                                            .level = RuleLevel::account,
                                            .count_max = open_authorisations_per_account_max}));
    world.record(world.reverse(by_id(first.id), 0));
    EXPECT_EQ(world.decline_of(1), Decline{});
}

TEST(DecideDeathTest, AbortsOnAStampThatDoesNotFollowTheState) {
    World world;
    Stamp late = world.stamp();
    ++late.sequence.value;
    EXPECT_DEATH((void)decide(world.state, world.pay(1), late), "CHECK failed");
    Stamp early = world.stamp();
    early.now_ns = world.state.last_ns - seconds(1);
    EXPECT_DEATH((void)decide(world.state, world.pay(1), early), "CHECK failed");
}

}  // namespace
}  // namespace carecard::rules
