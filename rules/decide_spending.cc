#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/eligibility.h"
#include "rules/kinds.h"

namespace carecard::rules {
namespace {

WindowCount counted_in(const WindowCounter& counter, std::int32_t number) {
    return counter.number >= number ? counter.count : WindowCount{};
}

/// What was taken today of what `request` is, of an account or by a card.
template <class Counters>
AmountMinor cash_today(const Counters& counters, const Authorise& request, DayNumber today) {
    switch (cash_in(request, request.amounts.billing).of) {
        case CashClass::none:
            return {};
        case CashClass::cash:
            return counted_in(counters.cash_day, today.value).amount;
        case CashClass::quasi_cash:
            return counted_in(counters.quasi_cash_day, today.value).amount;
    }
    CHECK(false);
}

void look_at_purses(const State& state, const Account& account, const PaidAt& payment,
                    SpendingFacts& facts) {
    facts.purses = purse_facts(state, account, payment);
    facts.available = spendable_of(facts.purses);
    facts.earmarked = {};
    if (state.earmarks_of(account.id) == nullptr) return;
    for (const PurseFact& fact : facts.purses) {
        if (fact.verdict != PurseVerdict::eligible) continue;
        facts.earmarked.value += account.purse(fact.purse).spendable().value - fact.spendable.value;
    }
}

CardCounts counts_of(const CardRules& card, const Authorise& request,
                     const WindowNumbers& windows) {
    return {.since_ns = card.since_ns,
            .day = counted_in(card.day, windows.day.value),
            .week = counted_in(card.week, windows.week),
            .month = counted_in(card.month, windows.month),
            .cash_today = cash_today(card, request, windows.day)};
}

RuleLevel balance_hidden_by(const State& state, const Programme& programme, const Account& account,
                            const CardRules* own) {
    const auto hides = [&](AgreementId id) {
        const CompiledRules* rules = state.rules_or_null(id);
        return rules != nullptr && rules->rules().balance_hidden;
    };
    if (hides(programme.defaults)) return RuleLevel::programme;
    if (hides(account.agreement)) return RuleLevel::agreement;
    return own != nullptr && hides(own->rules) ? RuleLevel::card : RuleLevel::none;
}

}  // namespace

SpendingFacts spending_facts(const State& state, const Card& card, const Authorise& request,
                             const WindowNumbers& windows) {
    const Account& account = state.at(card.account);
    const Programme& programme = state.at(account.programme);
    const CardRules* const own = state.rules_of(card);
    SpendingFacts facts{.card_status = card.status,
                        .account_status = account.status,
                        .card_expiry = card.expiry,
                        .card_expires_ns = card.expires_ns,
                        .currency = programme.terms.currency,
                        .available = account.available(),
                        .open_count = static_cast<std::uint32_t>(account.open.size()),
                        .day = counted_in(account.day, windows.day.value),
                        .week = counted_in(account.week, windows.week),
                        .month = counted_in(account.month, windows.month),
                        .taps = state.taps_of(card).count,
                        .cash_today = cash_today(account, request, windows.day),
                        .balance_hidden_by = balance_hidden_by(state, programme, account, own)};
    if (own != nullptr) facts.by_card = counts_of(*own, request, windows);
    if (flow_of(request.kind) == Flow::takes) {
        look_at_purses(state, account, paid_at(request, windows.day), facts);
    }
    return facts;
}

void leave_out_cashback(const State& state, const Card& card, const Authorise& request,
                        const WindowNumbers& windows, SpendingFacts& facts) {
    look_at_purses(state, state.at(card.account),
                   paid_at(request.merchant, windows.day, windows.day), facts);
}

void hold(const Walk& walk, AmountMinor amount, Legs& legs, Postings& postings) {
    const AmountMinor left = take_along(walk, amount, [&](PurseNumber purse, AmountMinor part) {
        leg_of(legs, purse).held.value += part.value;
        post(postings, LedgerAccount::available, purse, -part);
        post(postings, LedgerAccount::held, purse, part);
    });
    CHECK(left.value == 0);
}

Leg& leg_of(Legs& legs, PurseNumber purse) {
    for (Leg& leg : legs) {
        if (leg.purse == purse) return leg;
    }
    legs.push_back({.purse = purse});
    return legs[legs.size() - 1];
}

}  // namespace carecard::rules
