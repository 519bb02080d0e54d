#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

AmountMinor available_of(const AccountCount& counted, const rules::SpendingFacts& told) {
    if (told.purses.empty()) return counted.available();
    AmountMinor sum;
    for (const rules::PurseFact& fact : told.purses) {
        if (fact.verdict == rules::PurseVerdict::eligible) sum.value += fact.spendable.value;
    }
    return sum;
}

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

/// Whose rules tell the balance to no terminal; of several the widest.
rules::RuleLevel balance_hidden_by(const Before& before, const ToldFacts& told) {
    const rules::State& state = before.state;
    const CardCount* const card = before.recount.rules_of(state.at(told.card).first);
    const std::pair<rules::RuleLevel, AgreementId> levels[] = {
        {rules::RuleLevel::programme, state.at(told.programme).defaults},
        {rules::RuleLevel::agreement, state.at(told.account).agreement},
        {rules::RuleLevel::card, card == nullptr ? AgreementId{} : card->rules}};
    for (const auto& [level, id] : levels) {
        if (id.value != 0 && state.at(id).rules().balance_hidden) return level;
    }
    return rules::RuleLevel::none;
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
            .available = available_of(counted, told.facts),
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
            .purses = told.facts.purses,        // looked at on their own
            .earmarked = told.facts.earmarked,  // likewise
            .by_card = by_card(before, told, cash),
            .balance_hidden_by = balance_hidden_by(before, told)};
}

/// Each purse once, with what it could pay. Why one may not pay was for the rules to say; events
/// before version 3 look at none.
void audit_purses(const Before& before, const ToldFacts& told, Claims& claims) {
    const AccountCount& account = before.recount.at(told.account);
    const std::vector<PurseCount>& purses = account.purses;
    const bool takes = rules::flow_of(told.request.kind) == rules::Flow::takes;
    const std::size_t looked_at = takes && before.knows_clearing() ? purses.size() : 0;
    claims.equal("the number of purses that were looked at", told.facts.purses.size(), looked_at);
    std::array<bool, purses_per_account_max + 1> seen{};
    std::int64_t earmarked = 0;
    for (const rules::PurseFact& fact : told.facts.purses) {
        const std::size_t number = fact.purse.value;
        claims.that(number >= 1 && number <= purses.size() && !std::exchange(seen[number], true),
                    "it looked at a purse that is not there, or twice at one");
        if (!claims.hold()) return;
        const AmountMinor kept =
            kept_from(account, fact.purse, told.request.merchant.acceptor, told.windows.day);
        const AmountMinor spendable = purses[number - 1].spendable();
        claims.equal("what a purse could pay", fact.spendable.value,
                     std::max<std::int64_t>(0, spendable.value - kept.value));
        claims.that(!purses[number - 1].over || fact.verdict != rules::PurseVerdict::eligible,
                    "it would have had a purse pay that is over");
        if (fact.verdict != rules::PurseVerdict::eligible) continue;
        earmarked += spendable.value - fact.spendable.value;
    }
    claims.equal("what is kept for others", told.facts.earmarked.value, earmarked);
}

}  // namespace

void audit_facts(const Before& before, const rules::Stamp& stamp, const ToldFacts& told,
                 Claims& claims) {
    audit_purses(before, told, claims);
    if (!claims.hold()) return;
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
    claims.that(facts.balance_hidden_by == counted.balance_hidden_by,
                "terminals are told a balance that the rules hide, or not one that they show");
    claims.that(facts.reversed_before == counted.reversed_before,
                "it met other reversals than its account keeps for it");
    claims.that(facts == counted,
                "the states of card and account that it records are not those they had");
}

bool may_pay(const rules::SpendingFacts& facts, PurseNumber purse, AmountMinor amount) {
    if (facts.purses.empty()) return true;
    return std::ranges::any_of(facts.purses, [&](const rules::PurseFact& fact) {
        return fact.purse == purse && fact.verdict == rules::PurseVerdict::eligible &&
               amount <= fact.spendable;
    });
}

}  // namespace carecard::fsck
