#include <algorithm>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"
#include "rules/kinds.h"
#include "rules/matching.h"
#include "rules/spending.h"

namespace carecard::rules {
namespace {

/// What stands against raising the authorisation that was found, if anything.
Decline against(const State& state, const Match& match, const Card& card, const Authorise& extra) {
    using enum DeclineReason;
    const auto refuse = [](DeclineReason reason, RuleLevel level = RuleLevel::account) {
        return Decline{.reason = reason, .level = level};
    };
    if (match.ambiguous) return refuse(original_ambiguous);
    if (match.authorisation == nullptr) return refuse(original_unmatched);
    const Authorisation& original = *match.authorisation;
    const bool is_purchase = original.flow == Flow::takes && original.cash.of == CashClass::none &&
                             cash_class_of(extra) == CashClass::none;
    if (!is_purchase) return refuse(kind_not_supported, RuleLevel::programme);
    switch (original.state) {
        case AuthorisationState::cleared:
            return refuse(original_already_cleared);
        case AuthorisationState::reversed:
        case AuthorisationState::expired:
        case AuthorisationState::posted:
            return refuse(original_closed);
        case AuthorisationState::open:
            break;
    }
    if (state.same_chain(original.card, card.id)) return {};
    return refuse(original_other_card, RuleLevel::card);
}

/// Counts `extra` in `now`'s windows. What was counted in a window that is over stays there.
/// @return the windows in which the payment had no place, and takes one.
WindowFlags count_extra(Authorisation& authorisation, AmountMinor extra, const WindowNumbers& now) {
    WindowAmounts amounts = authorisation.counted_by_window();
    const WindowNumbers& was = authorisation.windows;
    const auto count = [extra](AmountMinor& amount, bool same_window) {
        if (!same_window) amount = {};
        const bool takes_place = amount.value == 0;
        amount.value += extra.value;
        return takes_place;
    };
    const WindowFlags places{.day = count(amounts.day, was.day == now.day),
                             .week = count(amounts.week, was.week == now.week),
                             .month = count(amounts.month, was.month == now.month)};
    authorisation.counted.value += extra.value;
    authorisation.windows = now;
    const AmountMinor all = authorisation.counted;
    authorisation.counted_in.reset();
    if (amounts != WindowAmounts{all, all, all}) authorisation.counted_in = amounts;
    return places;
}

void raise(const State& state, const Account& account, const Authorise& extra, const Stamp& stamp,
           HoldIncreased& event) {
    event.extra = amount_decided(extra, event.facts);
    Authorisation& after = event.after;
    const Acceptor& payee = extra.merchant.acceptor;
    const DayNumber today = event.windows.day;
    const PaidAt payment{.acceptor = payee, .today = today};
    hold(walk_of(state, account, payment, event.facts.purses), event.extra, after.legs,
         event.postings);
    event.earmarks = earmarks_after(state, account,
                                    {.payee = payee,
                                     .today = today,
                                     .authorisation = after.id,
                                     .legs = after.legs,
                                     .stays_open = true},
                                    event.postings)
                         .changes;
    after.approved.value += event.extra.value;
    if (after.foreign.currency == extra.amounts.transaction_currency) {
        after.foreign.authorised.value += foreign_of(extra.amounts, event.extra).authorised.value;
    }
    event.places = count_extra(after, event.extra, event.windows);
    event.cumulative = after.counted;
    after.expires_ns = stamp.now_ns + after.lifetime();
    after.raised_ns = stamp.now_ns;
    event.available = available_after(account, event.postings);
}

}  // namespace

Decision decide(const State& state, const Increment& command, const Stamp& stamp) {
    const Card* card = visible(state, command.request, command.card_token);
    if (card == nullptr) {
        return RefusedUnrecorded{{.reason = DeclineReason::card_unknown, .level = RuleLevel::card}};
    }
    const Account& account = state.at(card->account);
    const Programme& programme = state.at(account.programme);
    const Match match = find_original(
        state, {.account = account.id, .card = card->id, .amount = command.amounts.billing},
        command.original);
    const Authorise extra = purchase_of(command);
    const WindowNumbers windows = local_windows(state.offsets, stamp.now_ns);
    HoldIncreased event{.request = command,
                        .programme = programme.id,
                        .account = account.id,
                        .card = card->id,
                        .matched_by = match.by,
                        .available = account.available(),
                        .defaults = programme.defaults,
                        .agreement = account.agreement,
                        .facts = spending_facts(state, *card, extra, windows),
                        .windows = windows};
    if (account.agreement.value != 0)
        event.agreement_version = AgreementVersion{account.agreement_version};
    event.facts.reversed_before = reversals_met(state.kept_reversals_of(account.id),
                                                command.request, command.identity, stamp.now_ns);
    event.facts.raised_from = RaisedFrom{};
    if (match.authorisation != nullptr)
        event.facts.raised_from->amount = match.authorisation->counted;
    if (const CardRules* own = state.rules_of(*card)) event.card_rules = own->rules;
    const RulesInForce rules{.defaults = state.rules_or_null(programme.defaults),
                             .agreement = state.rules_or_null(account.agreement),
                             .card = state.rules_or_null(event.card_rules)};
    event.decline = first_decline(extra, event.facts, rules, windows, stamp.now_ns);
    if (!event.decline.declined()) event.decline = against(state, match, *card, extra);
    if (event.decline.declined()) return event;
    event.after = *match.authorisation;
    raise(state, account, extra, stamp, event);
    if (event.after.approved > purse_minor_max) return does_not_fit("billing.minor_units");
    return event;
}

}  // namespace carecard::rules
