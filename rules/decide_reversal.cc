#include <algorithm>

#include "common/check.h"
#include "rules/decide_parts.h"
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
    const AmountMinor held = original.held();
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
    if (authorisation.held().value > 0) return AuthorisationState::open;
    return authorisation.presented_debit.value > 0 ? AuthorisationState::cleared : if_never_cleared;
}

}  // namespace

Decision decide(const State& state, const Reverse& command, const Stamp&) {
    const Card* card = visible(state, command.request, command.card_token);
    if (card == nullptr) {
        return RefusedUnrecorded{{.reason = DeclineReason::card_unknown, .level = RuleLevel::card}};
    }
    const Account& account = state.at(card->account);
    const Programme& programme = state.at(account.programme);
    const Match match = find_original(state, account.id, command.original);
    Reversed event{.request = command,
                   .programme = programme.id,
                   .account = account.id,
                   .card = card->id,
                   .matched_by = match.by,
                   .decline = against(programme, match, command),
                   .available = account.available()};
    if (event.decline.declined()) return event;
    event.after = *match.authorisation;
    const AmountMinor held = event.after.held();
    event.released = release(event.after, {held.value - command.remaining.value}, event.postings);
    event.after.state = state_after_release(event.after, AuthorisationState::reversed);
    event.uncounted = uncount(event.after, event.released);
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings)) return does_not_fit("remaining");
    return event;
}

Decision decide(const State& state, const ExpireHold& command, const Stamp&) {
    const Authorisation* authorisation = state.find(command.authorisation);
    CHECK(authorisation != nullptr);
    const Account& account = state.at(authorisation->account);
    HoldExpired event{.request = command,
                      .programme = account.programme,
                      .account = account.id,
                      .after = *authorisation};
    event.released = release(event.after, event.after.held(), event.postings);
    event.after.state = AuthorisationState::expired;
    event.uncounted = uncount(event.after, event.released);
    return event;
}

}  // namespace carecard::rules
