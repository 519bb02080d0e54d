#include <gtest/gtest.h>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

/// The person's card 1, and a helper's card 2 with rules of its own.
class CardRulesTest : public testing::Test {
   protected:
    CardRulesTest() {
        world_.record(world_.load(100'000));
        IssueCard helper = world_.issue_card("A", 2);
        helper.holder = CardHolder::helper;
        world_.record(helper);
    }
    Authorise by_helper(std::int64_t pence, std::uint8_t number = 2) {
        Authorise pay = world_.pay(pence);
        pay.card_token = token(number);
        return pay;
    }
    void set(const SpendingRules& rules) { world_.record(world_.rules_of_card(rules, {2})); }

    World world_;
};

TEST_F(CardRulesTest, TightenOneCardAndNoOther) {
    set({.mcc_allowed = {range(5411, 5411)}, .single_max = AmountMinor{2000}});
    EXPECT_EQ(world_.decline_of(by_helper(2001)), (Decline{.reason = amount_over_single,
                                                           .level = RuleLevel::card,
                                                           .amount_would_work = {2000}}));
    EXPECT_EQ(world_.decline_of(by_helper(2000)), Decline{});
    EXPECT_EQ(world_.decline_of(2001), Decline{});
    Authorise elsewhere = by_helper(100);
    elsewhere.merchant.mcc = {5999};
    EXPECT_EQ(world_.decline_of(elsewhere),
              (Decline{.reason = mcc_not_allowed, .level = RuleLevel::card}));
}

TEST_F(CardRulesTest, LoosenNothing) {
    world_.record(world_.agree({.single_max = AmountMinor{500}}));
    set({.cash_agreed = true, .single_max = AmountMinor{2000}});
    EXPECT_EQ(world_.decline_of(by_helper(600)).level, RuleLevel::agreement);
    Authorise cash = by_helper(100);
    cash.kind = TransactionKind::cash;
    EXPECT_EQ(world_.decline_of(cash),
              (Decline{.reason = cash_not_agreed, .level = RuleLevel::agreement}));
}

TEST_F(CardRulesTest, MustAgreeToCashAsWell) {
    world_.record(world_.agree({.cash_agreed = true}));
    set({});
    Authorise cash = by_helper(100);
    cash.kind = TransactionKind::cash;
    EXPECT_EQ(world_.decline_of(cash),
              (Decline{.reason = cash_not_agreed, .level = RuleLevel::card}));
    set({.cash_agreed = true, .cash = {.day_max = AmountMinor{150}}});
    EXPECT_EQ(world_.decline_of(cash), Decline{});
    EXPECT_EQ(world_.decline_of(cash).reason, cash_over_day);
}

TEST_F(CardRulesTest, HideTheBalanceFromTheTerminalsOfOneCard) {
    set({.balance_hidden = true});
    const auto enquire = [&](std::uint8_t number) {
        Authorise enquiry = by_helper(0, number);
        enquiry.kind = TransactionKind::balance_enquiry;
        return world_.decline_of(enquiry);
    };
    EXPECT_EQ(enquire(2), (Decline{.reason = kind_not_supported, .level = RuleLevel::card}));
    EXPECT_EQ(enquire(1), Decline{});
    const auto hidden_by = [&](std::uint8_t number) {
        return world_.authorise(by_helper(100, number)).facts.balance_hidden_by;
    };
    EXPECT_EQ(hidden_by(2), RuleLevel::card);
    EXPECT_EQ(hidden_by(1), RuleLevel::none);
    const AuthorisationId id = world_.authorise(by_helper(100)).id;
    Increment more = world_.increase(by_id(id), 100);
    more.card_token = token(2);
    EXPECT_EQ(world_.expect<HoldIncreased>(more).facts.balance_hidden_by, RuleLevel::card);
}

TEST_F(CardRulesTest, HideNoLessThanTheAgreementAndTheProgrammeDo) {
    set({.balance_hidden = true});
    world_.record(world_.agree({.balance_hidden = true}));
    EXPECT_EQ(world_.authorise(by_helper(100)).facts.balance_hidden_by, RuleLevel::agreement);
    EXPECT_EQ(world_.authorise(by_helper(100, 1)).facts.balance_hidden_by, RuleLevel::agreement);
    set({});
    EXPECT_EQ(world_.authorise(by_helper(100)).facts.balance_hidden_by, RuleLevel::agreement);
    CreateProgramme discreet = world_.programme("own", "riverdale");
    discreet.defaults.balance_hidden = true;
    world_.record(discreet);
    world_.record(world_.open_account("B", {"social"}, "own"));
    world_.record(world_.issue_card("B", 3, far_expiry, "own"));
    Authorise enquiry = by_helper(0, 3);
    enquiry.kind = TransactionKind::balance_enquiry;
    EXPECT_EQ(world_.decline_of(enquiry),
              (Decline{.reason = kind_not_supported, .level = RuleLevel::programme}));
}

TEST_F(CardRulesTest, CountWhatTheCardSpendsAndGiveItBack) {
    set({.day = {.amount_max = AmountMinor{1000}}, .week = {.count_max = 2}});
    world_.approve(5000);
    const AuthorisationDecided first = world_.authorise(by_helper(700));
    EXPECT_EQ(first.facts.by_card->day, WindowCount{});
    const Decline over = world_.decline_of(by_helper(400));
    EXPECT_EQ(over.reason, amount_over_day);
    EXPECT_EQ(over.level, RuleLevel::card);
    EXPECT_EQ(over.amount_would_work, AmountMinor{300});
    Reverse back = world_.reverse(by_id(first.id), 200);
    back.card_token = token(2);
    world_.record(back);
    EXPECT_EQ(world_.state.card_rules.at({2}).day.count,
              (WindowCount{.amount = {200}, .count = 1}));
    EXPECT_EQ(world_.decline_of(by_helper(800)), Decline{});
    EXPECT_EQ(world_.decline_of(by_helper(1)).reason, amount_over_day);
    world_.advance(world_.now_ns + days(1));
    EXPECT_EQ(world_.decline_of(by_helper(1)).reason, count_over_week);
    EXPECT_EQ(world_.account().week.count.amount, AmountMinor{6000});
}

TEST_F(CardRulesTest, LeaveOutWhatWasSpentBeforeTheFirstOfThem) {
    const AuthorisationDecided before = world_.authorise(by_helper(700));
    set({.day = {.amount_max = AmountMinor{1000}}});
    EXPECT_EQ(world_.decline_of(by_helper(1000)), Decline{});
    Reverse back = world_.reverse(by_id(before.id), 0);
    back.card_token = token(2);
    EXPECT_FALSE(world_.expect<Reversed>(back).uncounted.by_card);
    EXPECT_EQ(world_.state.card_rules.at({2}).day.count.amount, AmountMinor{1000});
    set({.day = {.amount_max = AmountMinor{1500}}});
    EXPECT_EQ(world_.state.card_rules.at({2}).version, 2U);
    EXPECT_EQ(world_.decline_of(by_helper(501)).amount_would_work, AmountMinor{500});
}

TEST_F(CardRulesTest, CountIncrementsAndGiveThemBackWhenTheHoldExpires) {
    set({.month = {.amount_max = AmountMinor{1000}}});
    const AuthorisationDecided paid = world_.authorise(by_helper(700));
    Increment extra = world_.increase(by_id(paid.id), 300);
    extra.card_token = token(2);
    EXPECT_EQ(world_.expect<HoldIncreased>(extra).decline, Decline{});
    extra.request = asked_by("gateway", "more", "");
    EXPECT_EQ(world_.expect<HoldIncreased>(extra).decline.level, RuleLevel::card);
    world_.advance(world_.now_ns + days(8));
    EXPECT_EQ(world_.state.card_rules.at({2}).month.count, WindowCount{});
}

TEST_F(CardRulesTest, HoldForTheCardsSuccessorWithAllThatWasCounted) {
    set({.day = {.amount_max = AmountMinor{1000}}});
    world_.record(by_helper(700));
    world_.record(world_.replace({2}, ReplacedBecause::damaged, 3));
    EXPECT_EQ(world_.decline_of(by_helper(301, 3)).amount_would_work, AmountMinor{300});
    EXPECT_EQ(world_.decline_of(by_helper(300, 3)), Decline{});
    EXPECT_EQ(world_.state.at(CardId{3}).holder, CardHolder::helper);
}

TEST_F(CardRulesTest, ExplainYearsLaterWhatTheyWereThen) {
    set({.day = {.amount_max = AmountMinor{1000}}});
    const AuthorisationDecided declined = world_.authorise(by_helper(1001));
    set({});
    const RulesInForce rules{.defaults = world_.state.rules_or_null(declined.defaults),
                             .card = world_.state.rules_or_null(declined.card_rules)};
    EXPECT_EQ(
        first_decline(declined.request, declined.facts, rules, declined.windows, world_.now_ns),
        declined.decline);
    EXPECT_EQ(declined.facts.by_card->since_ns, utc(2024, 6, 3, 9));
}

}  // namespace
}  // namespace carecard::rules
