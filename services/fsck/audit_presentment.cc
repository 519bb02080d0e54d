#include <algorithm>

#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;
using rules::AuthorisationState;
using rules::ExceptionReason;

/// The record that stands in for an authorisation when a presentment has none.
Authorisation begun_by(const Before& before, const rules::Presented& event,
                       const rules::Stamp& stamp) {
    Authorisation begun{.id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
                        .account = event.account,
                        .card = event.card,
                        .state = AuthorisationState::posted,
                        .caller = event.request.request.caller,
                        .request_key = event.request.request.key,
                        .identity = event.request.identity,
                        .decided_ns = stamp.now_ns,
                        .expires_ns = stamp.now_ns};
    if (before.knows_clearing()) begun.local_date = event.request.local_date;
    return begun;
}

bool is_debit(const rules::Presented& event) {
    return event.request.direction == rules::Direction::debit;
}

bool takes_back(const rules::Presented& event) { return !event.request.reverses.empty(); }

/// Whether no more presentments follow: what is still held is then freed. An announced credit is
/// ended by a credit, and anything else by a debit.
bool is_final(const Authorisation& was, const rules::Presented& event) {
    const bool announced = was.flow == rules::Flow::gives;
    return event.request.kind == rules::PresentmentKind::clearing && is_debit(event) != announced &&
           !takes_back(event) && event.request.final && was.state == AuthorisationState::open;
}

/// What versions before the third do not tell.
void audit_progress(const Before& before, const Authorisation& was, const rules::Presented& event,
                    Claims& claims) {
    const Authorisation& after = event.after;
    const std::int64_t billed = event.request.amounts.billing.value;
    const rules::TransactionAmounts& amounts = event.request.amounts;
    rules::Foreign foreign = was.foreign;
    if (clears(event) && foreign.currency == amounts.transaction_currency) {
        foreign.cleared.value += amounts.transaction.value;
    }
    std::int64_t taken_back = was.taken_back.value;
    if (takes_back(event)) {
        taken_back += std::min(billed, before.takes_back->request.amounts.billing.value);
    }
    const bool last = clears(event) && event.request.final;
    claims.equal("what the network took back", after.taken_back.value, taken_back);
    claims.that(after.finished == (!takes_back(event) && (was.finished || last)),
                "it states wrongly whether the last presentment has come");
    claims.that(after.foreign == foreign, "it counts another part of a foreign payment");
    claims.that(after.approved == was.approved && after.reversed == was.reversed,
                "it changes what was authorised");
}

void audit_sums(const Authorisation& was, const rules::Presented& event, Claims& claims) {
    const Authorisation& after = event.after;
    const std::int64_t billed = event.request.amounts.billing.value;
    const bool refunds = !is_debit(event) && !takes_back(event);
    const std::int64_t cleared =
        is_debit(event) ? billed - event.owed_back.value - undone_by(was, event).value : 0;
    claims.that(event.exposure.value >= 0 && event.recovered.value >= 0 &&
                    event.repaid.value >= 0 && event.unmatched.value >= 0 &&
                    event.settled.value >= 0 && event.owed_back.value >= 0,
                "a part of it is below zero");
    claims.equal("the sum of its debits", after.presented_debit.value,
                 was.presented_debit.value + cleared);
    claims.equal("the sum of its credits", after.presented_credit.value,
                 was.presented_credit.value + (refunds ? billed : 0));
    claims.equal("the authorisation's exposure", after.exposure.value,
                 was.exposure.value + event.exposure.value - event.recovered.value);
    claims.equal("what was written off of it", after.written_off.value,
                 was.written_off.value - event.repaid.value);
    claims.that(after.state == (is_final(was, event) ? AuthorisationState::cleared : was.state),
                "its authorisation ends in a wrong state");
    claims.that(
        after.promised <= was.promised && (is_debit(event) || after.promised == was.promised),
        "it promises more, or a credit ends a promise");
    claims.that(!is_debit(event) || (event.recovered.value == 0 && event.repaid.value == 0 &&
                                     event.unmatched.value == 0 && event.settled.value == 0),
                "a debit gives money back");
    claims.that(is_debit(event) || event.exposure.value == 0, "a credit takes money");
}

/// Whether the legs may have changed so: by purse, what was freed of a hold, taken and given.
bool may_move(const rules::Presented& event, std::int64_t held, std::int64_t taken,
              std::int64_t given) {
    if (event.request.kind == rules::PresentmentKind::second) {
        return held == 0 && taken >= 0 && given <= 0;
    }
    return held <= 0 && taken >= 0 && given >= 0;
}

/// The legs' changes, as the postings that they lead to; and that their sum is what was billed.
/// What was promised has cleared, as exposure, or was given up.
/// A clearing that is taken back gives no purse more than it paid of it while another that paid of
/// it lacks some.
void audit_own(const rules::Presented& cleared, const LegsByPurse& old_legs,
               const LegsByPurse& new_legs, Claims& claims) {
    LegsByPurse paid{};
    for (const rules::Posting& line : cleared.postings) {
        paid[line.purse.value].debited.value -= line.amount.value;
    }
    bool more = false;
    bool less = false;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t given = new_legs[purse].credited.value - old_legs[purse].credited.value;
        const std::int64_t missing = old_legs[purse].debited.value - old_legs[purse].credited.value;
        const std::int64_t part = std::min(paid[purse].debited.value, missing);
        more = more || given > part;
        less = less || given < part;
    }
    claims.that(!more || !less, "it gives back to another purse than the one that paid");
}

Moved audit_legs(const Before& before, const Authorisation& was, const rules::Presented& event,
                 Claims& claims) {
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(event.after.legs);
    const std::int64_t billed = event.request.amounts.billing.value;
    const std::int64_t promised = event.after.promised.value - was.promised.value;
    Moved moved{.settlement = is_debit(event) ? billed : -billed,
                .exposure = event.recovered.value - event.exposure.value - promised,
                .promised = promised,
                .written_off = event.repaid.value,
                .disputed = is_debit(event) ? -event.owed_back.value
                                            : event.settled.value + event.owed_back.value};
    std::int64_t debited = 0;
    std::int64_t credited = 0;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t held = new_legs[purse].held.value - old_legs[purse].held.value;
        const std::int64_t taken = new_legs[purse].debited.value - old_legs[purse].debited.value;
        const std::int64_t given = new_legs[purse].credited.value - old_legs[purse].credited.value;
        claims.that(may_move(event, held, taken, given),
                    "it raises a hold, or takes back what was cleared");
        moved.held[purse] = held;
        moved.available[purse] = given - taken - held;
        debited += taken;
        credited += given;
    }
    if (takes_back(event)) audit_own(*before.takes_back, old_legs, new_legs, claims);
    const auto pays_first = before.state.at(event.account).pays_first();
    moved.available[pays_first.value] += event.unmatched.value;
    const std::int64_t beyond =
        event.owed_back.value + (is_debit(event) ? event.exposure.value
                                                 : event.recovered.value + event.repaid.value +
                                                       event.settled.value + event.unmatched.value);
    claims.equal("the amount billed", billed,
                 (is_debit(event) ? debited - credited : credited) + beyond);
    const bool may_do_both = event.request.kind == rules::PresentmentKind::second;
    claims.that(may_do_both || (is_debit(event) ? credited : debited) == 0,
                "it moves a leg's money the wrong way");
    return moved;
}

/// A credit goes to the exposure first, then to what was written off, and the holder has the rest.
void audit_order(const Before& before, const rules::Presented& event, Claims& claims) {
    if (is_debit(event)) return;
    const AmountMinor billed = event.request.amounts.billing;
    const AmountMinor matched =
        takes_back(event) ? std::min(billed, before.takes_back->request.amounts.billing) : billed;
    const std::int64_t borne = event.recovered.value + event.repaid.value;
    claims.that(event.repaid.value == 0 || event.after.exposure.value == 0,
                "it repays what was written off while an exposure is left");
    claims.that(borne == matched.value ||
                    (event.after.exposure.value == 0 && event.after.written_off.value == 0),
                "the programme bears what it should have made good");
    claims.that(borne + event.settled.value == matched.value || event.after.lent.value == 0,
                "the holder is paid what the programme lent");
}

/// A debit clears what is reserved first; the rest is freed with the last of them. A part of a
/// payment in another currency frees what its own part was held for beyond it.
void audit_freed(const Authorisation& was, const rules::Presented& event, Claims& claims) {
    const AmountMinor reserved = was.reserved();
    const bool in_parts = was.foreign.currency.value != 0 &&
                          was.foreign.currency == event.request.amounts.transaction_currency;
    if (clears(event) && in_parts) {
        claims.that(event.released.value >= 0 &&
                        event.released.value + event.after.reserved().value <= reserved.value,
                    "it frees more than was held");
        claims.that(!is_final(was, event) || event.after.reserved().value == 0,
                    "it was the last, and something is still held");
    } else {
        const AmountMinor cleared =
            clears(event) ? std::min(event.request.amounts.billing, reserved) : AmountMinor{0};
        const AmountMinor left{reserved.value - cleared.value};
        const AmountMinor released = is_final(was, event) ? left : AmountMinor{0};
        claims.equal("the amount released", event.released, released);
        claims.equal("the amount still held", event.after.reserved().value,
                     left.value - released.value);
    }
    if (is_final(was, event) || event.released.value > 0) {
        audit_uncounted(was, event.after, event.uncounted, claims);
    } else {
        claims.that(event.uncounted.amount.value == 0 && !event.uncounted.place &&
                        event.after.counted == was.counted,
                    "it gives back spending although nothing was released");
    }
}

/// How much of a debit is beyond what was authorised and its tolerance, and was not before.
std::int64_t beyond_tolerance(const Authorisation& was, const rules::Presented& event) {
    if (was.state == AuthorisationState::posted) return 0;
    const std::int64_t most = most_cleared(was.authorised(), was.tolerance).value;
    const std::int64_t before = std::max(most, was.cleared().value);
    return std::max<std::int64_t>(0, event.after.cleared().value - before);
}

/// The gravest of what staff must look at, from what the event says of itself.
void audit_exception(const Authorisation& was, const rules::Presented& event, Claims& claims) {
    const auto is = [&](ExceptionReason reason, std::int64_t amount) {
        return event.exception == rules::Exception{.reason = reason, .amount = {amount}};
    };
    const std::int64_t billed = event.request.amounts.billing.value;
    const std::int64_t beyond = clears(event) ? beyond_tolerance(was, event) : 0;
    const bool posted = was.state == AuthorisationState::posted;
    bool right = false;
    if (!is_debit(event)) {
        right = event.unmatched.value > 0
                    ? is(ExceptionReason::credit_unmatched, event.unmatched.value)
                : event.owed_back.value > 0
                    ? is(ExceptionReason::owed_to_network, event.owed_back.value)
                    : event.exception == rules::Exception{};
    } else if (!clears(event)) {
        const std::int64_t again = billed - event.owed_back.value;
        right = again > 0 ? is(ExceptionReason::presented_again, again)
                          : event.exception == rules::Exception{};
    } else if (was.finished) {
        right = is(ExceptionReason::presentment_after_final, billed);
    } else if (beyond > 0) {
        right = is(ExceptionReason::clearing_beyond_tolerance, beyond);
    } else if (event.exposure.value > 0 && was.promised.value == 0) {
        right =
            is(posted ? ExceptionReason::force_post_unfunded : ExceptionReason::clearing_unfunded,
               event.exposure.value);
    } else {
        right = event.exception == rules::Exception{} ||
                event.exception.reason == ExceptionReason::earmark_broken ||  // see audit_earmarks
                (posted && is(ExceptionReason::original_ambiguous, billed)) ||
                (event.exception.reason == ExceptionReason::clearing_unfunded &&
                 event.exception.amount <= event.exposure);
    }
    claims.that(right, "it raises another exception than its own, or none");
}

/// An announced refund of the purchase clears, and nothing else of it changes.
void audit_announced(const Before& before, const rules::Presented& event, Claims& claims) {
    if (!event.announced) return;
    claims.that(event.request.kind == rules::PresentmentKind::clearing,
                "a chargeback clears an announced refund");
    claims.that(before.announced != nullptr && !is_debit(event) && !takes_back(event),
                "it clears an announced refund that the events before do not have");
    if (!claims.hold()) return;
    Authorisation expected = *before.announced;
    claims.that(expected.account == event.account && expected.refunds == event.after.id,
                "it clears an announced refund of another purchase");
    expected.presented_credit.value += event.request.amounts.billing.value;
    if (event.request.final && expected.state == AuthorisationState::open) {
        expected.state = AuthorisationState::cleared;
    }
    claims.that(*event.announced == expected, "it changes more of an announced refund");
    claims.that(in_range(expected.presented_credit), "it credits an amount that cannot be");
}

/// A clearing was taken back that is not known, or was taken back before: nothing moves.
void audit_in_vain(const Before& before, const rules::Presented& event, Claims& claims) {
    const bool twice = before.taken_back_by.value != 0;
    claims.that(twice || before.takes_back == nullptr || !clears(*before.takes_back) ||
                    before.authorisation == nullptr,
                "it takes back nothing, although it names a clearing");
    claims.that(
        event.exception ==
            rules::Exception{.reason = twice ? ExceptionReason::presentment_reversed_twice
                                             : ExceptionReason::presentment_reversal_unmatched,
                             .amount = event.request.amounts.billing},
        "it raises another exception than its own");
    claims.that(event.recovered.value == 0 && event.repaid.value == 0 &&
                    event.unmatched.value == 0 && event.exposure.value == 0 &&
                    event.settled.value == 0 && event.owed_back.value == 0 &&
                    event.released.value == 0 && !event.announced && !event.dispute,
                "it moves nothing, and says that it did");
    audit_refused(event.postings, claims);
}

/// `after` with what only a presentment changes put back to what it was.
Authorisation but_for_parts(const Authorisation& was, Authorisation after) {
    after.written_off = was.written_off;
    after.lent = was.lent;
    after.charged_back = was.charged_back;
    after.owed_back = was.owed_back;
    return after;
}

void audit_posted(const Before& before, const rules::Stamp& stamp, const rules::Presented& event,
                  Claims& claims) {
    const Authorisation begun = begun_by(before, event, stamp);
    const bool begins = event.after.id == begun.id;
    claims.that(begins || before.authorisation != nullptr,
                "it changes an authorisation that the events before do not have");
    if (takes_back(event)) {
        claims.that(before.taken_back_by.value == 0, "it takes a clearing back a second time");
        claims.that(!begins && before.takes_back != nullptr && clears(*before.takes_back) &&
                        before.takes_back->after.id == event.after.id,
                    "it takes back a clearing that the events before do not have");
    }
    if (!claims.hold()) return;
    const Authorisation was = begins ? begun : *before.authorisation;
    audit_identity(before, event.account, was, but_for_parts(was, event.after), claims);
    if (!claims.hold()) return;
    audit_sums(was, event, claims);
    audit_tap(was, event.after, event.uncounted, false, claims);
    audit_announced(before, event, claims);
    if (before.knows_clearing()) audit_progress(before, was, event, claims);
    audit_freed(was, event, claims);
    audit_order(before, event, claims);
    audit_disputed(before, stamp, was, event, claims);
    const Moved moved = audit_legs(before, was, event, claims);
    audit_postings(before, event.account, event.postings, moved, claims);
    if (before.knows_clearing()) audit_exception(was, event, claims);
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::Presented& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    claims.that(before.applied.value == 0, "a presentment with its id was applied before");
    claims.that(event.request.amounts.billing.value > 0 && in_range(event.request.amounts.billing),
                "it clears an amount that cannot be");
    claims.that(!takes_back(event) || !is_debit(event), "a debit takes a clearing back");
    claims.that(takes_back(event) || !event.after.id.none(), "it clears, and changes nothing");
    if (!claims.hold()) return;
    if (event.after.id.none()) {
        audit_in_vain(before, event, claims);
    } else {
        audit_posted(before, stamp, event, claims);
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
