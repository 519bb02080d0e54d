#include <algorithm>

#include "rules/apply.h"
#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;

/// That what was agreed to instead of the whole is less, and what the request and the balance make
/// of it.
void audit_portion(const rules::AuthorisationDecided& event, Claims& claims) {
    if (!event.facts.portion) return;
    const rules::Portion& portion = *event.facts.portion;
    rules::SpendingFacts facts = event.facts;
    facts.portion.reset();
    const AmountMinor asked = rules::amount_decided(event.request, facts);
    const bool is_part = portion.amount == portion.to_hold && event.request.partial_capable;
    bool holds = portion.amount.value > 0 && portion.amount <= asked;
    switch (portion.kind) {
        case rules::PortionKind::available:
            holds = holds && is_part && portion.amount == facts.available;
            break;
        case rules::PortionKind::without_cashback:
            holds = holds && is_part && event.request.cashback.value > 0;
            break;
        case rules::PortionKind::beyond_balance:
            holds = holds && event.request.estimated && portion.amount == asked &&
                    portion.to_hold == facts.available;
            break;
    }
    claims.that(holds, "it agrees to another portion than the request and the balance allow");
}

/// What was asked about, or announced, holds nothing.
void audit_nothing_held(const rules::AuthorisationDecided& event, Claims& claims) {
    claims.that(event.legs.empty() && event.postings.empty() && event.cash == rules::CashCount{},
                "it takes no money, and holds some");
}

/// What follows from the kind alone.
void audit_kind(const rules::AuthorisationDecided& event, Claims& claims) {
    const rules::Flow flow = rules::flow_of(event.request.kind);
    if (flow != rules::Flow::takes) audit_nothing_held(event, claims);
    audit_portion(event, claims);
    claims.that(flow == rules::Flow::asks
                    ? event.approved.value == 0
                    : event.approved.value > 0 &&
                          event.approved <= rules::amount_decided(event.request, event.facts),
                "it approves another amount than was asked for");
    claims.that(flow == rules::Flow::gives || event.refunds.none(),
                "it refunds a purchase, and is no refund");
    claims.that(event.tap == rules::Tap{} ||
                    (rules::is_tap(event.request) && event.tap.amount == event.approved),
                "it counts as a tap, and is none, or as one of another amount");
    claims.that(!event.uses_card || flow == rules::Flow::takes,
                "it uses up a card, and takes no money");
    if (flow == rules::Flow::takes) {
        // Events before version 3 do not say.
        claims.that(event.cash == rules::CashCount{} ||
                        event.cash == rules::cash_decided(event.request, event.facts),
                    "another part of it counts as cash than its kind and merchant say");
    }
}

/// What is held comes from the purses that may pay, and no more of each than it may.
void audit_walk(const rules::AuthorisationDecided& event, Claims& claims) {
    for (const rules::Leg& leg : event.legs) {
        claims.that(may_pay(event.facts, leg.purse, leg.held),
                    "it takes from a purse that may not pay it, or more than that may");
    }
}

void audit_approved(const Before& before, const rules::Stamp& stamp,
                    const rules::AuthorisationDecided& event, Claims& claims) {
    claims.that(!event.code.empty(), "it is approved without a code");
    audit_kind(event, claims);
    const rules::Card& card = before.state.at(event.card);
    claims.that(event.request.kind == rules::TransactionKind::unsupported ||
                    rules::flow_of(event.request.kind) != rules::Flow::takes ||
                    event.uses_card == card.single_use,
                "it uses up a card that may be spent again, or leaves one that may not");
    const rules::Flow flow = rules::flow_of(event.request.kind);
    if (flow == rules::Flow::asks || !claims.hold()) return;
    const Authorisation begun = authorisation_of(event, stamp);
    audit_form(before, begun, claims);
    claims.that(event.expires_ns > stamp.now_ns, "its hold ends before it begins");
    if (flow == rules::Flow::gives) return;
    const AmountMinor to_hold = rules::amount_to_hold(event.request, event.facts);
    claims.that(event.uplift.value >= 0 && (event.uplift.value == 0 || event.request.estimated),
                "it holds more than was asked for, and is no estimate");
    claims.equal("the amount held", begun.held().value, to_hold.value + event.uplift.value);
    Moved moved;
    for (const rules::Leg& leg : event.legs) {
        claims.that(leg.debited.value == 0 && leg.credited.value == 0,
                    "it begins with a leg that was cleared already");
        if (!claims.hold()) return;
        moved.available[leg.purse.value] = -leg.held.value;
        moved.held[leg.purse.value] = leg.held.value;
    }
    audit_walk(event, claims);
    if (claims.hold()) audit_postings(before, event.account, event.postings, moved, claims);
}

/// Hours come to their number times the rate of their purse.
void audit_units(const Before& before, const rules::Loaded& event, Claims& claims) {
    const rules::State& state = before.state;
    const rules::PurseTerms terms = state.terms_of(state.at(event.account).purse(event.purse));
    const int128 hundredfold = int128{event.request.units.value} * terms.unit_rate.value;
    claims.that(terms.unit == rules::PurseUnit::hours && event.request.amount.value == 0 &&
                    hundredfold == event.amount().value * 100,
                "its hours come to another amount at the rate of their purse");
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
    audit_card_rules(before, event.card, event.card_rules, claims);
    audit_facts(before, stamp,
                {.request = event.request,
                 .facts = event.facts,
                 .windows = event.windows,
                 .programme = event.programme,
                 .account = event.account,
                 .card = event.card},
                claims);
    claims.that(!event.facts.raised_from, "it was asked about as an increment");
    if (event.decline.declined()) {
        claims.that(event.approved.value == 0 && event.legs.empty() && event.code.empty() &&
                        !event.facts.portion && event.uplift.value == 0 && !event.uses_card,
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
    claims.that(event.request.units.value == 0 || !event.postings.empty(),
                "it loads hours, and moves nothing");
    if (!claims.hold()) return;
    claims.that(!before.recount.at(event.account).purses[event.purse.value - 1U].over,
                "it loads a purse that is over");
    const AmountMinor amount = event.amount();
    claims.that(amount.value > 0 && in_range(amount), "it loads an amount that cannot be");
    claims.that(event.request.units.value != 0 ||
                    event.request.currency == before.state.at(event.programme).terms.currency,
                "it loads another currency than the programme's");
    if (!claims.hold()) return;
    if (event.request.units.value != 0) audit_units(before, event, claims);
    Moved moved{.funding = -amount.value};
    moved.available[event.purse.value] = amount.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    const AccountCount& account = before.recount.at(event.account);
    claims.equal("the purse's balance", event.purse_available.value,
                 account.purses[event.purse.value - 1U].available.value + amount.value);
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
