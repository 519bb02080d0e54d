#include <algorithm>
#include <span>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"
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
void post_debit(const State& state, const Account& account, const Match& match, DayNumber today,
                Presented& event) {
    const Authorisation was = event.after;
    const bool is_last = event.request.final;
    const DayNumber paid_on = local_day(state.offsets, was.decided_ns);
    const PaidAt payment = paid_at(event.request.merchant, paid_on, today);
    const PurseFacts purses = purse_facts(state, account, payment);
    const Debited done = debit(forced_walk_of(state, account, payment, purses),
                               event.request.amounts, is_last, event.after, event.postings);
    event.exposure = done.exposure;
    event.released = done.released;
    event.after.finished = was.finished || is_last;
    const bool ends = is_last && was.state == AuthorisationState::open && was.flow == Flow::takes;
    if (ends) event.after.state = AuthorisationState::cleared;
    if (ends || done.released.value > 0) event.uncounted = uncount(event.after);
    event.exception = exception_of_debit(was, match, event.request, done);
}

void post_credit(const Account& account, AmountMinor most, std::span<const PaidPart> own,
                 Presented& event) {
    const AmountMinor billing = event.request.amounts.billing;
    const Credited done = credit(account, billing, most, own, event.after, event.postings);
    event.recovered = done.recovered;
    event.repaid = done.repaid;
    event.settled = done.settled;
    event.owed_back = done.owed_back;
    event.unmatched = done.unmatched;
    if (done.unmatched.value > 0) {
        event.exception = {.reason = ExceptionReason::credit_unmatched, .amount = done.unmatched};
    } else if (done.owed_back.value > 0) {
        event.exception = {.reason = ExceptionReason::owed_to_network, .amount = done.owed_back};
    }
}

/// The last credit ends an announced one, and no purchase: more of that may be refunded.
void count_credit(const Present& command, Authorisation& authorisation) {
    authorisation.presented_credit.value += command.amounts.billing.value;
    const bool waits =
        authorisation.flow == Flow::gives && authorisation.state == AuthorisationState::open;
    if (waits && command.final) authorisation.state = AuthorisationState::cleared;
}

const Dispute* dispute_of(const State& state, const Presented& event) {
    const auto open = state.disputes_of(event.account);
    const auto found = std::ranges::find(open, event.after.id, &Dispute::authorisation);
    return found == open.end() ? nullptr : &*found;
}

/// What came of a disputed payment is to come no more, whoever paid it. What the holder was lent is
/// still to come until it is repaid.
void follow_credit(const State& state, Presented& event) {
    const Dispute* dispute = dispute_of(state, event);
    const std::int64_t came =
        event.request.amounts.billing.value - event.unmatched.value - event.owed_back.value;
    if (dispute == nullptr || came == 0) return;
    event.dispute = *dispute;
    event.dispute->due.value =
        std::max({std::int64_t{0}, dispute->due.value - came, event.after.lent.value});
}

/// What was taken again is to come again. A dispute that was over is open anew, if there is room;
/// staff see the exception in any case.
void follow_second(const State& state, AmountMinor undone, const Stamp& stamp, Presented& event) {
    if (undone.value == 0) return;
    if (const Dispute* dispute = dispute_of(state, event)) {
        event.dispute = *dispute;
        event.dispute->state = DisputeState::presented_again;
        event.dispute->due.value += undone.value;
    } else if (state.disputes_of(event.account).size() < disputes_per_account_max) {
        event.dispute = Dispute{.opened = stamp.sequence,
                                .authorisation = event.after.id,
                                .category = DisputeCategory::none,
                                .state = DisputeState::presented_again,
                                .amount = undone,
                                .due = undone};
    }
}

/// The merchant contests a chargeback. Nothing that is held is freed by it.
void post_second(const State& state, const Account& account, DayNumber today, const Stamp& stamp,
                 Presented& event) {
    const DayNumber paid_on = local_day(state.offsets, event.after.decided_ns);
    const PaidAt payment = paid_at(event.request.merchant, paid_on, today);
    const PurseFacts purses = purse_facts(state, account, payment);
    const AmountMinor billing = event.request.amounts.billing;
    const TakenAgain done = take_again(account, forced_walk_of(state, account, payment, purses),
                                       billing, event.after, event.postings);
    event.exposure = done.exposure;
    event.owed_back = done.owed_back;
    if (done.owed_back != billing) {
        event.exception = {.reason = ExceptionReason::presented_again,
                           .amount = {billing.value - done.owed_back.value}};
    }
    follow_second(state, done.undone, stamp, event);
}

/// The network pays of a dispute, whether it is known here or not.
void post_chargeback(const Account& account, Presented& event) {
    const AmountMinor billing = event.request.amounts.billing;
    event.after.presented_credit.value += billing.value;
    event.after.charged_back.value += billing.value;
    post_credit(account, billing, {}, event);
}

/// A credit that was announced as the refund of a purchase goes back to that purchase.
void follow_refund(const State& state, Presented& event) {
    const Authorisation* purchase = state.find(event.after.refunds);
    if (purchase == nullptr || purchase->account != event.account) return;
    event.announced = event.after;
    event.after = *purchase;
    count_credit(event.request, *event.announced);
}

/// The network takes a clearing back. What it took goes back as a refund of it would, but to the
/// purses that paid this clearing first; another may follow in its place. One that is not known
/// here took nothing from anyone, and one that was taken back already is taken back no more:
/// nothing moves, and staff look at it.
void take_back(const State& state, const Account& account, Presented& event) {
    const Present& command = event.request;
    const Applied* reversed = state.find({.kind = NaturalKey::Kind::presentment_reversal,
                                          .account = account.id,
                                          .name = command.reverses});
    const Applied* known = state.find(
        {.kind = NaturalKey::Kind::presentment, .account = account.id, .name = command.reverses});
    const Clearing* cleared = known == nullptr ? nullptr : known->clearing.get();
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
    post_credit(account, cleared->amount, cleared->paid, event);
}

void post_refund(const State& state, const Account& account, Presented& event) {
    follow_refund(state, event);
    count_credit(event.request, event.after);
    post_credit(account, event.request.amounts.billing, {}, event);
}

void post_presentment(const State& state, const Account& account, const Match& match,
                      DayNumber today, const Stamp& stamp, Presented& event) {
    const Present& command = event.request;
    if (command.kind == PresentmentKind::second) {
        return post_second(state, account, today, stamp, event);
    }
    if (command.direction == Direction::debit) {
        return post_debit(state, account, match, today, event);
    }
    if (!command.reverses.empty()) {
        take_back(state, account, event);
    } else if (command.kind == PresentmentKind::chargeback) {
        post_chargeback(account, event);
    } else {
        post_refund(state, account, event);
    }
    if (!event.after.id.none()) follow_credit(state, event);
}

/// A debit may take of earmarks; nothing that a credit brings is kept.
void follow_earmarks(const State& state, const Account& account, DayNumber today,
                     Presented& event) {
    if (event.after.id.none()) return;
    const bool is_debit = event.request.direction == Direction::debit;
    const Earmarked done =
        earmarks_after(state, account,
                       {.payee = is_debit ? event.request.merchant.acceptor : Acceptor{},
                        .today = today,
                        .authorisation = event.after.id,
                        .legs = event.after.legs,
                        .stays_open = event.after.state == AuthorisationState::open,
                        .is_paid = event.after.state == AuthorisationState::cleared},
                       event.postings);
    event.earmarks = done.changes;
    event.broken = done.broken;
    if (done.broken.value == 0 || event.exception.raised()) return;
    event.exception = {.reason = ExceptionReason::earmark_broken, .amount = done.broken};
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
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    post_presentment(state, account, match, today, stamp, event);
    send_on(state, account, event.postings);
    follow_earmarks(state, account, today, event);
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings) || !totals_fit(account, event.after) ||
        (event.announced && !totals_fit(account, *event.announced))) {
        return does_not_fit("billing.minor_units");
    }
    return event;
}

}  // namespace carecard::rules
