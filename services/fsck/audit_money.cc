#include <algorithm>

#include "rules/apply.h"
#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;

rules::SpendingFacts facts_of(const Before& before, const rules::Stamp& stamp,
                              const rules::AuthorisationDecided& event) {
    const rules::Account& account = before.state.at(event.account);
    const rules::Card& card = before.state.at(event.card);
    const AccountCount& counted = before.recount.at(event.account);
    return {.card_status = card.status,
            .account_status = account.status,
            .card_expiry = card.expiry,
            .card_expires_ns = card.expires_ns,
            .currency = before.state.at(event.programme).terms.currency,
            .available = counted.available(),
            .open_count = counted.open,
            .day = counted.day.in(event.windows.day.value),
            .week = counted.week.in(event.windows.week),
            .month = counted.month.in(event.windows.month),
            .reversed_before = reversals_met(before, stamp, event.account, event.request.request,
                                             event.request.identity)};
}

void audit_facts(const Before& before, const rules::Stamp& stamp,
                 const rules::AuthorisationDecided& event, Claims& claims) {
    const rules::SpendingFacts counted = facts_of(before, stamp, event);
    claims.equal("the amount available before it", event.facts.available, counted.available);
    claims.equal("the number of open authorisations", event.facts.open_count, counted.open_count);
    claims.equal("the amount spent in the day", event.facts.day.amount, counted.day.amount);
    claims.equal("the payments in the day", event.facts.day.count, counted.day.count);
    claims.equal("the amount spent in the week", event.facts.week.amount, counted.week.amount);
    claims.equal("the payments in the week", event.facts.week.count, counted.week.count);
    claims.equal("the amount spent in the month", event.facts.month.amount, counted.month.amount);
    claims.equal("the payments in the month", event.facts.month.count, counted.month.count);
    claims.that(event.facts.reversed_before == counted.reversed_before,
                "it met other reversals than its account keeps for it");
    claims.that(event.facts == counted,
                "the states of card and account that it records are not those they had");
}

void audit_approved(const Before& before, const rules::Stamp& stamp,
                    const rules::AuthorisationDecided& event, Claims& claims) {
    const Authorisation begun = authorisation_of(event, stamp);
    audit_form(before, begun, claims);
    claims.that(event.approved.value > 0 &&
                    event.approved <= rules::amount_decided(event.request, event.facts),
                "it approves another amount than was asked for");
    claims.equal("the amount held", begun.held(), event.approved);
    claims.that(event.expires_ns > stamp.now_ns, "its hold ends before it begins");
    claims.that(!event.code.empty(), "it is approved without a code");
    Moved moved;
    for (const rules::Leg& leg : event.legs) {
        claims.that(leg.debited.value == 0 && leg.credited.value == 0,
                    "it begins with a leg that was cleared already");
        if (!claims.hold()) return;
        moved.available[leg.purse.value] = -leg.held.value;
        moved.held[leg.purse.value] = leg.held.value;
    }
    if (claims.hold()) audit_postings(before, event.account, event.postings, moved, claims);
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp,
           const rules::AuthorisationDecided& event, Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    const auto& tokens = before.state.at(event.card).tokens;
    claims.that(std::ranges::find(tokens, event.request.card_token) != tokens.end(),
                "it was asked for with a token that its card does not have");
    claims.that(event.id == AuthorisationId{.epoch = stamp.epoch, .sequence = stamp.sequence},
                "its id is not its own place in the journal");
    claims.that(event.windows == local_windows(before.state.offsets, stamp.now_ns),
                "its day, week and month are not those of its time");
    claims.that(event.defaults == before.state.at(event.programme).defaults &&
                    event.agreement == before.state.at(event.account).agreement,
                "it names other rules than those in force");
    claims.that(!event.agreement_version || event.agreement_version->value ==
                                                before.state.at(event.account).agreement_version,
                "it names another version of the agreement than the one in force");
    audit_facts(before, stamp, event, claims);
    if (event.decline.declined()) {
        claims.that(event.approved.value == 0 && event.legs.empty() && event.code.empty(),
                    "it was declined, and holds money");
        audit_refused(event.postings, claims);
    } else if (claims.hold()) {
        audit_approved(before, stamp, event, claims);
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

void audit(const Before& before, const rules::Stamp&, const rules::Loaded& event, Claims& claims) {
    if (!account_is_known(before, event, claims)) return;
    const std::size_t purses = before.recount.at(event.account).purses.size();
    claims.that(before.applied.value == 0, "its reference was loaded before");
    claims.that(event.purse.value >= 1 && event.purse.value <= purses,
                "it names a purse that the account does not have");
    claims.that(event.request.amount.value > 0 && in_range(event.request.amount),
                "it loads an amount that cannot be");
    claims.that(event.request.currency == before.state.at(event.programme).terms.currency,
                "it loads another currency than the programme's");
    if (!claims.hold()) return;
    Moved moved{.funding = -event.request.amount.value};
    moved.available[event.purse.value] = event.request.amount.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    const AccountCount& account = before.recount.at(event.account);
    claims.equal(
        "the purse's balance", event.purse_available.value,
        account.purses[event.purse.value - 1U].available.value + event.request.amount.value);
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
