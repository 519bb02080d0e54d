#include <algorithm>
#include <string>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/resolution.h"

namespace carecard::rules {
namespace {

Fault no_such_proposal() {
    return {.kind = FaultKind::not_found,
            .field = "proposal",
            .detail = "the account has no open proposal of this number",
            .remedy = "show the account: it lists the proposals that are open"};
}

Fault nothing_left() {
    return conflict("proposal", "nothing of the exposure is left: a credit has made it good",
                    "reject the proposal");
}

const Resolution* open_proposal(const State& state, AccountId account, Sequence proposal) {
    const auto open = state.resolutions_of(account);
    const auto found = std::ranges::find(open, proposal, &Resolution::proposed);
    return found == open.end() ? nullptr : &*found;
}

/// What stands against a proposal of the notice that it gives.
std::optional<Fault> against_notice(const ProposeResolution& command, DayNumber today) {
    if (command.kind == ResolutionKind::write_off) return std::nullopt;
    const DayNumber earliest{today.value + resolution_notice_days_min};
    if (command.notice_until >= earliest) return std::nullopt;
    return conflict("notice_until",
                    "the holder has at least " + std::to_string(resolution_notice_days_min) +
                        " days of notice before money is taken back",
                    "give a day that is so many days from today, or later");
}

std::optional<Fault> against_another(const State& state, const Account& account,
                                     const AuthorisationId& id) {
    const auto open = state.resolutions_of(account.id);
    if (std::ranges::find(open, id, &Resolution::authorisation) != open.end()) {
        return conflict("authorisation_id", "a proposal about it is open already",
                        "decide about that one first");
    }
    if (open.size() < resolutions_per_account_max) return std::nullopt;
    return conflict("account", "the account has as many open proposals as it may have",
                    "decide about one of them first");
}

/// Takes up to `amount` of the exposure from what the purses have available and earmarks do not
/// keep, in the order in which they pay. A later refund of the payment goes back to them.
/// @return what was taken.
AmountMinor recover(const State& state, const Account& account, AmountMinor amount, DayNumber today,
                    Authorisation& authorisation, Postings& postings) {
    const AmountMinor left = take_along(
        free_walk_of(state, account, today), amount, [&](PurseNumber purse, AmountMinor part) {
            leg_of(authorisation.legs, purse).debited.value += part.value;
            post(postings, LedgerAccount::available, purse, -part);
        });
    const AmountMinor taken{amount.value - left.value};
    authorisation.exposure.value -= taken.value;
    post(postings, LedgerAccount::exposure, {}, taken);
    return taken;
}

}  // namespace

Decision decide(const State& state, const ProposeResolution& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Authorisation* authorisation = of_account(state, *account, command.authorisation);
    if (authorisation == nullptr) return no_such_authorisation();
    if (command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "give the amount in the programme's currency");
    }
    if (command.amount > authorisation->exposure) {
        return conflict(
            "amount.minor_units", "more than the programme still bears of this payment",
            "give at most " + std::to_string(authorisation->exposure.value) + " minor units");
    }
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    if (auto fault = against_notice(command, today)) return *fault;
    if (auto fault = against_another(state, *account, command.authorisation)) return *fault;
    return Event{ResolutionProposed{.request = command,
                                    .programme = account->programme,
                                    .account = account->id,
                                    .exposure = authorisation->exposure}};
}

Decision decide(const State& state, const DecideResolution& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Resolution* open = open_proposal(state, account->id, command.proposal);
    if (open == nullptr) return no_such_proposal();
    if (open->proposed_by == command.request.caller) {
        return conflict("proposal", "you proposed it, and two people must agree",
                        "ask another member of staff to decide about it");
    }
    if (command.approve && open->approved()) {
        return conflict("proposal", "it is approved already",
                        "recover the money once its notice is over, or reject it");
    }
    ResolutionDecided event{.request = command,
                            .programme = account->programme,
                            .account = account->id,
                            .authorisation = open->authorisation,
                            .kind = open->kind};
    if (!command.approve) return event;
    const Authorisation* authorisation = of_account(state, *account, open->authorisation);
    if (authorisation == nullptr) return no_such_authorisation();
    event.amount = std::min(open->amount, authorisation->exposure);
    if (event.amount.value == 0) return nothing_left();
    event.after = *authorisation;
    if (open->kind == ResolutionKind::write_off) {
        event.after.exposure.value -= event.amount.value;
        event.after.written_off.value += event.amount.value;
        post(event.postings, LedgerAccount::exposure, {}, event.amount);
        post(event.postings, LedgerAccount::written_off, {}, -event.amount);
    }
    return event;
}

Decision decide(const State& state, const RecoverExposure& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Resolution* open = open_proposal(state, account->id, command.proposal);
    if (open == nullptr) return no_such_proposal();
    if (open->kind != ResolutionKind::recovery || !open->approved()) {
        return conflict("proposal", "it is not a recovery that a second person has approved",
                        "ask another member of staff to decide about it");
    }
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    if (today < open->notice_until) {
        return conflict("proposal", "the holder's notice is not over",
                        "recover it on " + text_of(open->notice_until) + " or later");
    }
    const Authorisation* authorisation = of_account(state, *account, open->authorisation);
    if (authorisation == nullptr) return no_such_authorisation();
    const AmountMinor due = std::min(open->amount, authorisation->exposure);
    if (due.value == 0) return nothing_left();
    ExposureRecovered event{.request = command,
                            .programme = account->programme,
                            .account = account->id,
                            .after = *authorisation};
    event.amount = recover(state, *account, due, today, event.after, event.postings);
    if (event.amount.value == 0) {
        return conflict("account", "nothing is free in its purses",
                        "try again when money has come in; the proposal stays open");
    }
    event.available = available_after(*account, event.postings);
    return event;
}

}  // namespace carecard::rules
