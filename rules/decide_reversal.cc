#include <algorithm>
#include <optional>
#include <utility>

#include "common/check.h"
#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"
#include "rules/matching.h"

namespace carecard::rules {
namespace {

/// What stands against lowering `original`'s hold to `remaining`, if anything.
Decline against(const Programme& programme, const Match& match, const Reverse& command) {
    using enum DeclineReason;
    const auto refuse = [](DeclineReason reason) {
        return Decline{.reason = reason, .level = RuleLevel::account};
    };
    if (command.currency != programme.terms.currency) return refuse(currency_not_programme);
    if (match.ambiguous) return refuse(original_ambiguous);
    if (match.authorisation == nullptr) return refuse(original_unmatched);
    const Authorisation& original = *match.authorisation;
    const AmountMinor held = original.reserved();
    if (original.presented_debit.value > 0 && held.value == 0) {
        return refuse(original_already_cleared);
    }
    if (command.remaining <= held) return {};
    if (original.state != AuthorisationState::open) return refuse(original_closed);
    return {
        .reason = reversal_exceeds_held, .level = RuleLevel::account, .amount_would_work = held};
}

AuthorisationState state_after_release(const Authorisation& authorisation,
                                       AuthorisationState if_never_cleared) {
    if (authorisation.state != AuthorisationState::open) return authorisation.state;
    if (authorisation.reserved().value > 0) return AuthorisationState::open;
    return authorisation.presented_debit.value > 0 ? AuthorisationState::cleared : if_never_cleared;
}

Movement released(const Authorisation& after, const State& state, const Stamp& stamp) {
    return {.payee = {},
            .today = local_day(state.offsets, stamp.now_ns),
            .authorisation = after.id,
            .legs = after.legs,
            .stays_open = after.state == AuthorisationState::open};
}

/// What staff must look at when a reversal is refused. Money stays where it is.
Exception exception_of(const Decline& decline, const Match& match, AmountMinor remaining) {
    using enum DeclineReason;
    if (decline.reason == original_unmatched || decline.reason == original_ambiguous) {
        return {.reason = ExceptionReason::reversal_unmatched, .amount = {}};
    }
    if (decline.reason != original_already_cleared) return {};
    const std::int64_t back = match.authorisation->cleared().value - remaining.value;
    return {.reason = ExceptionReason::reversal_after_clearing,
            .amount = {std::max<std::int64_t>(0, back)}};
}

/// A reversal whose original is not known is kept when it says beyond doubt which payment it means
/// and there is room; otherwise it is refused. The least that any of them lets remain stands.
Decision keep_or_refuse(const State& state, Reversed unmatched, const Stamp& stamp) {
    const std::optional<FullNames> names = full_names_of(unmatched.request.original);
    if (!names) return unmatched;
    ReversalKept event{.request = unmatched.request,
                       .programme = unmatched.programme,
                       .account = unmatched.account,
                       .card = unmatched.card,
                       .kept = {.kept_by = stamp.sequence,
                                .original = *names,
                                .remaining = unmatched.request.remaining,
                                .until_ns = stamp.now_ns + kept_reversal_lifetime_max},
                       .available = unmatched.available};
    std::size_t waiting = 0;
    for (const KeptReversal& one : state.kept_reversals_of(event.account)) {
        if (one.until_ns <= stamp.now_ns) continue;
        ++waiting;
        if (one.original != *names) continue;
        event.replaces = one.kept_by;
        event.kept.remaining = std::min(event.kept.remaining, one.remaining);
    }
    if (event.replaces.value != 0 || waiting < kept_reversals_per_account_max) return event;
    unmatched.decline.reason = DeclineReason::kept_reversals_full;
    return unmatched;
}

}  // namespace

Decision decide(const State& state, const Reverse& command, const Stamp& stamp) {
    const Card* card = visible(state, command.request, command.card_token);
    if (card == nullptr) {
        return RefusedUnrecorded{{.reason = DeclineReason::card_unknown, .level = RuleLevel::card}};
    }
    const Account& account = state.at(card->account);
    const Programme& programme = state.at(account.programme);
    const Match match =
        find_original(state, {.account = account.id, .card = card->id, .amount = command.remaining},
                      command.original);
    Reversed event{.request = command,
                   .programme = programme.id,
                   .account = account.id,
                   .card = card->id,
                   .matched_by = match.by,
                   .decline = against(programme, match, command),
                   .available = account.available()};
    event.exception = exception_of(event.decline, match, command.remaining);
    if (event.decline.reason == DeclineReason::original_unmatched) {
        return keep_or_refuse(state, std::move(event), stamp);
    }
    if (event.decline.declined()) return event;
    event.after = *match.authorisation;
    const AmountMinor reserved = event.after.reserved();
    event.released =
        release(event.after, {reserved.value - command.remaining.value}, event.postings);
    const AmountMinor stays{event.after.cleared().value + command.remaining.value};
    event.after.reversed.value =
        event.after.approved.value - std::min(event.after.authorised(), stays).value;
    lower_foreign(event.after.foreign, reserved, command.remaining);
    event.after.state = state_after_release(event.after, AuthorisationState::reversed);
    event.uncounted = uncount(event.after);
    if (event.after.state == AuthorisationState::reversed) {
        event.uncounted.tap = std::exchange(event.after.tap, Tap{});
    }
    send_on(state, account, event.postings);
    event.earmarks =
        earmarks_after(state, account, released(event.after, state, stamp), event.postings).changes;
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings)) return does_not_fit("remaining");
    return event;
}

Decision decide(const State& state, const ExpireHold& command, const Stamp& stamp) {
    const Authorisation* authorisation = state.find(command.authorisation);
    CHECK(authorisation != nullptr);
    const Account& account = state.at(authorisation->account);
    HoldExpired event{.request = command,
                      .programme = account.programme,
                      .account = account.id,
                      .after = *authorisation};
    event.released = release(event.after, event.after.reserved(), event.postings);
    send_on(state, account, event.postings);
    event.after.state = AuthorisationState::expired;
    event.uncounted = uncount(event.after);
    event.earmarks =
        earmarks_after(state, account, released(event.after, state, stamp), event.postings).changes;
    return event;
}

}  // namespace carecard::rules
