#include <algorithm>
#include <utility>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"
#include "rules/matching.h"
#include "rules/spending.h"

namespace carecard::rules {
namespace {

/// Whether a completion speaks of what another card, of whatever account, was approved for.
bool is_of_other_card(const State& state, const Card& card, const Match& match,
                      const Advise& command) {
    if (command.advice != AdviceKind::completion) return false;
    const Authorisation* named = state.find(command.original.authorisation_id);
    if (named != nullptr && !state.same_chain(named->card, card.id)) {
        const Account& account = state.at(named->account);
        if (may_touch(command.request, state.at(account.programme))) return true;
    }
    return match.authorisation != nullptr && !state.same_chain(match.authorisation->card, card.id);
}

/// Holds `amount` more for the authorisation, whatever the holder has.
void promise_more(const State& state, const Account& account, AmountMinor amount, DayNumber today,
                  Advised& event) {
    event.reserved = amount;
    const DayNumber paid_on = local_day(state.offsets, event.after.decided_ns);
    const PaidAt payment = paid_at(event.request.merchant, paid_on, today);
    const PurseFacts purses = purse_facts(state, account, payment);
    event.exposure = promise(forced_walk_of(state, account, payment, purses), amount, event.after,
                             event.postings);
    if (event.exposure.value == 0) return;
    event.exception = {.reason = ExceptionReason::advice_unfunded, .amount = event.exposure};
}

void release_all_but(AmountMinor remaining, Advised& event) {
    const AmountMinor reserved = event.after.reserved();
    event.released = release(event.after, {reserved.value - remaining.value}, event.postings);
    event.uncounted = uncount(event.after);
}

/// The network promised what we declined, or never saw: it is held by force, or as much of it as a
/// reversal that came first has left.
void begin(const State& state, const Programme& programme, const Account& account,
           const Stamp& stamp, Advised& event) {
    const Advise& command = event.request;
    event.reversed_before = reversals_met(state.kept_reversals_of(account.id), command.request,
                                          command.identity, stamp.now_ns);
    const AmountMinor billing = command.amounts.billing;
    const AmountMinor amount =
        event.reversed_before ? std::min(billing, event.reversed_before->remaining) : billing;
    const Authorise payment = purchase_of(command);
    const HoldRule* const rule = hold_rule_for(programme.terms.hold_rules, payment);
    event.after = {
        .id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
        .account = account.id,
        .card = event.card,
        .state = amount.value == 0 ? AuthorisationState::reversed : AuthorisationState::open,
        .caller = command.request.caller,
        .request_key = command.request.key,
        .identity = command.identity,
        .code = command.code,
        .approved = amount,
        .decided_ns = stamp.now_ns,
        .expires_ns = stamp.now_ns + lifetime_of(programme.terms, rule),
        .local_date = command.local_date,
        .foreign = foreign_of(command.amounts, amount),
        .tolerance = tolerance_of(programme.terms.tolerance, tolerance_payment_of(payment))};
    promise_more(state, account, amount, local_day(state.offsets, stamp.now_ns), event);
    const Card& card = state.at(event.card);
    event.uses_card = card.single_use && !is_for_good(card.status) && amount.value > 0;
}

/// We had approved it too, or it was held by force before: nothing more is held.
void know(Advised& event) {
    const bool over = event.after.state != AuthorisationState::open;
    if (!over || event.after.presented_debit.value > 0) return;
    event.exception = {.reason = ExceptionReason::advice_after_release,
                       .amount = event.request.amounts.billing};
}

/// The merchant was told no: what we hold is held for nothing. What has begun to clear goes on.
void let_go(Advised& event) {
    const bool waits =
        event.after.state == AuthorisationState::open && event.after.presented_debit.value == 0;
    if (!waits) return;
    release_all_but({0}, event);
    event.after.reversed = event.after.approved;
    event.after.state = AuthorisationState::reversed;
    event.uncounted.tap = std::exchange(event.after.tap, Tap{});
}

/// The final amount stands in the place of the estimate. An announced credit has none.
void complete(const State& state, const Account& account, DayNumber today, Advised& event) {
    const bool waits =
        event.after.state == AuthorisationState::open && event.after.flow == Flow::takes;
    if (!waits) return know(event);
    const TransactionAmounts& amounts = event.request.amounts;
    const AmountMinor cleared = event.after.foreign.cleared;
    event.after.approved = amounts.billing;
    event.after.reversed = {};
    event.after.foreign = foreign_of(amounts, amounts.billing);
    event.after.foreign.cleared = cleared;
    const AmountMinor still{
        std::max<std::int64_t>(0, amounts.billing.value - event.after.cleared().value)};
    const AmountMinor reserved = event.after.reserved();
    if (still <= reserved) return release_all_but(still, event);
    promise_more(state, account, {still.value - reserved.value}, today, event);
}

void advise_known(const State& state, const Account& account, DayNumber today, Advised& event) {
    switch (event.request.advice) {
        case AdviceKind::stand_in_approved:
            return know(event);
        case AdviceKind::stand_in_declined:
            return let_go(event);
        case AdviceKind::completion:
            return complete(state, account, today, event);
    }
}

void follow_earmarks(const State& state, const Account& account, DayNumber today, Advised& event) {
    const Earmarked done =
        earmarks_after(state, account,
                       {.payee = event.request.merchant.acceptor,
                        .today = today,
                        .authorisation = event.after.id,
                        .legs = event.after.legs,
                        .stays_open = event.after.state == AuthorisationState::open},
                       event.postings);
    event.earmarks = done.changes;
    event.broken = done.broken;
    if (done.broken.value == 0 || event.exception.raised()) return;
    event.exception = {.reason = ExceptionReason::earmark_broken, .amount = done.broken};
}

}  // namespace

Decision decide(const State& state, const Advise& command, const Stamp& stamp) {
    const Card* card = visible(state, command.request, command.card_token);
    if (card == nullptr) {
        return RefusedUnrecorded{{.reason = DeclineReason::card_unknown, .level = RuleLevel::card}};
    }
    const Account& account = state.at(card->account);
    const Programme& programme = state.at(account.programme);
    if (command.amounts.billing_currency != programme.terms.currency) {
        return RefusedUnrecorded{
            {.reason = DeclineReason::currency_not_programme, .level = RuleLevel::programme}};
    }
    const Match match = find_original(
        state, {.account = account.id, .card = card->id, .amount = command.amounts.billing},
        original_of(command));
    if (is_of_other_card(state, *card, match, command)) {
        return RefusedUnrecorded{
            {.reason = DeclineReason::original_other_card, .level = RuleLevel::card}};
    }
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    Advised event{
        .request = command, .programme = programme.id, .account = account.id, .card = card->id};
    if (match.authorisation != nullptr) {
        event.matched_by = match.by;
        event.after = *match.authorisation;
        advise_known(state, account, today, event);
    } else if (command.advice != AdviceKind::stand_in_declined) {
        begin(state, programme, account, stamp, event);
    }
    send_on(state, account, event.postings);
    follow_earmarks(state, account, today, event);
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings) || !totals_fit(account, event.after)) {
        return does_not_fit("billing.minor_units");
    }
    return event;
}

}  // namespace carecard::rules
