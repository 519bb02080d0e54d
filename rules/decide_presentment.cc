#include <algorithm>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/matching.h"

namespace carecard::rules {
namespace {

/// The authorisation a presentment belongs to, or the record that stands in for one.
Authorisation original_or_new(const Match& match, const Present& command, const Card& card,
                              const Stamp& stamp) {
    if (match.authorisation != nullptr) return *match.authorisation;
    return {.id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
            .account = card.account,
            .card = card.id,
            .state = AuthorisationState::posted,
            .caller = command.request.caller,
            .request_key = command.request.key,
            .identity = command.identity,
            .decided_ns = stamp.now_ns,
            .expires_ns = stamp.now_ns,
            .local_date = command.local_date};
}

/// How much of what has cleared now is beyond what was authorised and its tolerance. What was
/// beyond before has been told before.
AmountMinor beyond_tolerance(const Authorisation& was, AmountMinor cleared_now) {
    const AmountMinor most = most_cleared(was.authorised(), was.tolerance);
    const std::int64_t told = std::max(most.value, was.cleared().value);
    return {std::max<std::int64_t>(0, was.cleared().value + cleared_now.value - told)};
}

/// What staff must look at after a debit, the gravest first.
Exception exception_of_debit(const Authorisation& was, const Match& match, const Present& command,
                             const Debited& done) {
    using enum ExceptionReason;
    const AmountMinor billing = command.amounts.billing;
    if (was.finished) return {.reason = presentment_after_final, .amount = billing};
    const bool authorised = was.state != AuthorisationState::posted;
    const AmountMinor beyond = authorised ? beyond_tolerance(was, billing) : AmountMinor{0};
    if (beyond.value > 0) return {.reason = clearing_beyond_tolerance, .amount = beyond};
    if (done.unpromised.value > 0) {
        return {.reason = authorised ? clearing_unfunded : force_post_unfunded,
                .amount = done.unpromised};
    }
    if (match.ambiguous) return {.reason = original_ambiguous, .amount = billing};
    return {};
}

/// A part of the hold is freed with the last presentment, and when a part in another currency was
/// cleared for less than it was held for.
void post_debit(const State& state, const Account& account, const Match& match, Presented& event) {
    const Authorisation was = event.after;
    const bool is_last = event.request.final;
    const DayNumber paid_on = local_day(state.offsets, was.decided_ns);
    const PurseFacts purses = purse_facts(state, account, paid_at(event.request.merchant, paid_on));
    const Debited done = debit(forced_walk_of(account, purses), event.request.amounts, is_last,
                               event.after, event.postings);
    event.exposure = done.exposure;
    event.released = done.released;
    event.after.finished = was.finished || is_last;
    const bool ends = is_last && was.state == AuthorisationState::open && was.flow == Flow::takes;
    if (ends) event.after.state = AuthorisationState::cleared;
    if (ends || done.released.value > 0) event.uncounted = uncount(event.after);
    event.exception = exception_of_debit(was, match, event.request, done);
}

void post_credit(const Account& account, AmountMinor most, Presented& event) {
    const AmountMinor billing = event.request.amounts.billing;
    const Credited done = credit(account, billing, most, event.after, event.postings);
    event.recovered = done.recovered;
    event.repaid = done.repaid;
    event.unmatched = done.unmatched;
    if (done.unmatched.value > 0) {
        event.exception = {.reason = ExceptionReason::credit_unmatched, .amount = done.unmatched};
    }
}

/// The last credit ends an announced one, and no purchase: more of that may be refunded.
void count_credit(const Present& command, Authorisation& authorisation) {
    authorisation.presented_credit.value += command.amounts.billing.value;
    const bool waits =
        authorisation.flow == Flow::gives && authorisation.state == AuthorisationState::open;
    if (waits && command.final) authorisation.state = AuthorisationState::cleared;
}

/// A credit that was announced as the refund of a purchase goes back to that purchase.
void follow_refund(const State& state, Presented& event) {
    const Authorisation* purchase = state.find(event.after.refunds);
    if (purchase == nullptr || purchase->account != event.account) return;
    event.announced = event.after;
    event.after = *purchase;
    count_credit(event.request, *event.announced);
}

/// The network takes a clearing back. What it took goes back as a refund of it would; another may
/// follow in its place. One that is not known here took nothing from anyone, and one that was taken
/// back already is taken back no more: nothing moves, and staff look at it.
void take_back(const State& state, const Account& account, Presented& event) {
    const Present& command = event.request;
    const Applied* reversed = state.find({.kind = NaturalKey::Kind::presentment_reversal,
                                          .account = account.id,
                                          .name = command.reverses});
    const Applied* cleared = state.find(
        {.kind = NaturalKey::Kind::presentment, .account = account.id, .name = command.reverses});
    const Authorisation* original =
        cleared == nullptr ? nullptr : state.find(cleared->authorisation);
    event.after = {};
    event.matched_by = MatchedBy::nothing;
    event.exception.amount = command.amounts.billing;
    if (reversed != nullptr) {
        event.exception.reason = ExceptionReason::presentment_reversed_twice;
        return;
    }
    if (original == nullptr) {
        event.exception.reason = ExceptionReason::presentment_reversal_unmatched;
        return;
    }
    event.exception = {};
    event.matched_by = MatchedBy::presentment_id;
    event.after = *original;
    event.after.taken_back.value += std::min(command.amounts.billing, cleared->amount).value;
    event.after.finished = false;
    post_credit(account, cleared->amount, event);
}

void post_presentment(const State& state, const Account& account, const Match& match,
                      Presented& event) {
    if (!event.request.reverses.empty()) return take_back(state, account, event);
    if (event.request.direction == Direction::debit) {
        return post_debit(state, account, match, event);
    }
    follow_refund(state, event);
    count_credit(event.request, event.after);
    post_credit(account, event.request.amounts.billing, event);
}

}  // namespace

Decision decide(const State& state, const Present& command, const Stamp& stamp) {
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
    const Applied* applied = state.find({.kind = NaturalKey::Kind::presentment,
                                         .account = account.id,
                                         .name = command.presentment_id});
    if (applied != nullptr) return AlreadyRecorded{applied->at};

    const Match match = find_original(
        state, {.account = account.id, .card = card->id, .amount = command.amounts.billing},
        command.original);
    Presented event{.request = command,
                    .programme = programme.id,
                    .account = account.id,
                    .card = card->id,
                    .matched_by = match.authorisation == nullptr ? MatchedBy::nothing : match.by,
                    .after = original_or_new(match, command, *card, stamp)};
    post_presentment(state, account, match, event);
    send_on(state, account, event.postings);
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings) || !totals_fit(account, event.after) ||
        (event.announced && !totals_fit(account, *event.announced))) {
        return does_not_fit("billing.minor_units");
    }
    return event;
}

}  // namespace carecard::rules
