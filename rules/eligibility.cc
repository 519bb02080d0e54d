#include "rules/eligibility.h"

#include <algorithm>

#include "rules/earmarking.h"
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

/// `amount` without `part`, and never below zero.
AmountMinor less(AmountMinor amount, AmountMinor part) {
    return {std::max<std::int64_t>(0, amount.value - part.value)};
}

/// What the first `count` shares of a walk take from `purse`.
AmountMinor walked(const Walk& walk, std::size_t count, PurseNumber purse) {
    AmountMinor sum;
    for (std::size_t index = 0; index < count; ++index) {
        if (walk[index].purse == purse) sum.value += walk[index].most.value;
    }
    return sum;
}

/// What is earmarked for the payee in the purses that may pay, due first before due later.
Walk own_earmarks(const Earmarks* earmarks, const PaidAt& payment, const PurseFacts& facts) {
    Walk walk;
    if (earmarks == nullptr || payment.acceptor.empty()) return walk;
    for (const Earmark& earmark : earmarks->all) {
        if (earmark.payee != payment.acceptor || !earmark.stands_on(payment.today)) continue;
        const auto fact = std::find_if(facts.begin(), facts.end(), [&](const PurseFact& one) {
            return one.purse == earmark.purse;
        });
        if (fact->verdict != PurseVerdict::eligible) continue;
        const AmountMinor rest = less(fact->spendable, walked(walk, walk.size(), fact->purse));
        walk.push_back({earmark.purse, std::min(earmark.left, rest)});
    }
    return walk;
}

}  // namespace

PaidAt paid_at(const Authorise& request, DayNumber day) {
    return {.mcc = request.merchant.mcc,
            .acceptor = request.merchant.acceptor,
            .is_cash = cash_in(request, request.amounts.billing).of != CashClass::none,
            .day = day,
            .today = day};
}

PaidAt paid_at(const Merchant& merchant, DayNumber day, DayNumber today) {
    return {.mcc = merchant.mcc,
            .acceptor = merchant.acceptor,
            .is_cash = cash_class_at(merchant.mcc) != CashClass::none,
            .day = day,
            .today = today};
}

PurseFacts purse_facts(const State& state, const Account& account, const PaidAt& payment) {
    const bool kept_for_one = is_kept_for_one(state, account, payment.mcc);
    const Earmarks* const earmarks = state.earmarks_of(account.id);
    PurseFacts facts;
    for (const PurseNumber number : account.spending_order()) {
        const Purse& purse = account.purse(number);
        facts.push_back(
            {.purse = number,
             .verdict = verdict_of(state, account, purse, payment, kept_for_one),
             .spendable = less(purse.spendable(),
                               kept_from(earmarks, number, payment.acceptor, payment.today))});
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

Walk walk_of(const State& state, const Account& account, const PaidAt& payment,
             const PurseFacts& facts) {
    Walk walk = own_earmarks(state.earmarks_of(account.id), payment, facts);
    const std::size_t own = walk.size();
    for (const PurseFact& fact : facts) {
        if (fact.verdict != PurseVerdict::eligible) continue;
        walk.push_back({fact.purse, less(fact.spendable, walked(walk, own, fact.purse))});
    }
    return walk;
}

Walk forced_walk_of(const State& state, const Account& account, const PaidAt& payment,
                    const PurseFacts& facts) {
    const Earmarks* const earmarks = state.earmarks_of(account.id);
    Walk walk = walk_of(state, account, payment, facts);
    const std::size_t willing = walk.size();
    for (const PurseFact& fact : facts) {
        const AmountMinor rest =
            less(account.purse(fact.purse).available, walked(walk, willing, fact.purse));
        const AmountMinor kept = kept_from(earmarks, fact.purse, payment.acceptor, payment.today);
        if (rest > kept) walk.push_back({fact.purse, less(rest, kept)});
    }
    if (earmarks == nullptr) return walk;
    const std::size_t free = walk.size();
    for (const PurseFact& fact : facts) {
        const AmountMinor rest =
            less(account.purse(fact.purse).available, walked(walk, free, fact.purse));
        if (rest.value > 0) walk.push_back({fact.purse, rest});
    }
    return walk;
}

AmountMinor free_of(const State& state, const Account& account, PurseNumber purse,
                    DayNumber today) {
    return less(account.purse(purse).spendable(),
                kept_in(state.earmarks_of(account.id), purse, today));
}

Walk free_walk_of(const State& state, const Account& account, DayNumber today) {
    const Earmarks* const earmarks = state.earmarks_of(account.id);
    const auto order = account.spending_order();
    Walk walk;
    for (const PurseNumber number : order) {
        walk.push_back({number, free_of(state, account, number, today)});
    }
    for (std::size_t index = 0; index < order.size(); ++index) {
        const PurseNumber number = order[index];
        const AmountMinor rest = less(account.purse(number).available, walk[index].most);
        walk.push_back({number, less(rest, kept_in(earmarks, number, today))});
    }
    return walk;
}

}  // namespace carecard::rules
