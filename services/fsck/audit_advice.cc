#include <algorithm>

#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::AdviceKind;
using rules::Authorisation;
using rules::AuthorisationState;
using rules::ExceptionReason;

/// The record that an advice begins, before anything is reserved for it.
Authorisation begun_by(const Before& before, const rules::Advised& event,
                       const rules::Stamp& stamp) {
    const rules::Authorise payment = rules::purchase_of(event.request);
    const rules::CreateProgramme& terms = before.state.at(event.programme).terms;
    const rules::HoldRule* const rule = hold_rule_for(terms.hold_rules, payment);
    const DurationNs lifetime = rule == nullptr ? terms.hold_lifetime : rule->lifetime;
    const AmountMinor billing = event.request.amounts.billing;
    const AmountMinor amount =
        event.reversed_before ? std::min(billing, event.reversed_before->remaining) : billing;
    return {.id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
            .account = event.account,
            .card = event.card,
            .state = amount.value == 0 ? AuthorisationState::reversed : AuthorisationState::open,
            .caller = event.request.request.caller,
            .request_key = event.request.request.key,
            .identity = event.request.identity,
            .code = event.request.code,
            .approved = amount,
            .decided_ns = stamp.now_ns,
            .expires_ns = stamp.now_ns + lifetime,
            .local_date = event.request.local_date,
            .foreign = foreign_of(event.request.amounts, amount),
            .tolerance = tolerance_of(terms.tolerance, tolerance_payment_of(payment))};
}

/// What the network's word makes of the authorisation; in place of what is reserved.
struct Expected {
    AmountMinor reserved;
    AmountMinor approved;
    AmountMinor reversed;
    rules::Foreign foreign;
    AuthorisationState state = AuthorisationState::open;
};

Expected as_it_was(const Authorisation& was) {
    return {.reserved = was.reserved(),
            .approved = was.approved,
            .reversed = was.reversed,
            .foreign = was.foreign,
            .state = was.state};
}

Expected expected_of(const Authorisation& was, const rules::Advised& event, bool begins) {
    Expected expected = as_it_was(was);
    const bool open = was.state == AuthorisationState::open;
    if (begins) {
        expected.reserved = was.approved;
    } else if (event.request.advice == AdviceKind::stand_in_declined && open &&
               was.presented_debit.value == 0) {
        expected.reserved = {};
        expected.reversed = was.approved;
        expected.state = AuthorisationState::reversed;
    } else if (event.request.advice == AdviceKind::completion && open &&
               was.flow == rules::Flow::takes) {
        const AmountMinor billing = event.request.amounts.billing;
        expected.reserved = {std::max<std::int64_t>(0, billing.value - was.cleared().value)};
        expected.approved = billing;
        expected.reversed = {};
        expected.foreign = foreign_of(event.request.amounts, billing);
        expected.foreign.cleared = was.foreign.cleared;
    }
    return expected;
}

Moved audit_legs(const Authorisation& was, const rules::Advised& event, Claims& claims) {
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(event.after.legs);
    const std::int64_t promised = event.after.promised.value - was.promised.value;
    Moved moved{.exposure = -promised, .promised = promised};
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t held = new_legs[purse].held.value - old_legs[purse].held.value;
        claims.that(new_legs[purse].debited == old_legs[purse].debited &&
                        new_legs[purse].credited == old_legs[purse].credited,
                    "it clears, or gives back");
        moved.held[purse] = held;
        moved.available[purse] = -held;
    }
    return moved;
}

void audit_exception(const Authorisation& was, bool begins, const rules::Advised& event,
                     Claims& claims) {
    const bool promises = event.request.advice != AdviceKind::stand_in_declined;
    const bool over = was.state != AuthorisationState::open && was.presented_debit.value == 0;
    rules::Exception expected;
    if (event.exposure.value > 0) {
        expected = {.reason = ExceptionReason::advice_unfunded, .amount = event.exposure};
    } else if (!begins && promises && over) {
        expected = {.reason = ExceptionReason::advice_after_release,
                    .amount = event.request.amounts.billing};
    }
    const bool breaks = event.exception.reason == ExceptionReason::earmark_broken;
    if (breaks && !expected.raised()) return;  // see audit_earmarks
    claims.that(event.exception == expected, "it raises another exception than its own, or none");
}

/// What it reserves and frees, as it says itself.
void audit_amounts(const Authorisation& was, const rules::Advised& event, Claims& claims) {
    const std::int64_t change = event.after.reserved().value - was.reserved().value;
    claims.equal("the amount newly reserved", event.reserved.value,
                 std::max<std::int64_t>(0, change));
    claims.equal("the amount released", event.released.value, std::max<std::int64_t>(0, -change));
    claims.equal("the part beyond the holder's money", event.exposure.value,
                 std::max<std::int64_t>(0, event.after.promised.value - was.promised.value));
    if (change < 0) {
        audit_uncounted(was, event.after, event.uncounted, claims);
    } else {
        claims.that(event.uncounted.amount.value == 0 && event.after.counted == was.counted,
                    "it gives back spending although nothing was released");
    }
}

void audit_change(const Before& before, const rules::Stamp& stamp, const rules::Advised& event,
                  Claims& claims) {
    const Authorisation begun = begun_by(before, event, stamp);
    const bool begins = event.after.id == begun.id;
    claims.that(begins || before.authorisation != nullptr,
                "it changes an authorisation that the events before do not have");
    claims.that(!begins || event.request.advice != AdviceKind::stand_in_declined,
                "it begins a hold for what the network declined");
    if (!claims.hold()) return;
    const Authorisation was = begins ? begun : *before.authorisation;
    audit_identity(before, event.account, was, event.after, claims);
    if (!claims.hold()) return;
    const Expected expected = expected_of(was, event, begins);
    const Authorisation& after = event.after;
    claims.equal("the amount reserved", after.reserved(), expected.reserved);
    claims.equal("what is authorised", after.authorised().value,
                 expected.approved.value - expected.reversed.value);
    claims.that(after.approved == expected.approved && after.foreign == expected.foreign,
                "it authorises another amount than it was advised of");
    claims.that(after.state == expected.state, "its authorisation ends in a wrong state");
    claims.that(after.exposure == was.exposure && after.written_off == was.written_off &&
                    after.presented_debit == was.presented_debit &&
                    after.presented_credit == was.presented_credit &&
                    after.taken_back == was.taken_back && after.finished == was.finished,
                "it changes what was cleared");
    const bool let_go =
        was.state == AuthorisationState::open && after.state == AuthorisationState::reversed;
    audit_tap(was, after, event.uncounted, let_go, claims);
    audit_amounts(was, event, claims);
    audit_exception(was, begins, event, claims);
    const Moved moved = audit_legs(was, event, claims);
    if (claims.hold()) audit_postings(before, event.account, event.postings, moved, claims);
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::Advised& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    const rules::Advise& request = event.request;
    claims.that(request.amounts.billing.value > 0 && in_range(request.amounts.billing),
                "it advises of an amount that cannot be");
    const bool begins = event.after.id.sequence == stamp.sequence;
    claims.that(event.reversed_before == (begins ? reversals_met(before, stamp, event.account,
                                                                 request.request, request.identity)
                                                 : std::nullopt),
                "it met other reversals than its account keeps for it");
    const rules::Card& card = before.state.at(event.card);
    claims.that(event.uses_card == (begins && card.single_use && !is_for_good(card.status) &&
                                    event.after.approved.value > 0),
                "it uses up a card that may be spent again, or leaves one that may not");
    if (!claims.hold()) return;
    if (!event.after.id.none()) {
        audit_change(before, stamp, event, claims);
    } else {
        claims.that(request.advice == AdviceKind::stand_in_declined,
                    "the network promised it, and nothing is reserved");
        claims.that(event.reserved.value == 0 && event.released.value == 0 &&
                        event.exposure.value == 0 && !event.exception.raised(),
                    "it changes nothing, and says that it did");
        audit_refused(event.postings, claims);
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
