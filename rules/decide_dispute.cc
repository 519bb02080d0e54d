#include <algorithm>
#include <string>

#include "rules/clearing.h"
#include "rules/decide_parts.h"
#include "rules/dispute.h"

namespace carecard::rules {
namespace {

Fault no_such_dispute() {
    return {.kind = FaultKind::not_found,
            .field = "authorisation_id",
            .detail = "no dispute of this payment is open",
            .remedy = "show the account: it lists the disputes that are open"};
}

const Dispute* open_dispute(const State& state, AccountId account, const AuthorisationId& id) {
    const auto open = state.disputes_of(account);
    const auto found = std::ranges::find(open, id, &Dispute::authorisation);
    return found == open.end() ? nullptr : &*found;
}

std::optional<Fault> against_another(const State& state, AccountId account,
                                     const AuthorisationId& id) {
    if (open_dispute(state, account, id) != nullptr) {
        return conflict("authorisation_id", "a dispute of this payment is open already",
                        "close that one first");
    }
    if (state.disputes_of(account).size() < disputes_per_account_max) return std::nullopt;
    return conflict("account", "the account has as many open disputes as it may have",
                    "close one of them first");
}

std::optional<Fault> against_amount(AmountMinor asked, AmountMinor most) {
    if (asked <= most) return std::nullopt;
    if (most.value == 0) {
        return conflict("authorisation_id", "nothing was taken by this payment that is not back",
                        "wait until it has cleared, or show its transactions");
    }
    return conflict("amount.minor_units", "more than was taken by this payment and is not back",
                    "give at most " + std::to_string(most.value) + " minor units");
}

/// Nobody lends what would go to a funder, or to an account that is over.
std::optional<Fault> against_credit(const Account& account, const Authorisation& authorisation) {
    if (account.status == AccountStatus::closed) {
        return conflict("provisional", "the account is closed",
                        "open the dispute without credit, and pay what comes of it out");
    }
    for (const Leg& leg : authorisation.legs) {
        const bool is_owed = leg.debited > leg.credited;
        if (!is_owed || account.purse(leg.purse).status == PurseStatus::open) continue;
        return conflict(
            "provisional", "a purse that paid is over, so its part cannot be spent",
            "open the dispute without credit: what comes goes to whoever it belongs to");
    }
    return std::nullopt;
}

}  // namespace

Decision decide(const State& state, const OpenDispute& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Authorisation* authorisation = of_account(state, *account, command.authorisation);
    if (authorisation == nullptr) return no_such_authorisation();
    if (command.currency != state.at(account->programme).terms.currency) {
        return conflict("amount.currency", "the programme has another currency",
                        "give the amount in the programme's currency");
    }
    if (auto fault = against_another(state, account->id, command.authorisation)) return *fault;
    if (auto fault = against_amount(command.amount, authorisation->returnable())) return *fault;
    if (command.provisional) {
        if (auto fault = against_credit(*account, *authorisation)) return *fault;
    }
    DisputeOpened event{.request = command,
                        .programme = account->programme,
                        .account = account->id,
                        .dispute = {.opened = stamp.sequence,
                                    .authorisation = command.authorisation,
                                    .category = command.category,
                                    .state = DisputeState::open,
                                    .amount = command.amount,
                                    .due = command.amount},
                        .after = *authorisation};
    if (command.provisional) event.lent = lend(command.amount, event.after, event.postings);
    if (event.lent.value > 0) event.dispute.state = DisputeState::credited;
    event.available = available_after(*account, event.postings);
    if (!fits(*account, event.postings)) return does_not_fit("amount.minor_units");
    return event;
}

Decision decide(const State& state, const CloseDispute& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const Dispute* open = open_dispute(state, account->id, command.authorisation);
    if (open == nullptr) return no_such_dispute();
    const Authorisation* authorisation = of_account(state, *account, command.authorisation);
    if (authorisation == nullptr) return no_such_authorisation();
    DisputeClosed event{.request = command,
                        .programme = account->programme,
                        .account = account->id,
                        .dispute = *open,
                        .available = account->available(),
                        .after = *authorisation};
    if (command.outcome == DisputeOutcome::won) {
        if (open->state == DisputeState::won) {
            return conflict("outcome", "it was won already, and its money is to come",
                            "nothing is to be done: it is over when the money has come");
        }
        event.dispute.state = DisputeState::won;
        return event;
    }
    event.dispute.due = {};
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    const TakenBack done = take_back_lent(state, *account, today, event.after, event.postings);
    event.taken = done.taken;
    event.exposure = done.exposure;
    event.available = available_after(*account, event.postings);
    if (done.exposure.value > 0) {
        event.exception = {.reason = ExceptionReason::dispute_unfunded, .amount = done.exposure};
    }
    if (!totals_fit(*account, event.after)) return does_not_fit("authorisation_id");
    return event;
}

}  // namespace carecard::rules
