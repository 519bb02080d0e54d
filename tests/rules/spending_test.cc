#include "rules/spending.h"

#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <set>
#include <vector>

#include "rules/kinds.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

/// A question to which nothing objects: a thousand pence for groceries, on Wednesday 2024-01-31.
struct Question {
    Authorise request;
    SpendingFacts facts;
    SpendingRules defaults;
    SpendingRules agreement;
    bool agreed = true;
    TimestampNs now_ns = utc(2024, 1, 31, 12);

    Question() {
        request.amounts = {.transaction = {1000},
                           .transaction_currency = gbp,
                           .billing = {1000},
                           .billing_currency = gbp};
        request.merchant.mcc = groceries;
        request.expiry = far_expiry;
        facts.card_expiry = far_expiry;
        facts.card_expires_ns = utc(2031, 1, 1);
        facts.currency = gbp;
        facts.available = {5000};
    }

    template <class Ask>
    auto with_rules(Ask ask) const {
        const CompiledRules below(defaults);
        const CompiledRules above(agreement);
        return ask(RulesInForce{.defaults = &below, .agreement = agreed ? &above : nullptr});
    }
    [[nodiscard]] Decline decline() const {
        return with_rules([&](const RulesInForce& rules) {
            return first_decline(request, facts, rules, local_windows(london(), now_ns), now_ns);
        });
    }
    [[nodiscard]] std::vector<Check> checks() const {
        return with_rules([&](const RulesInForce& rules) {
            return explain(request, facts, rules, local_windows(london(), now_ns), now_ns);
        });
    }
};

struct Rule {
    Decline decline;
    std::function<void(Question&)> break_it;
};

using enum DeclineReason;

Decline state_of(DeclineReason reason, RuleLevel level) {
    return {.reason = reason, .level = level};
}
Decline amount(DeclineReason reason, RuleLevel level, std::int64_t works, DayNumber from = {}) {
    return {.reason = reason, .level = level, .amount_would_work = {works}, .works_from = from};
}
Decline count(DeclineReason reason, RuleLevel level, std::uint32_t count_max, DayNumber from) {
    return {.reason = reason, .level = level, .count_max = count_max, .works_from = from};
}

/// Breaks a window at one level: 700 pence in three payments went before; the limits differ by
/// level so that a decline shows whose it is.
std::function<void(Question&)> amount_rule(WindowLimit SpendingRules::*window,
                                           WindowCount SpendingFacts::*facts, RuleLevel level) {
    return [=](Question& question) {
        question.facts.*facts = {.amount = {700}, .count = 3};
        if (level == RuleLevel::programme) (question.defaults.*window).amount_max = {1600};
        if (level == RuleLevel::agreement) (question.agreement.*window).amount_max = {1500};
    };
}
std::function<void(Question&)> count_rule(WindowLimit SpendingRules::*window,
                                          WindowCount SpendingFacts::*facts, RuleLevel level) {
    return [=](Question& question) {
        question.facts.*facts = {.amount = {700}, .count = 3};
        if (level == RuleLevel::programme) (question.defaults.*window).count_max = 3;
        if (level == RuleLevel::agreement) (question.agreement.*window).count_max = 2;
    };
}

std::vector<Rule> state_rules() {
    return {
        {state_of(card_closed, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::closed; }},
        {state_of(card_lost, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::lost; }},
        {state_of(card_stolen, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::stolen; }},
        {state_of(card_damaged, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::damaged; }},
        {state_of(card_replaced, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::replaced; }},
        {state_of(card_used, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::used; }},
        {state_of(card_not_active, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::inactive; }},
        {state_of(card_frozen, RuleLevel::card),
         [](Question& q) { q.facts.card_status = CardStatus::frozen; }},
        {state_of(account_closed, RuleLevel::account),
         [](Question& q) { q.facts.account_status = AccountStatus::closed; }},
        {state_of(account_suspended, RuleLevel::account),
         [](Question& q) { q.facts.account_status = AccountStatus::suspended; }},
        {state_of(card_expired, RuleLevel::card),
         [](Question& q) { q.facts.card_expires_ns = q.now_ns; }},
        {state_of(expiry_mismatch, RuleLevel::card),
         [](Question& q) { q.request.expiry.year = 2029; }},
        {state_of(kind_not_supported, RuleLevel::programme),
         [](Question& q) { q.request.kind = TransactionKind::unsupported; }},
        {state_of(currency_not_programme, RuleLevel::programme),
         [](Question& q) { q.request.amounts.billing_currency = eur; }},
    };
}

std::vector<Rule> merchant_rules() {
    return {
        {state_of(mcc_refused, RuleLevel::programme),
         [](Question& q) { q.defaults.mcc_refused = {range(6010, 6020)}; }},
        {state_of(mcc_refused, RuleLevel::agreement),
         [](Question& q) { q.agreement.mcc_refused = {range(6011, 6011)}; }},
        {state_of(mcc_not_allowed, RuleLevel::programme),
         [](Question& q) { q.defaults.mcc_allowed = {range(5411, 6010)}; }},
        {state_of(mcc_not_allowed, RuleLevel::agreement),
         [](Question& q) { q.agreement.mcc_allowed = {range(5411, 5411)}; }},
        {state_of(cash_not_agreed, RuleLevel::agreement),
         [](Question& q) { q.request.merchant.mcc = {6011}; }},
        {state_of(cashback_not_agreed, RuleLevel::agreement),
         [](Question& q) { q.request.kind = TransactionKind::purchase_with_cashback; }},
        {amount(amount_over_single, RuleLevel::programme, 999),
         [](Question& q) { q.defaults.single_max = {999}; }},
        {amount(amount_over_single, RuleLevel::agreement, 998),
         [](Question& q) { q.agreement.single_max = {998}; }},
    };
}

void add_window_rules(std::vector<Rule>& rules, WindowLimit SpendingRules::*window,
                      WindowCount SpendingFacts::*facts, DeclineReason amount_reason,
                      DeclineReason count_reason, DayNumber from) {
    const auto low = RuleLevel::programme;
    const auto high = RuleLevel::agreement;
    rules.push_back({amount(amount_reason, low, 900, from), amount_rule(window, facts, low)});
    rules.push_back({amount(amount_reason, high, 800, from), amount_rule(window, facts, high)});
    rules.push_back({count(count_reason, low, 3, from), count_rule(window, facts, low)});
    rules.push_back({count(count_reason, high, 2, from), count_rule(window, facts, high)});
}

/// Every rule, each with the way to break it, by descending precedence.
std::vector<Rule> rules_in_order() {
    std::vector<Rule> rules{{state_of(reversed_before, RuleLevel::account), [](Question& q) {
                                 q.facts.reversed_before = ReversedBefore{.remaining = {0}};
                             }}};
    for (const Rule& rule : state_rules()) rules.push_back(rule);
    for (const Rule& rule : merchant_rules()) rules.push_back(rule);
    add_window_rules(rules, &SpendingRules::day, &SpendingFacts::day, amount_over_day,
                     count_over_day, day_number(2024, 2, 1));
    add_window_rules(rules, &SpendingRules::week, &SpendingFacts::week, amount_over_week,
                     count_over_week, day_number(2024, 2, 5));
    add_window_rules(rules, &SpendingRules::month, &SpendingFacts::month, amount_over_month,
                     count_over_month, day_number(2024, 2, 1));
    rules.push_back({{.reason = purse_not_eligible,
                      .level = RuleLevel::account,
                      .purse = {2},
                      .verdict = PurseVerdict::ended},
                     [](Question& q) {
                         q.facts.purses.push_back({{1}, PurseVerdict::wrong_category, {500}});
                         q.facts.purses.push_back({{2}, PurseVerdict::ended, {500}});
                     }});
    rules.push_back({amount(funds_insufficient, RuleLevel::ledger, 999),
                     [](Question& q) { q.facts.available = {999}; }});
    rules.push_back(
        {{.reason = open_authorisations_full,
          .level = RuleLevel::account,
          .count_max = open_authorisations_per_account_max},
         [](Question& q) { q.facts.open_count = open_authorisations_per_account_max; }});
    return rules;
}

TEST(FirstDecline, ApprovesWhatBreaksNoRule) { EXPECT_EQ(Question().decline(), Decline{}); }

TEST(FirstDecline, ReportsTheFirstInPrecedenceOrderWhenAllLaterOnesHoldToo) {
    const std::vector<Rule> rules = rules_in_order();
    Question question;
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        rule->break_it(question);
        EXPECT_EQ(question.decline(), rule->decline) << "row " << std::distance(rule, rules.rend());
    }
}

TEST(FirstDecline, ReportsEachRuleThatIsBrokenAlone) {
    for (const Rule& rule : rules_in_order()) {
        Question question;
        question.request.merchant.mcc =
            rule.decline.reason == mcc_refused || rule.decline.reason == mcc_not_allowed
                ? Mcc{6011}
                : groceries;
        question.agreement.cash_agreed =
            rule.decline.reason != cash_not_agreed && rule.decline.reason != cashback_not_agreed;
        rule.break_it(question);
        EXPECT_EQ(question.decline(), rule.decline);
    }
}

TEST(FirstDecline, ApprovesTheNumberThatItSaidWouldHaveWorked) {
    for (const Rule& rule : rules_in_order()) {
        if (rule.decline.amount_would_work.value == 0) continue;
        Question question;
        rule.break_it(question);
        const AmountMinor works = question.decline().amount_would_work;
        question.request.amounts.billing = {works.value + 1};
        EXPECT_EQ(question.decline(), rule.decline);
        question.request.amounts.billing = works;
        EXPECT_EQ(question.decline(), Decline{});
    }
}

TEST(FirstDecline, LetsTheLastPlaceInAWindowBeUsed) {
    Question question;
    question.facts.day = question.facts.week = question.facts.month = {.count = 2};
    question.defaults.day.count_max = 3;
    question.agreement.week.count_max = 3;
    question.agreement.month.count_max = 3;
    EXPECT_EQ(question.decline(), Decline{});
    question.facts.week.count = 3;
    EXPECT_EQ(question.decline().reason, count_over_week);
}

TEST(FirstDecline, OffersZeroWhenAWindowHoldsMoreThanATightenedLimit) {
    Question question;
    question.facts.week.amount = {9000};
    question.agreement.week.amount_max = {5000};
    EXPECT_EQ(question.decline(),
              amount(amount_over_week, RuleLevel::agreement, 0, day_number(2024, 2, 5)));
}

TEST(FirstDecline, NamesTheFirstDayOnWhichTheWindowStartsAfresh) {
    struct Row {
        TimestampNs now_ns;
        DayNumber day;
        DayNumber week;
        DayNumber month;
    };
    const Row rows[] = {
        {utc(2024, 6, 2, 22, 59), day_number(2024, 6, 3), day_number(2024, 6, 3),
         day_number(2024, 7, 1)},
        {utc(2024, 6, 2, 23, 0), day_number(2024, 6, 4), day_number(2024, 6, 10),
         day_number(2024, 7, 1)},
        {utc(2024, 12, 31, 23, 59), day_number(2025, 1, 1), day_number(2025, 1, 6),
         day_number(2025, 1, 1)},
    };
    for (const Row& row : rows) {
        Question question;
        question.now_ns = row.now_ns;
        question.agreement.day.count_max = 0;
        EXPECT_EQ(question.decline().works_from, row.day);
        question.agreement = {.week = {.count_max = 0}};
        EXPECT_EQ(question.decline().works_from, row.week);
        question.agreement = {.month = {.count_max = 0}};
        EXPECT_EQ(question.decline().works_from, row.month);
    }
}

TEST(FirstDecline, TreatsAMessageWithoutExpiryAsFitting) {
    Question question;
    question.request.expiry = {};
    EXPECT_EQ(question.decline(), Decline{});
}

TEST(FirstDecline, RefusesAnAmountInAnotherCurrencyOnlyByWhatIsBilled) {
    Question question;
    question.request.amounts.transaction_currency = eur;
    EXPECT_EQ(question.decline(), Decline{});
    question.request.amounts.billing_currency = eur;
    EXPECT_EQ(question.decline().reason, currency_not_programme);
}

struct CashRow {
    const char* claim;
    TransactionKind kind;
    Mcc mcc;
    bool defaults_agree;
    bool agreed;
    bool agreement_agrees;
    Decline expected;
};

TEST(FirstDecline, AsksTheMostParticularLevelAboutCash) {
    const Decline by_programme = state_of(cash_not_agreed, RuleLevel::programme);
    const Decline by_agreement = state_of(cash_not_agreed, RuleLevel::agreement);
    using enum TransactionKind;
    const CashRow rows[] = {
        {"a machine, nothing agreed", cash, {6011}, false, false, false, by_programme},
        {"a counter by its code alone", purchase, {6010}, false, false, false, by_programme},
        {"cash by its kind alone", cash, groceries, false, true, false, by_agreement},
        {"the programme's default stands alone", cash, {6011}, true, false, false, {}},
        {"an agreement takes it away", cash, {6011}, true, true, false, by_agreement},
        {"an agreement gives it", cash, {6011}, false, true, true, {}},
        {"cashback, nothing agreed", purchase_with_cashback, groceries, false, false, false,
         state_of(cashback_not_agreed, RuleLevel::programme)},
        {"cashback agreed", purchase_with_cashback, groceries, false, true, true, {}},
        {"a purchase is not cash", purchase, groceries, false, true, false, {}},
    };
    for (const CashRow& row : rows) {
        Question question;
        question.request.kind = row.kind;
        question.request.merchant.mcc = row.mcc;
        question.defaults.cash_agreed = row.defaults_agree;
        question.agreed = row.agreed;
        question.agreement.cash_agreed = row.agreement_agrees;
        EXPECT_EQ(question.decline(), row.expected) << row.claim;
    }
}

// --- Cash and quasi-cash -------------------------------------------------------------------------

/// A question about a thousand pence of what `kind` and `mcc` make it, all of it agreed.
Question cash_question(TransactionKind kind, Mcc mcc, std::int64_t cashback = 0) {
    Question question;
    question.request.kind = kind;
    question.request.merchant.mcc = mcc;
    question.request.cashback = {cashback};
    question.agreement.cash_agreed = true;
    question.agreement.quasi_cash_agreed = true;
    return question;
}

TEST(FirstDecline, TakesQuasiCashByItsKindOrItsMerchantForWhatMustBeAgreed) {
    using enum TransactionKind;
    for (const auto& [kind, mcc] :
         {std::pair(quasi_cash, groceries), std::pair(purchase, Mcc{4829}),
          std::pair(purchase, Mcc{6050}), std::pair(purchase, Mcc{6051}),
          std::pair(purchase, Mcc{6540}), std::pair(purchase, Mcc{7995}),
          std::pair(quasi_cash, Mcc{6011})}) {
        Question question = cash_question(kind, mcc);
        EXPECT_EQ(question.decline(), Decline{}) << mcc.value;
        question.agreement.quasi_cash_agreed = false;
        EXPECT_EQ(question.decline(), state_of(quasi_cash_not_agreed, RuleLevel::agreement));
        question.agreed = false;
        EXPECT_EQ(question.decline(), state_of(quasi_cash_not_agreed, RuleLevel::programme));
        question.defaults.quasi_cash_agreed = true;
        EXPECT_EQ(question.decline(), Decline{}) << mcc.value;
    }
    EXPECT_EQ(cash_question(cash, {6051}).decline(), Decline{});
    Question counter = cash_question(cash, {6051});
    counter.agreement.quasi_cash_agreed = false;
    EXPECT_EQ(counter.decline(), Decline{}) << "cash over the counter of a bureau is cash";
}

struct CashLimitRow {
    const char* claim;
    TransactionKind kind;
    Mcc mcc;
    std::int64_t cashback;
    CashLimits SpendingRules::*limits;
    DeclineReason single;
    DeclineReason day;
};

TEST(FirstDecline, LimitsCashAndQuasiCashBesideEveryPayment) {
    using enum TransactionKind;
    const CashLimitRow rows[] = {
        {"cash", cash, {6011}, 0, &SpendingRules::cash, cash_over_single, cash_over_day},
        {"cash by merchant",
         purchase,
         {6010},
         0,
         &SpendingRules::cash,
         cash_over_single,
         cash_over_day},
        {"the whole of a purchase that is all cashback but a penny", purchase_with_cashback,
         groceries, 999, &SpendingRules::cash, cash_over_single, cash_over_day},
        {"quasi-cash", quasi_cash, groceries, 0, &SpendingRules::quasi_cash, quasi_cash_over_single,
         quasi_cash_over_day},
    };
    const DayNumber tomorrow = day_number(2024, 2, 1);
    for (const CashLimitRow& row : rows) {
        SCOPED_TRACE(row.claim);
        Question question = cash_question(row.kind, row.mcc, row.cashback);
        (question.agreement.*row.limits).single_max = AmountMinor{998};
        EXPECT_EQ(question.decline(), amount(row.single, RuleLevel::agreement, 998));
        (question.defaults.*row.limits).single_max = AmountMinor{997};
        EXPECT_EQ(question.decline(), amount(row.single, RuleLevel::programme, 997));
        question = cash_question(row.kind, row.mcc, row.cashback);
        question.facts.cash_today = {700};
        (question.agreement.*row.limits).day_max = AmountMinor{1698};
        EXPECT_EQ(question.decline(), amount(row.day, RuleLevel::agreement, 998, tomorrow));
        (question.agreement.*row.limits).day_max = AmountMinor{1700};
        EXPECT_EQ(question.decline(), Decline{});
    }
}

TEST(FirstDecline, AsksTheLimitsOfCashAboutCashAlone) {
    Question question = cash_question(TransactionKind::purchase, groceries);
    question.agreement.cash = {.single_max = AmountMinor{0}, .day_max = AmountMinor{0}};
    question.agreement.quasi_cash = {.single_max = AmountMinor{0}, .day_max = AmountMinor{0}};
    EXPECT_EQ(question.decline(), Decline{});
    question = cash_question(TransactionKind::purchase_with_cashback, groceries, 400);
    question.agreement.cash.single_max = AmountMinor{400};
    EXPECT_EQ(question.decline(), Decline{});
}

TEST(Cashback, IsBilledAtTheRateOfTheWholeAndLeavesThePenniesToTheMerchant) {
    Authorise request{.kind = TransactionKind::purchase_with_cashback};
    request.amounts = {.transaction = {3000}, .billing = {1001}};
    request.cashback = {1000};
    EXPECT_EQ(cashback_billed(request), AmountMinor{333});
    EXPECT_EQ(cash_in(request, {1001}), (CashCount{CashClass::cash, {333}}));
    EXPECT_EQ(cash_in(request, {200}), (CashCount{CashClass::cash, {200}}));
}

// --- What is asked of each kind ------------------------------------------------------------------

TEST(FirstDecline, AsksOfEachKindWhatItsProtoSays) {
    using enum TransactionKind;
    using Break = std::function<void(Question&)>;
    const Break frozen = [](Question& q) { q.facts.card_status = CardStatus::frozen; };
    const Break closed = [](Question& q) { q.facts.card_status = CardStatus::closed; };
    const Break expired = [](Question& q) { q.facts.card_expires_ns = q.now_ns; };
    const Break mistyped = [](Question& q) { q.request.expiry.year = 2029; };
    const Break suspended = [](Question& q) { q.facts.account_status = AccountStatus::suspended; };
    const Break ended = [](Question& q) { q.facts.account_status = AccountStatus::closed; };
    const Break refused = [](Question& q) { q.agreement.mcc_refused = {range(0, 9999)}; };
    const Break listed = [](Question& q) { q.agreement.mcc_allowed = {range(1, 1)}; };
    const Break limited = [](Question& q) {
        q.agreement.single_max = AmountMinor{0};
        q.agreement.day = {.amount_max = AmountMinor{0}, .count_max = 0};
    };
    const Break poor = [](Question& q) { q.facts.available = {0}; };
    const Break full = [](Question& q) {
        q.facts.open_count = open_authorisations_per_account_max;
    };
    const Break hidden = [](Question& q) { q.facts.balance_hidden_by = RuleLevel::card; };
    struct Row {
        const char* name;
        const Break& change;
        DeclineReason verification, enquiry, credit;
    };
    const Row rows[] = {
        {"frozen", frozen, card_frozen, card_frozen, none},
        {"closed", closed, card_closed, card_closed, none},
        {"expired", expired, card_expired, card_expired, none},
        {"mistyped", mistyped, expiry_mismatch, expiry_mismatch, none},
        {"suspended", suspended, account_suspended, account_suspended, none},
        {"ended", ended, account_closed, account_closed, account_closed},
        {"refused", refused, mcc_refused, none, none},
        {"listed", listed, mcc_not_allowed, none, none},
        {"limited", limited, none, none, none},
        {"poor", poor, none, none, none},
        {"full", full, none, none, open_authorisations_full},
        {"hidden", hidden, none, kind_not_supported, none},
    };
    for (const Row& row : rows) {
        for (const auto& [kind, expected] :
             {std::pair(verification, row.verification), std::pair(balance_enquiry, row.enquiry),
              std::pair(refund, row.credit), std::pair(original_credit, row.credit)}) {
            Question question;
            question.request.kind = kind;
            if (flow_of(kind) == Flow::asks) question.request.amounts.billing = {0};
            row.change(question);
            EXPECT_EQ(question.decline().reason, expected)
                << row.name << ", kind " << static_cast<int>(kind);
        }
    }
}

TEST(CompiledRules, TellsEveryCodeOfItsRangesFromItsNeighbours) {
    const CompiledRules rules({.mcc_allowed = {range(10, 20), range(9999, 9999)},
                               .mcc_refused = {range(0, 0), range(15, 16)}});
    EXPECT_EQ(rules.verdict({0}), MccVerdict::refused);
    EXPECT_EQ(rules.verdict({9}), MccVerdict::not_listed);
    EXPECT_EQ(rules.verdict({10}), MccVerdict::allowed);
    EXPECT_EQ(rules.verdict({15}), MccVerdict::refused);
    EXPECT_EQ(rules.verdict({17}), MccVerdict::allowed);
    EXPECT_EQ(rules.verdict({21}), MccVerdict::not_listed);
    EXPECT_EQ(rules.verdict({9999}), MccVerdict::allowed);
    EXPECT_EQ(CompiledRules().verdict({0}), MccVerdict::allowed);
    EXPECT_EQ(CompiledRules().verdict({9999}), MccVerdict::allowed);
}

TEST(Explain, FailsFirstWhereTheDecisionDeclined) {
    const std::vector<Rule> rules = rules_in_order();
    Question question;
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        rule->break_it(question);
        const std::vector<Check> checks = question.checks();
        const auto failed = std::find_if(checks.begin(), checks.end(),
                                         [](const Check& check) { return !check.passed; });
        ASSERT_NE(failed, checks.end());
        EXPECT_EQ(failed->if_failed, question.decline());
    }
}

TEST(Explain, GoesOnPastAFailureToEveryRuleThatApplies) {
    Question question;
    for (const Rule& rule : rules_in_order()) rule.break_it(question);
    std::vector<Check> checks = question.checks();
    std::erase_if(checks, [](const Check& check) { return !check.applies; });
    EXPECT_EQ(checks.size(), rules_in_order().size());
    std::vector<DeclineReason> asked;
    for (const Check& check : checks) asked.push_back(check.if_failed.reason);
    std::vector<DeclineReason> in_order;
    for (const Rule& rule : rules_in_order()) in_order.push_back(rule.decline.reason);
    EXPECT_EQ(asked, in_order);
    EXPECT_EQ(checks.front().if_failed.reason, reversed_before);
    EXPECT_EQ(checks.back().if_failed.reason, open_authorisations_full);
    for (std::size_t index = 0; index < checks.size(); ++index) {
        EXPECT_EQ(checks[index].if_failed.reason, rules_in_order()[index].decline.reason);
    }
}

TEST(Explain, ListsEveryRuleAndSaysWhichDoNotApply) {
    Question question;
    question.defaults = {};
    question.agreement = {};
    question.request.expiry = {};
    std::set<DeclineReason> passed;
    std::set<DeclineReason> skipped;
    for (const Check& check : question.checks()) {
        EXPECT_TRUE(check.passed);
        (check.applies ? passed : skipped).insert(check.if_failed.reason);
    }
    EXPECT_EQ(passed,
              (std::set{card_closed, card_lost, card_stolen, card_damaged, card_replaced, card_used,
                        card_not_active, card_frozen, account_closed, account_suspended,
                        card_expired, kind_not_supported, currency_not_programme,
                        funds_insufficient, open_authorisations_full}));
    EXPECT_EQ(
        skipped,
        (std::set{
            purse_not_eligible,  funds_earmarked,   reversed_before,         expiry_mismatch,
            mcc_refused,         mcc_not_allowed,   cash_not_agreed,         quasi_cash_not_agreed,
            cashback_not_agreed, contactless_off,   contactless_over_single, contactless_needs_pin,
            amount_over_single,  cash_over_single,  quasi_cash_over_single,  amount_over_day,
            count_over_day,      cash_over_day,     quasi_cash_over_day,     amount_over_week,
            count_over_week,     amount_over_month, count_over_month}));
}

TEST(Explain, ShowsWhatAReversalThatCameFirstLeftAndAsksTheRestAboutThat) {
    Question question;
    question.facts.reversed_before = ReversedBefore{.remaining = {600}};
    question.agreement.single_max = AmountMinor{600};
    EXPECT_EQ(question.decline(), Decline{});
    const std::vector<Check> checks = question.checks();
    EXPECT_EQ(checks.front().if_failed.reason, reversed_before);
    EXPECT_TRUE(checks.front().passed);
    EXPECT_EQ(checks.front().amount_limit, AmountMinor{600});
    question.agreement.single_max = AmountMinor{599};
    EXPECT_EQ(question.decline(), amount(amount_over_single, RuleLevel::agreement, 599));
}

TEST(Explain, HasNoReversalToAskAboutForAPaymentThatMetNone) {
    for (const Check& check : Question().checks()) {
        EXPECT_FALSE(check.if_failed.reason == reversed_before && check.applies);
    }
}

TEST(Explain, ShowsTheLimitAndWhatTheWindowHeldBefore) {
    Question question;
    question.facts.day = {.amount = {700}, .count = 3};
    question.agreement.day = {.amount_max = AmountMinor{5000}, .count_max = 9};
    std::vector<Check> windows;
    for (const Check& check : question.checks()) {
        if (check.applies && check.if_failed.works_from.value != 0) windows.push_back(check);
    }
    ASSERT_EQ(windows.size(), 2U);
    EXPECT_EQ(windows[0].amount_limit, AmountMinor{5000});
    EXPECT_EQ(windows[0].amount_before, AmountMinor{700});
    EXPECT_EQ(windows[0].count_before, 3U);
    EXPECT_EQ(windows[1].if_failed.count_max, 9U);
    EXPECT_EQ(windows[1].count_before, 3U);
}

}  // namespace
}  // namespace carecard::rules
