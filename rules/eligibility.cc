#include "rules/eligibility.h"

#include <algorithm>

#include "rules/kinds.h"

namespace carecard::rules {
namespace {

bool is_among(Weekdays days, DayNumber day) {
    if (days.value == 0) return true;
    constexpr std::int32_t thursday = 3;  // 1970-01-01, day 0.
    const std::int32_t weekday = ((day.value + thursday) % 7 + 7) % 7;
    return (days.value >> weekday & 1) != 0;
}

bool is_kept_for_one(const State& state, const Account& account, Mcc mcc) {
    return std::any_of(account.purses.begin(), account.purses.end(), [&](const Purse& purse) {
        const CompiledTerms* terms = state.terms_or_null(purse.terms);
        return terms != nullptr && terms->terms().exclusive && terms->pays_at(mcc);
    });
}

bool is_accredited(const Programme& programme, const PurseTerms& terms, const PaidAt& payment) {
    if (terms.provider_register.empty()) return true;
    const auto found =
        programme.providers.find({.in = terms.provider_register, .acceptor = payment.acceptor});
    return found != programme.providers.end() && found->second.include(payment.day);
}

PurseVerdict verdict_of_days(const Purse& purse, DayNumber day) {
    if (purse.status == PurseStatus::closed) return PurseVerdict::closed;
    const bool is_over = purse.spend_until.value != 0 && day > purse.spend_until;
    if (is_over || purse.status == PurseStatus::ended) return PurseVerdict::ended;
    if (day < purse.spend_from) return PurseVerdict::not_yet;
    const bool waits = purse.unreleased.value > 0 && purse.spendable().value == 0;
    return waits ? PurseVerdict::not_released : PurseVerdict::eligible;
}

PurseVerdict verdict_of(const State& state, const Account& account, const Purse& purse,
                        const PaidAt& payment, bool kept_for_one) {
    const CompiledTerms* compiled = state.terms_or_null(purse.terms);
    if (compiled == nullptr) {
        return kept_for_one ? PurseVerdict::kept_for_another : verdict_of_days(purse, payment.day);
    }
    const PurseTerms& terms = compiled->terms();
    if (!compiled->pays_at(payment.mcc)) return PurseVerdict::wrong_category;
    if (kept_for_one && !terms.exclusive) return PurseVerdict::kept_for_another;
    if (payment.is_cash && terms.no_cash) return PurseVerdict::not_for_cash;
    if (!is_accredited(state.at(account.programme), terms, payment)) {
        return PurseVerdict::provider_not_accredited;
    }
    if (!is_among(terms.weekdays, payment.day)) return PurseVerdict::not_that_day;
    return verdict_of_days(purse, payment.day);
}

}  // namespace

PaidAt paid_at(const Authorise& request, DayNumber day) {
    return {.mcc = request.merchant.mcc,
            .acceptor = request.merchant.acceptor,
            .is_cash = cash_in(request, request.amounts.billing).of != CashClass::none,
            .day = day};
}

PaidAt paid_at(const Merchant& merchant, DayNumber day) {
    return {.mcc = merchant.mcc,
            .acceptor = merchant.acceptor,
            .is_cash = cash_class_at(merchant.mcc) != CashClass::none,
            .day = day};
}

PurseFacts purse_facts(const State& state, const Account& account, const PaidAt& payment) {
    const bool kept_for_one = is_kept_for_one(state, account, payment.mcc);
    PurseFacts facts;
    for (const PurseNumber number : account.spending_order()) {
        const Purse& purse = account.purse(number);
        facts.push_back({.purse = number,
                         .verdict = verdict_of(state, account, purse, payment, kept_for_one),
                         .spendable = purse.spendable()});
    }
    return facts;
}

AmountMinor spendable_of(const PurseFacts& facts) {
    AmountMinor sum;
    for (const PurseFact& fact : facts) {
        if (fact.verdict == PurseVerdict::eligible) sum.value += fact.spendable.value;
    }
    return sum;
}

Walk walk_of(const PurseFacts& facts) {
    Walk walk;
    for (const PurseFact& fact : facts) {
        if (fact.verdict == PurseVerdict::eligible) walk.push_back({fact.purse, fact.spendable});
    }
    return walk;
}

Walk forced_walk_of(const Account& account, const PurseFacts& facts) {
    Walk walk = walk_of(facts);
    for (const PurseFact& fact : facts) {
        const bool walked = fact.verdict == PurseVerdict::eligible;
        const std::int64_t before = walked ? fact.spendable.value : 0;
        const std::int64_t rest = account.purse(fact.purse).available.value - before;
        if (rest > 0) walk.push_back({fact.purse, {rest}});
    }
    return walk;
}

}  // namespace carecard::rules
