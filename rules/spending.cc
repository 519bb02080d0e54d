#include "rules/spending.h"

#include <algorithm>
#include <array>

namespace carecard::rules {
namespace {

constexpr Mcc manual_cash{6010};
constexpr Mcc automated_cash{6011};

/// What the checks are asked about, and who hears the answers. `Hear` returns whether to go on.
template <class Hear>
class Checks {
   public:
    Checks(const Authorise& request, const SpendingFacts& facts, const RulesInForce& rules,
           const WindowNumbers& windows, TimestampNs now_ns, Hear hear)
        : request_(request),
          facts_(facts),
          levels_{
              {{RuleLevel::programme, rules.defaults}, {RuleLevel::agreement, rules.agreement}}},
          windows_(windows),
          now_ns_(now_ns),
          hear_(hear) {}

    /// Asks every check in order of precedence, until the listener has heard enough.
    void ask() {
        (void)(reversal() && states() && merchant() && cash() && single() && limits() && funds());
    }

   private:
    struct Level {
        RuleLevel level;
        const CompiledRules* rules;
    };
    struct Window {
        WindowCount before;
        WindowLimit SpendingRules::*limit;
        DeclineReason amount_reason;
        DeclineReason count_reason;
        DayNumber starts_afresh;
    };

    AmountMinor amount() const { return amount_decided(request_, facts_); }

    bool tell(DeclineReason reason, RuleLevel level, bool passed) {
        return hear_(Check{.if_failed = {.reason = reason, .level = level}, .passed = passed});
    }

    /// Nothing was asked, so nothing stands in the way.
    bool skip(DeclineReason reason, RuleLevel level) {
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

    bool states() {
        using enum DeclineReason;
        const CardStatus card = facts_.card_status;
        const AccountStatus account = facts_.account_status;
        const bool expiry_given = request_.expiry.month != 0;
        return tell(card_closed, RuleLevel::card, card != CardStatus::closed) &&
               tell(card_frozen, RuleLevel::card, card != CardStatus::frozen) &&
               tell(account_closed, RuleLevel::account, account != AccountStatus::closed) &&
               tell(account_suspended, RuleLevel::account, account != AccountStatus::suspended) &&
               tell(card_expired, RuleLevel::card, now_ns_ < facts_.card_expires_ns) &&
               tell_if(expiry_given, expiry_mismatch, RuleLevel::card,
                       request_.expiry == facts_.card_expiry) &&
               tell(kind_not_supported, RuleLevel::programme,
                    request_.kind != TransactionKind::unsupported) &&
               tell(currency_not_programme, RuleLevel::programme,
                    request_.amounts.billing_currency == facts_.currency);
    }

    bool merchant() {
        const Mcc mcc = request_.merchant.mcc;
        return each_level(DeclineReason::mcc_refused,
                          [&](const Level& level) {
                              return tell_if(!level.rules->rules().mcc_refused.empty(),
                                             DeclineReason::mcc_refused, level.level,
                                             level.rules->verdict(mcc) != MccVerdict::refused);
                          }) &&
               each_level(DeclineReason::mcc_not_allowed, [&](const Level& level) {
                   return tell_if(!level.rules->rules().mcc_allowed.empty(),
                                  DeclineReason::mcc_not_allowed, level.level,
                                  level.rules->verdict(mcc) != MccVerdict::not_listed);
               });
    }

    /// Cash must be agreed by the most particular level that exists: an agreement is where worker
    /// and holder say so, and without one the programme's default stands.
    bool cash() {
        const Level& level = levels_[1].rules != nullptr ? levels_[1] : levels_[0];
        const bool agreed = level.rules != nullptr && level.rules->rules().cash_agreed;
        const bool cashback = request_.kind == TransactionKind::purchase_with_cashback;
        return tell_if(is_cash(request_), DeclineReason::cash_not_agreed, level.level, agreed) &&
               tell_if(cashback, DeclineReason::cashback_not_agreed, level.level, agreed);
    }

    bool single() {
        constexpr DeclineReason reason = DeclineReason::amount_over_single;
        return each_level(reason, [&](const Level& level) {
            const auto& limit = level.rules->rules().single_max;
            if (!limit) return skip(reason, level.level);
            return hear_(Check{
                .if_failed = {.reason = reason, .level = level.level, .amount_would_work = *limit},
                .passed = amount() <= *limit,
                .amount_limit = *limit});
        });
    }

    bool limits() {
        using enum DeclineReason;
        const std::array<Window, 3> windows{{
            {facts_.day,
             &SpendingRules::day,
             amount_over_day,
             count_over_day,
             {windows_.day.value + 1}},
            {facts_.week, &SpendingRules::week, amount_over_week, count_over_week,
             first_day_of_week(windows_.week + 1)},
            {facts_.month, &SpendingRules::month, amount_over_month, count_over_month,
             first_day_of_month(windows_.month + 1)},
        }};
        return std::all_of(windows.begin(), windows.end(), [&](const Window& window) {
            return each_level(window.amount_reason,
                              [&](const Level& level) { return amount_in(window, level); }) &&
                   each_level(window.count_reason,
                              [&](const Level& level) { return count_in(window, level); });
        });
    }

    bool amount_in(const Window& window, const Level& level) {
        const auto& limit = (level.rules->rules().*window.limit).amount_max;
        if (!limit) return skip(window.amount_reason, level.level);
        const AmountMinor left{
            std::max<std::int64_t>(0, limit->value - window.before.amount.value)};
        return hear_(Check{.if_failed = {.reason = window.amount_reason,
                                         .level = level.level,
                                         .amount_would_work = left,
                                         .works_from = window.starts_afresh},
                           .passed = amount() <= left,
                           .amount_limit = *limit,
                           .amount_before = window.before.amount,
                           .count_before = window.before.count});
    }

    bool count_in(const Window& window, const Level& level) {
        const auto& limit = (level.rules->rules().*window.limit).count_max;
        if (!limit) return skip(window.count_reason, level.level);
        return hear_(Check{.if_failed = {.reason = window.count_reason,
                                         .level = level.level,
                                         .count_max = *limit,
                                         .works_from = window.starts_afresh},
                           .passed = window.before.count < *limit,
                           .amount_before = window.before.amount,
                           .count_before = window.before.count});
    }

    bool funds() {
        return hear_(Check{.if_failed = {.reason = DeclineReason::funds_insufficient,
                                         .level = RuleLevel::ledger,
                                         .amount_would_work = facts_.available},
                           .passed = amount() <= facts_.available,
                           .amount_limit = facts_.available}) &&
               hear_(Check{.if_failed = {.reason = DeclineReason::open_authorisations_full,
                                         .level = RuleLevel::account,
                                         .count_max = open_authorisations_per_account_max},
                           .passed = facts_.open_count < open_authorisations_per_account_max,
                           .count_before = facts_.open_count});
    }

    template <class Ask>
    bool each_level(DeclineReason reason, Ask ask) {
        return std::all_of(levels_.begin(), levels_.end(), [&](const Level& level) {
            return level.rules == nullptr ? skip(reason, level.level) : ask(level);
        });
    }

    const Authorise& request_;
    const SpendingFacts& facts_;
    std::array<Level, 2> levels_;
    const WindowNumbers& windows_;
    TimestampNs now_ns_;
    Hear hear_;
};

}  // namespace

bool is_cash(const Authorise& request) {
    const Mcc mcc = request.merchant.mcc;
    return request.kind == TransactionKind::cash || mcc == manual_cash || mcc == automated_cash;
}

AmountMinor amount_decided(const Authorise& request, const SpendingFacts& facts) {
    const AmountMinor asked = request.amounts.billing;
    return facts.reversed_before ? std::min(asked, facts.reversed_before->remaining) : asked;
}

Decline first_decline(const Authorise& request, const SpendingFacts& facts,
                      const RulesInForce& rules, const WindowNumbers& windows, TimestampNs now_ns) {
    Decline first;
    const auto until_one_fails = [&first](const Check& check) {
        if (!check.passed) first = check.if_failed;
        return check.passed;
    };
    Checks(request, facts, rules, windows, now_ns, until_one_fails).ask();
    return first;
}

std::vector<Check> explain(const Authorise& request, const SpendingFacts& facts,
                           const RulesInForce& rules, const WindowNumbers& windows,
                           TimestampNs now_ns) {
    std::vector<Check> checks;
    const auto keep = [&checks](const Check& check) {
        checks.push_back(check);
        return true;
    };
    Checks(request, facts, rules, windows, now_ns, keep).ask();
    return checks;
}

}  // namespace carecard::rules
