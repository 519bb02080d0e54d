#include "rules/spending.h"

#include <algorithm>
#include <array>

namespace carecard::rules {
namespace {

bool is_without_cashback(const SpendingFacts& facts) {
    return facts.portion && facts.portion->kind == PortionKind::without_cashback;
}

/// What the checks are asked about, and who hears the answers. `Hear` returns whether to go on.
template <class Hear>
class Checks {
   public:
    Checks(const Authorise& request, const SpendingFacts& facts, const RulesInForce& rules,
           const WindowNumbers& windows, TimestampNs now_ns, Hear hear)
        : request_(request),
          facts_(facts),
          levels_{{{RuleLevel::programme, rules.defaults},
                   {RuleLevel::agreement, rules.agreement},
                   {RuleLevel::card, rules.card}}},
          windows_(windows),
          now_ns_(now_ns),
          flow_(flow_of(request.kind)),
          cash_(cash_decided(request, facts)),
          hear_(hear) {}

    /// Asks every check in order of precedence, until the listener has heard enough.
    void ask() {
        (void)(reversal() && states() && merchant() && cash() && contactless() && single() &&
               limits() && funds());
    }

   private:
    struct Level {
        RuleLevel level;
        const CompiledRules* rules;
    };
    /// What limits cash and quasi-cash beside everything else.
    struct CashRow {
        CashClass of;
        CashLimits SpendingRules::*limits;
        DeclineReason single_reason;
        DeclineReason day_reason;
    };
    static constexpr std::array<CashRow, 2> cash_rows{{
        {CashClass::cash, &SpendingRules::cash, DeclineReason::cash_over_single,
         DeclineReason::cash_over_day},
        {CashClass::quasi_cash, &SpendingRules::quasi_cash, DeclineReason::quasi_cash_over_single,
         DeclineReason::quasi_cash_over_day},
    }};
    struct Window {
        WindowCount of_account;
        WindowCount by_card;  ///< Of which the card's own rules are asked.
        WindowLimit SpendingRules::*limit;
        DeclineReason amount_reason;
        DeclineReason count_reason;
        DayNumber starts_afresh;

        [[nodiscard]] const WindowCount& before(const Level& level) const {
            return level.level == RuleLevel::card ? by_card : of_account;
        }
    };
    /// What the state of a card says against every payment.
    struct StatusRow {
        CardStatus status;
        DeclineReason reason;
        bool stops_increments;
    };
    static constexpr std::array<StatusRow, 8> status_rows{{
        {CardStatus::closed, DeclineReason::card_closed, true},
        {CardStatus::lost, DeclineReason::card_lost, true},
        {CardStatus::stolen, DeclineReason::card_stolen, true},
        {CardStatus::damaged, DeclineReason::card_damaged, false},
        {CardStatus::replaced, DeclineReason::card_replaced, false},
        {CardStatus::used, DeclineReason::card_used, false},
        {CardStatus::inactive, DeclineReason::card_not_active, true},
        {CardStatus::frozen, DeclineReason::card_frozen, true},
    }};

    [[nodiscard]] AmountMinor amount() const { return amount_decided(request_, facts_); }
    [[nodiscard]] bool takes() const { return flow_ == Flow::takes; }
    [[nodiscard]] AmountMinor raised_from() const {
        return facts_.raised_from ? facts_.raised_from->amount : AmountMinor{};
    }
    [[nodiscard]] bool gives() const { return flow_ == Flow::gives; }

    bool tell(DeclineReason reason, RuleLevel level, bool passed) {
        return hear_(Check{.if_failed = {.reason = reason, .level = level}, .passed = passed});
    }

    /// Nothing was asked, so nothing stands in the way.
    bool skip(DeclineReason reason, RuleLevel level) {
        if constexpr (!Hear::hears_what_is_skipped) return true;
        return hear_(Check{.if_failed = {.reason = reason, .level = level}, .applies = false});
    }

    bool tell_if(bool applies, DeclineReason reason, RuleLevel level, bool passed) {
        return applies ? tell(reason, level, passed) : skip(reason, level);
    }

    /// About payments whose reversal came first, and no other.
    bool reversal() {
        const auto& before = facts_.reversed_before;
        if (!before) return skip(DeclineReason::reversed_before, RuleLevel::account);
        return hear_(Check{
            .if_failed = {.reason = DeclineReason::reversed_before, .level = RuleLevel::account},
            .passed = before->remaining.value > 0,
            .amount_limit = before->remaining});
    }

    /// What was approved of a card may grow although the card was damaged, replaced or used since.
    bool card_status() {
        if constexpr (!Hear::hears_what_is_skipped) {
            if (facts_.card_status == CardStatus::active) return true;
        }
        return std::all_of(status_rows.begin(), status_rows.end(), [&](const StatusRow& row) {
            const bool asked = !gives() && (row.stops_increments || !facts_.raised_from);
            return tell_if(asked, row.reason, RuleLevel::card, facts_.card_status != row.status);
        });
    }

    /// Money on its way to the holder is stopped by a closed account alone.
    bool states() {
        using enum DeclineReason;
        const AccountStatus account = facts_.account_status;
        const bool expiry_given = request_.expiry.month != 0;
        return card_status() &&
               tell(account_closed, RuleLevel::account, account != AccountStatus::closed) &&
               tell_if(!gives(), account_suspended, RuleLevel::account,
                       account != AccountStatus::suspended) &&
               tell_if(!gives(), card_expired, RuleLevel::card, now_ns_ < facts_.card_expires_ns) &&
               tell_if(!gives() && expiry_given, expiry_mismatch, RuleLevel::card,
                       request_.expiry == facts_.card_expiry) &&
               kind() &&
               tell(currency_not_programme, RuleLevel::programme,
                    request_.amounts.billing_currency == facts_.currency);
    }

    /// Nobody looks at a terminal for what is told to none.
    bool kind() {
        constexpr DeclineReason reason = DeclineReason::kind_not_supported;
        const RuleLevel hidden_by = facts_.balance_hidden_by;
        if (request_.kind == TransactionKind::balance_enquiry && hidden_by != RuleLevel::none) {
            return tell(reason, hidden_by, false);
        }
        return tell(reason, RuleLevel::programme, request_.kind != TransactionKind::unsupported);
    }

    /// About where money is spent, or may be: neither where it comes from, nor where its holder
    /// looks how much there is.
    bool merchant() {
        const Mcc mcc = request_.merchant.mcc;
        const bool asked = !gives() && request_.kind != TransactionKind::balance_enquiry;
        return each_level(asked, DeclineReason::mcc_refused,
                          [&](const Level& level) {
                              return tell_if(!level.rules->rules().mcc_refused.empty(),
                                             DeclineReason::mcc_refused, level.level,
                                             level.rules->verdict(mcc) != MccVerdict::refused);
                          }) &&
               each_level(asked, DeclineReason::mcc_not_allowed, [&](const Level& level) {
                   return tell_if(!level.rules->rules().mcc_allowed.empty(),
                                  DeclineReason::mcc_not_allowed, level.level,
                                  level.rules->verdict(mcc) != MccVerdict::not_listed);
               });
    }

    /// Cash must be agreed by the most particular level that exists: an agreement is where worker
    /// and holder say so, and without one the programme's default stands. A card with rules of its
    /// own must have it agreed there as well.
    bool cash() {
        using enum DeclineReason;
        const Level& level = levels_[1].rules != nullptr ? levels_[1] : levels_[0];
        const Level& card = levels_[2];
        const CashClass whole = cash_class_of(request_);
        const bool cashback = request_.kind == TransactionKind::purchase_with_cashback &&
                              !is_without_cashback(facts_);
        const auto ask = [&](bool applies, DeclineReason reason, bool SpendingRules::*agreed) {
            return cash_agreed(applies, reason, level, agreed) &&
                   (card.rules == nullptr ? skip(reason, card.level)
                                          : cash_agreed(applies, reason, card, agreed));
        };
        return ask(whole == CashClass::cash, cash_not_agreed, &SpendingRules::cash_agreed) &&
               ask(whole == CashClass::quasi_cash, quasi_cash_not_agreed,
                   &SpendingRules::quasi_cash_agreed) &&
               ask(cashback, cashback_not_agreed, &SpendingRules::cash_agreed);
    }

    bool cash_agreed(bool applies, DeclineReason reason, const Level& level,
                     bool SpendingRules::*agreed) {
        const bool passed = level.rules != nullptr && level.rules->rules().*agreed;
        return tell_if(applies, reason, level.level, passed);
    }

    /// About taps without a PIN. Where nobody could give one, none is asked for.
    bool contactless() {
        using enum DeclineReason;
        const bool tap = is_tap(request_);
        const bool attended = !is_unattended(request_.merchant.mcc);
        return each_level(tap, contactless_off,
                          [&](const Level& level) {
                              const bool off = level.rules->rules().contactless.off;
                              return tell_if(off, contactless_off, level.level, false);
                          }) &&
               each_level(tap, contactless_over_single,
                          [&](const Level& level) {
                              return amount_at_once(contactless_over_single, level, amount(),
                                                    level.rules->rules().contactless.single_max);
                          }) &&
               each_level(tap && attended, contactless_needs_pin,
                          [&](const Level& level) { return taps_left(level); });
    }

    bool taps_left(const Level& level) {
        constexpr DeclineReason reason = DeclineReason::contactless_needs_pin;
        const ContactlessRules& rules = level.rules->rules().contactless;
        if (!rules.total_max && !rules.count_max) return skip(reason, level.level);
        const bool places = !rules.count_max || facts_.taps.count < *rules.count_max;
        const AmountMinor most = rules.total_max.value_or(transaction_minor_max);
        const std::int64_t left = places ? most.value - facts_.taps.amount.value : 0;
        const AmountMinor works{std::max<std::int64_t>(0, left)};
        return hear_(Check{.if_failed = {.reason = reason,
                                         .level = level.level,
                                         .amount_would_work = works,
                                         .count_max = rules.count_max.value_or(0)},
                           .passed = places && amount() <= works,
                           .amount_limit = rules.total_max.value_or(AmountMinor{}),
                           .amount_before = facts_.taps.amount,
                           .count_before = facts_.taps.count});
    }

    bool single() {
        constexpr DeclineReason reason = DeclineReason::amount_over_single;
        return each_level(takes(), reason,
                          [&](const Level& level) {
                              return amount_at_once(reason, level, amount(),
                                                    level.rules->rules().single_max, raised_from());
                          }) &&
               std::all_of(cash_rows.begin(), cash_rows.end(), [&](const CashRow& row) {
                   return each_level(cash_.of == row.of, row.single_reason,
                                     [&](const Level& level) {
                                         const auto& limits = level.rules->rules().*row.limits;
                                         return amount_at_once(row.single_reason, level,
                                                               cash_.amount, limits.single_max);
                                     });
               });
    }

    /// @param before  what stands already of the same payment.
    bool amount_at_once(DeclineReason reason, const Level& level, AmountMinor asked,
                        const std::optional<AmountMinor>& limit, AmountMinor before = {}) {
        if (!limit) return skip(reason, level.level);
        const AmountMinor left{std::max<std::int64_t>(0, limit->value - before.value)};
        return hear_(
            Check{.if_failed = {.reason = reason, .level = level.level, .amount_would_work = left},
                  .passed = asked <= left,
                  .amount_limit = *limit,
                  .amount_before = before});
    }

    bool limits() {
        using enum DeclineReason;
        const CardCounts by_card = facts_.by_card.value_or(CardCounts{});
        const std::array<Window, 3> windows{{
            {facts_.day,
             by_card.day,
             &SpendingRules::day,
             amount_over_day,
             count_over_day,
             {windows_.day.value + 1}},
            {facts_.week, by_card.week, &SpendingRules::week, amount_over_week, count_over_week,
             first_day_of_week(windows_.week + 1)},
            {facts_.month, by_card.month, &SpendingRules::month, amount_over_month,
             count_over_month, first_day_of_month(windows_.month + 1)},
        }};
        return both_limits(windows[0]) && cash_in_day(windows[0].starts_afresh) &&
               both_limits(windows[1]) && both_limits(windows[2]);
    }

    bool both_limits(const Window& window) {
        return each_level(takes(), window.amount_reason,
                          [&](const Level& level) {
                              const auto& limits = level.rules->rules().*window.limit;
                              return amount_in(window, level, amount(), limits.amount_max);
                          }) &&
               each_level(takes(), window.count_reason,
                          [&](const Level& level) { return count_in(window, level); });
    }

    bool cash_in_day(DayNumber tomorrow) {
        return std::all_of(cash_rows.begin(), cash_rows.end(), [&](const CashRow& row) {
            const CardCounts by_card = facts_.by_card.value_or(CardCounts{});
            const Window window{.of_account = {.amount = facts_.cash_today},
                                .by_card = {.amount = by_card.cash_today},
                                .amount_reason = row.day_reason,
                                .starts_afresh = tomorrow};
            return each_level(cash_.of == row.of, row.day_reason, [&](const Level& level) {
                const auto& limits = level.rules->rules().*row.limits;
                return amount_in(window, level, cash_.amount, limits.day_max);
            });
        });
    }

    bool amount_in(const Window& window, const Level& level, AmountMinor asked,
                   const std::optional<AmountMinor>& limit) {
        if (!limit) return skip(window.amount_reason, level.level);
        const WindowCount& before = window.before(level);
        const AmountMinor left{std::max<std::int64_t>(0, limit->value - before.amount.value)};
        return hear_(Check{.if_failed = {.reason = window.amount_reason,
                                         .level = level.level,
                                         .amount_would_work = left,
                                         .works_from = window.starts_afresh},
                           .passed = asked <= left,
                           .amount_limit = *limit,
                           .amount_before = before.amount,
                           .count_before = before.count});
    }

    bool count_in(const Window& window, const Level& level) {
        const auto& limit = (level.rules->rules().*window.limit).count_max;
        if (!limit || facts_.raised_from) return skip(window.count_reason, level.level);
        const WindowCount& before = window.before(level);
        return hear_(Check{.if_failed = {.reason = window.count_reason,
                                         .level = level.level,
                                         .count_max = *limit,
                                         .works_from = window.starts_afresh},
                           .passed = before.count < *limit,
                           .amount_before = before.amount,
                           .count_before = before.count});
    }

    bool funds() {
        if (!takes()) {
            return skip(DeclineReason::purse_not_eligible, RuleLevel::account) &&
                   skip(DeclineReason::funds_earmarked, RuleLevel::account) &&
                   skip(DeclineReason::funds_insufficient, RuleLevel::ledger) && room();
        }
        return purses() && earmarks() &&
               hear_(Check{.if_failed = {.reason = DeclineReason::funds_insufficient,
                                         .level = RuleLevel::ledger,
                                         .amount_would_work = facts_.available,
                                         .purse = last_that_pays()},
                           .passed = amount_to_hold(request_, facts_) <= facts_.available,
                           .amount_limit = facts_.available}) &&
               room();
    }

    /// Not asked of what was decided before purses had terms.
    bool purses() {
        constexpr DeclineReason reason = DeclineReason::purse_not_eligible;
        if (facts_.purses.empty()) return skip(reason, RuleLevel::account);
        const auto nearest = std::max_element(
            facts_.purses.begin(), facts_.purses.end(),
            [](const PurseFact& a, const PurseFact& b) { return a.verdict < b.verdict; });
        const bool pays = last_that_pays().value != 0;
        return hear_(Check{.if_failed = {.reason = reason,
                                         .level = RuleLevel::account,
                                         .purse = nearest->purse,
                                         .verdict = nearest->verdict},
                           .passed = pays});
    }

    /// The money is there, and some of it is kept for others.
    bool earmarks() {
        constexpr DeclineReason reason = DeclineReason::funds_earmarked;
        if (facts_.earmarked.value == 0) return skip(reason, RuleLevel::account);
        const AmountMinor needed = amount_to_hold(request_, facts_);
        const AmountMinor all{facts_.available.value + facts_.earmarked.value};
        return hear_(Check{.if_failed = {.reason = reason,
                                         .level = RuleLevel::account,
                                         .amount_would_work = facts_.available,
                                         .purse = last_that_pays()},
                           .passed = needed <= facts_.available || needed > all,
                           .amount_limit = facts_.available,
                           .amount_before = facts_.earmarked});
    }

    /// None when none may.
    [[nodiscard]] PurseNumber last_that_pays() const {
        PurseNumber last;
        for (const PurseFact& fact : facts_.purses) {
            if (fact.verdict == PurseVerdict::eligible) last = fact.purse;
        }
        return last;
    }

    bool room() {
        constexpr DeclineReason reason = DeclineReason::open_authorisations_full;
        if (flow_ == Flow::asks || facts_.raised_from) return skip(reason, RuleLevel::account);
        return hear_(Check{.if_failed = {.reason = reason,
                                         .level = RuleLevel::account,
                                         .count_max = open_authorisations_per_account_max},
                           .passed = facts_.open_count < open_authorisations_per_account_max,
                           .count_before = facts_.open_count});
    }

    /// @param asked  whether the rule is about such a request at all.
    template <class Ask>
    bool each_level(bool asked, DeclineReason reason, Ask ask) {
        return std::all_of(levels_.begin(), levels_.end(), [&](const Level& level) {
            return asked && level.rules != nullptr ? ask(level) : skip(reason, level.level);
        });
    }

    const Authorise& request_;
    const SpendingFacts& facts_;
    std::array<Level, 3> levels_;
    const WindowNumbers& windows_;
    TimestampNs now_ns_;
    Flow flow_;
    CashCount cash_;
    Hear hear_;
};

/// For a decision: stops at the first failure, and costs nothing for what does not apply.
struct UntilOneFails {
    static constexpr bool hears_what_is_skipped = false;
    Decline& first;
    bool operator()(const Check& check) const {
        if (!check.passed) first = check.if_failed;
        return check.passed;
    }
};

/// For an explanation.
struct KeepAll {
    static constexpr bool hears_what_is_skipped = true;
    std::vector<Check>& checks;
    bool operator()(const Check& check) const {
        checks.push_back(check);
        return true;
    }
};

}  // namespace

AmountMinor amount_decided(const Authorise& request, const SpendingFacts& facts) {
    if (facts.portion) return facts.portion->amount;
    const AmountMinor asked = request.amounts.billing;
    return facts.reversed_before ? std::min(asked, facts.reversed_before->remaining) : asked;
}

AmountMinor amount_to_hold(const Authorise& request, const SpendingFacts& facts) {
    return facts.portion ? facts.portion->to_hold : amount_decided(request, facts);
}

CashCount cash_decided(const Authorise& request, const SpendingFacts& facts) {
    const AmountMinor amount = amount_decided(request, facts);
    if (!is_without_cashback(facts)) return cash_in(request, amount);
    const CashClass whole = cash_class_of(request);
    return whole == CashClass::none ? CashCount{} : CashCount{.of = whole, .amount = amount};
}

Authorise purchase_of(const Increment& increment) {
    return {.request = increment.request,
            .card_token = increment.card_token,
            .kind = TransactionKind::purchase,
            .amounts = increment.amounts,
            .merchant = increment.merchant,
            .identity = increment.identity,
            .estimated = increment.estimated};
}

Authorise purchase_of(const Advise& advice) {
    return {.request = advice.request,
            .card_token = advice.card_token,
            .kind = TransactionKind::purchase,
            .amounts = advice.amounts,
            .merchant = advice.merchant,
            .identity = advice.identity,
            .local_date = advice.local_date,
            .entry_mode = advice.entry_mode,
            .channel = advice.channel,
            .estimated = advice.estimated,
            .recurring = advice.recurring};
}

Decline first_decline(const Authorise& request, const SpendingFacts& facts,
                      const RulesInForce& rules, const WindowNumbers& windows, TimestampNs now_ns) {
    Decline first;
    Checks(request, facts, rules, windows, now_ns, UntilOneFails{first}).ask();
    return first;
}

std::vector<Check> explain(const Authorise& request, const SpendingFacts& facts,
                           const RulesInForce& rules, const WindowNumbers& windows,
                           TimestampNs now_ns) {
    std::vector<Check> checks;
    Checks(request, facts, rules, windows, now_ns, KeepAll{checks}).ask();
    return checks;
}

}  // namespace carecard::rules
