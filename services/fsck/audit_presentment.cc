#include <algorithm>

#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;
using rules::AuthorisationState;

/// The record that stands in for an authorisation when a presentment has none.
Authorisation begun_by(const rules::Presented& event, const rules::Stamp& stamp) {
    return {.id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
            .account = event.account,
            .card = event.card,
            .state = AuthorisationState::posted,
            .caller = event.request.request.caller,
            .request_key = event.request.request.key,
            .identity = event.request.identity,
            .decided_ns = stamp.now_ns,
            .expires_ns = stamp.now_ns};
}

bool is_debit(const rules::Presented& event) {
    return event.request.direction == rules::Direction::debit;
}

/// Whether no more presentments follow: what is still held is then freed. An announced credit is
/// ended by a credit, and anything else by a debit.
bool is_final(const Authorisation& was, const rules::Presented& event) {
    const bool announced = was.flow == rules::Flow::gives;
    return is_debit(event) != announced && event.request.final &&
           was.state == AuthorisationState::open;
}

void audit_sums(const Authorisation& was, const rules::Presented& event, Claims& claims) {
    const Authorisation& after = event.after;
    const std::int64_t billed = event.request.amounts.billing.value;
    claims.that(
        event.exposure.value >= 0 && event.recovered.value >= 0 && event.unmatched.value >= 0,
        "a part of it is below zero");
    claims.equal("the sum of its debits", after.presented_debit.value,
                 was.presented_debit.value + (is_debit(event) ? billed : 0));
    claims.equal("the sum of its credits", after.presented_credit.value,
                 was.presented_credit.value + (is_debit(event) ? 0 : billed));
    claims.equal("the authorisation's exposure", after.exposure.value,
                 was.exposure.value + event.exposure.value - event.recovered.value);
    claims.that(after.state == (is_final(was, event) ? AuthorisationState::cleared : was.state),
                "its authorisation ends in a wrong state");
    claims.that(!is_debit(event) || (event.recovered.value == 0 && event.unmatched.value == 0),
                "a debit gives money back");
    claims.that(is_debit(event) || event.exposure.value == 0, "a credit takes money");
}

/// The legs' changes, as the postings that they lead to; and that their sum is what was billed.
Moved audit_legs(const Before& before, const Authorisation& was, const rules::Presented& event,
                 Claims& claims) {
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(event.after.legs);
    const std::int64_t billed = event.request.amounts.billing.value;
    Moved moved{.settlement = is_debit(event) ? billed : -billed,
                .exposure = event.recovered.value - event.exposure.value};
    std::int64_t debited = 0;
    std::int64_t credited = 0;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t held = new_legs[purse].held.value - old_legs[purse].held.value;
        const std::int64_t taken = new_legs[purse].debited.value - old_legs[purse].debited.value;
        const std::int64_t given = new_legs[purse].credited.value - old_legs[purse].credited.value;
        claims.that(held <= 0 && taken >= 0 && given >= 0,
                    "it raises a hold, or takes back what was cleared");
        moved.held[purse] = held;
        moved.available[purse] = given - taken - held;
        debited += taken;
        credited += given;
    }
    const auto pays_first = before.state.at(event.account).spending_order()[0];
    moved.available[pays_first.value] += event.unmatched.value;
    const std::int64_t beyond =
        is_debit(event) ? event.exposure.value : event.recovered.value + event.unmatched.value;
    claims.equal("the amount billed", billed, (is_debit(event) ? debited : credited) + beyond);
    claims.that((is_debit(event) ? credited : debited) == 0,
                "it moves a leg's money the wrong way");
    return moved;
}

/// A debit clears what is held first; the rest of the hold is freed with the last of them.
void audit_freed(const Authorisation& was, const rules::Presented& event, Claims& claims) {
    const AmountMinor held = was.held();
    const AmountMinor cleared =
        is_debit(event) ? std::min(event.request.amounts.billing, held) : AmountMinor{0};
    const AmountMinor left{held.value - cleared.value};
    const AmountMinor released = is_final(was, event) ? left : AmountMinor{0};
    claims.equal("the amount released", event.released, released);
    claims.equal("the amount still held", event.after.held().value, left.value - released.value);
    if (is_final(was, event)) {
        audit_uncounted(was, event.after, event.uncounted, claims);
    } else {
        claims.that(event.uncounted.amount.value == 0 && !event.uncounted.place &&
                        event.after.counted == was.counted,
                    "it gives back spending although nothing was released");
    }
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::Presented& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    claims.that(before.applied.value == 0, "a presentment with its id was applied before");
    claims.that(event.request.amounts.billing.value > 0 && in_range(event.request.amounts.billing),
                "it clears an amount that cannot be");
    const bool begins = event.after.id == begun_by(event, stamp).id;
    claims.that(begins || before.authorisation != nullptr,
                "it changes an authorisation that the events before do not have");
    if (!claims.hold()) return;
    const Authorisation was = begins ? begun_by(event, stamp) : *before.authorisation;
    audit_identity(before, event.account, was, event.after, claims);
    if (!claims.hold()) return;
    audit_sums(was, event, claims);
    audit_freed(was, event, claims);
    const Moved moved = audit_legs(before, was, event, claims);
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
