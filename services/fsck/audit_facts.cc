#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

/// What its chain has spent since it has rules of its own.
std::optional<rules::CardCounts> by_card(const Before& before, const ToldFacts& told,
                                         rules::CashClass cash) {
    const CardCount* const counted = before.recount.rules_of(before.state.at(told.card).first);
    if (counted == nullptr) return std::nullopt;
    return rules::CardCounts{.since_ns = counted->since_ns,
                             .day = counted->day.in(told.windows.day.value),
                             .week = counted->week.in(told.windows.week),
                             .month = counted->month.in(told.windows.month),
                             .cash_today = counted->cash_on(told.windows.day, cash)};
}

rules::SpendingFacts facts_of(const Before& before, const rules::Stamp& stamp,
                              const ToldFacts& told) {
    const rules::Account& account = before.state.at(told.account);
    const rules::Card& card = before.state.at(told.card);
    const AccountCount& counted = before.recount.at(told.account);
    const rules::CashClass cash = rules::cash_in(told.request, told.request.amounts.billing).of;
    return {.card_status = card.status,
            .account_status = account.status,
            .card_expiry = card.expiry,
            .card_expires_ns = card.expires_ns,
            .currency = before.state.at(told.programme).terms.currency,
            .available = counted.available(),
            .open_count = counted.open,
            .day = counted.day.in(told.windows.day.value),
            .week = counted.week.in(told.windows.week),
            .month = counted.month.in(told.windows.month),
            .reversed_before = reversals_met(before, stamp, told.account, told.request.request,
                                             told.request.identity),
            .portion = told.facts.portion,          // told by the event alone
            .raised_from = told.facts.raised_from,  // likewise
            .taps = before.recount.taps_of(card.first).count,
            .cash_today = counted.cash_on(told.windows.day, cash),
            .by_card = by_card(before, told, cash)};
}

}  // namespace

void audit_facts(const Before& before, const rules::Stamp& stamp, const ToldFacts& told,
                 Claims& claims) {
    const rules::SpendingFacts counted = facts_of(before, stamp, told);
    const rules::SpendingFacts& facts = told.facts;
    claims.equal("the amount available before it", facts.available, counted.available);
    claims.equal("the number of open authorisations", facts.open_count, counted.open_count);
    claims.equal("the amount spent in the day", facts.day.amount, counted.day.amount);
    claims.equal("the payments in the day", facts.day.count, counted.day.count);
    claims.equal("the amount spent in the week", facts.week.amount, counted.week.amount);
    claims.equal("the payments in the week", facts.week.count, counted.week.count);
    claims.equal("the amount spent in the month", facts.month.amount, counted.month.amount);
    claims.equal("the payments in the month", facts.month.count, counted.month.count);
    claims.that(facts.taps == counted.taps,
                "it was asked about other taps than its card counts since its PIN was given");
    claims.equal("the cash taken in the day", facts.cash_today, counted.cash_today);
    claims.that(facts.by_card == counted.by_card,
                "it was asked about other spending by its card than its payments add up to");
    claims.that(facts.reversed_before == counted.reversed_before,
                "it met other reversals than its account keeps for it");
    claims.that(facts == counted,
                "the states of card and account that it records are not those they had");
}

}  // namespace carecard::fsck
