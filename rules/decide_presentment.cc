#include <algorithm>

#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/matching.h"

namespace carecard::rules {
namespace {

/// Takes a part of a debit: at most `upto` of what is left. @return the part.
AmountMinor take(AmountMinor& left, AmountMinor upto) {
    const AmountMinor part = std::min(left, upto);
    left.value -= part.value;
    return part;
}

/// A debit takes first what this authorisation holds, then what the purses have available in
/// spending order; what is beyond the holder's money becomes the authorisation's exposure, so
/// that no purse is ever below zero.
void debit(const Account& account, Presented& event) {
    AmountMinor left = event.request.amounts.billing;
    for (Leg& leg : event.after.legs) {
        const AmountMinor part = take(left, leg.held);
        leg.held.value -= part.value;
        leg.debited.value += part.value;
        post(event.postings, LedgerAccount::held, leg.purse, -part);
    }
    for (const PurseNumber number : account.spending_order()) {
        const AmountMinor part = take(left, account.purse(number).available);
        if (part.value == 0) continue;
        leg_of(event.after.legs, number).debited.value += part.value;
        post(event.postings, LedgerAccount::available, number, -part);
    }
    event.exposure = left;
    event.after.exposure.value += left.value;
    event.after.presented_debit.value += event.request.amounts.billing.value;
    post(event.postings, LedgerAccount::exposure, {}, -left);
    post(event.postings, LedgerAccount::settlement, {}, event.request.amounts.billing);
}

/// Frees what is still held once no more presentments can follow. A credit ends an announced
/// credit, and no purchase: more may be refunded.
void finish(Presented& event) {
    const bool was_open = event.after.state == AuthorisationState::open;
    const bool is_credit = event.request.direction == Direction::credit;
    const bool ends_it = is_credit == (event.after.flow == Flow::gives);
    if (!event.request.final || !was_open || !ends_it) return;
    event.released = release(event.after, event.after.held(), event.postings);
    event.after.state = AuthorisationState::cleared;
    event.uncounted = uncount(event.after);
}

/// Moves `amount` of what was debited from `leg` back to its purse.
void give_back_to(Leg& leg, AmountMinor amount, Postings& postings) {
    leg.credited.value += amount.value;
    post(postings, LedgerAccount::available, leg.purse, amount);
}

/// Gives `amount` back to the purses it was taken from, pro rata to what each was debited, in any
/// number of parts. Each leg gets the whole pennies of its share of all that has come back, and
/// the odd pennies go to the first legs that have none yet; nothing is ever taken back, and all
/// legs come to zero with the last penny.
/// @return the part that fits no debit.
AmountMinor give_back(AmountMinor amount, Presented& event) {
    int128 debited = 0;
    int128 credited = 0;
    for (const Leg& leg : event.after.legs) {
        debited += leg.debited.value;
        credited += leg.credited.value;
    }
    AmountMinor unmatched = amount;
    AmountMinor left = take(unmatched, {static_cast<std::int64_t>(debited - credited)});
    if (left.value == 0) return unmatched;
    credited += left.value;
    const auto share_of = [&](const Leg& leg) {
        return static_cast<std::int64_t>(leg.debited.value * credited / debited);
    };
    for (Leg& leg : event.after.legs) {
        const AmountMinor missing{std::max<std::int64_t>(0, share_of(leg) - leg.credited.value)};
        give_back_to(leg, take(left, missing), event.postings);
    }
    // What is left are the fractions of the legs that are at their share, so a penny for each of
    // those is enough.
    for (Leg& leg : event.after.legs) {
        const bool has_fraction = leg.debited.value * credited % debited != 0;
        if (leg.credited.value != share_of(leg) || !has_fraction) continue;
        give_back_to(leg, take(left, {1}), event.postings);
    }
    CHECK(left.value == 0);
    return unmatched;
}

/// A credit makes good this authorisation's exposure first, then goes back to the purses it was
/// taken from; what no debit accounts for goes to the purse that pays first.
void credit(const Account& account, Presented& event) {
    AmountMinor left = event.request.amounts.billing;
    event.recovered = take(left, event.after.exposure);
    event.after.exposure.value -= event.recovered.value;
    event.after.presented_credit.value += event.request.amounts.billing.value;
    post(event.postings, LedgerAccount::exposure, {}, event.recovered);
    event.unmatched = give_back(left, event);
    post(event.postings, LedgerAccount::available, account.spending_order()[0], event.unmatched);
    post(event.postings, LedgerAccount::settlement, {}, -event.request.amounts.billing);
}

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
            .expires_ns = stamp.now_ns};
}

bool totals_fit(const Account& account, const Authorisation& after) {
    return after.presented_debit <= purse_minor_max && after.presented_credit <= purse_minor_max &&
           checked_add(account.exposure, after.exposure).has_value();
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
    const auto applied = state.applied_once.find({.kind = NaturalKey::Kind::presentment,
                                                  .account = account.id,
                                                  .name = command.presentment_id});
    if (applied != state.applied_once.end()) return AlreadyRecorded{applied->second};

    const Match match = find_original(state, account.id, command.original);
    Presented event{.request = command,
                    .programme = programme.id,
                    .account = account.id,
                    .card = card->id,
                    .matched_by = match.authorisation == nullptr ? MatchedBy::nothing : match.by,
                    .after = original_or_new(match, command, *card, stamp)};
    if (command.direction == Direction::debit) {
        debit(account, event);
    } else {
        credit(account, event);
    }
    finish(event);
    event.available = available_after(account, event.postings);
    if (!fits(account, event.postings) || !totals_fit(account, event.after)) {
        return does_not_fit("billing.minor_units");
    }
    return event;
}

}  // namespace carecard::rules
