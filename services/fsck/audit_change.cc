#include <algorithm>

#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;
using rules::AuthorisationState;

/// The authorisation that a change is of. Null, and a claim fails, when none is known.
const Authorisation* known(const Before& before, Claims& claims) {
    claims.that(before.authorisation != nullptr,
                "it changes an authorisation that the events before do not have");
    return before.authorisation;
}

/// What a release moves: from held to available, purse by purse.
Moved release_of(const Authorisation& was, const Authorisation& after) {
    Moved moved;
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(after.legs);
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t freed = old_legs[purse].held.value - new_legs[purse].held.value;
        moved.held[purse] = -freed;
        moved.available[purse] = freed;
    }
    moved.promised = after.promised.value - was.promised.value;
    moved.exposure = -moved.promised;
    return moved;
}

/// That only holds fell: nothing was cleared or refunded.
void audit_only_released(const Authorisation& was, const Authorisation& after, Claims& claims) {
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(after.legs);
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        claims.that(new_legs[purse].held <= old_legs[purse].held &&
                        new_legs[purse].debited == old_legs[purse].debited &&
                        new_legs[purse].credited == old_legs[purse].credited,
                    "it does more to a leg than lower its hold");
    }
    claims.that(after.exposure == was.exposure && after.written_off == was.written_off &&
                    after.presented_debit == was.presented_debit &&
                    after.presented_credit == was.presented_credit &&
                    after.taken_back == was.taken_back && after.finished == was.finished &&
                    after.foreign.cleared == was.foreign.cleared,
                "it changes what was cleared");
    claims.that(after.promised <= was.promised, "it promises more");
}

/// What a release has in common, whoever asked for it. @return whether all held.
template <class Fact>
bool audit_release(const Before& before, const Fact& event, Claims& claims) {
    const Authorisation* const was = known(before, claims);
    if (was == nullptr) return false;
    const Authorisation& after = event.after;
    audit_identity(before, event.account, *was, after, claims);
    claims.that(after.approved == was->approved, "it changes what an authorisation keeps for ever");
    if (!claims.hold()) return false;
    audit_only_released(*was, after, claims);
    claims.equal("the amount released", event.released.value,
                 was->reserved().value - after.reserved().value);
    audit_uncounted(*was, after, event.uncounted, claims);
    audit_postings(before, event.account, event.postings, release_of(*was, after), claims);
    return claims.hold();
}

/// Which refusals staff must look at.
void audit_exception(const Before& before, const rules::Reversed& event, Claims& claims) {
    if (!before.knows_clearing()) return;
    using enum rules::DeclineReason;
    rules::ExceptionReason expected = rules::ExceptionReason::none;
    if (event.decline.reason == original_already_cleared) {
        expected = rules::ExceptionReason::reversal_after_clearing;
    } else if (event.decline.reason == original_unmatched ||
               event.decline.reason == original_ambiguous ||
               event.decline.reason == kept_reversals_full) {
        expected = rules::ExceptionReason::reversal_unmatched;
    }
    claims.that(event.exception.reason == expected, "it raises another exception than its own");
}

}  // namespace

void audit(const Before& before, const rules::Stamp&, const rules::Reversed& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    if (event.decline.declined()) {
        claims.that(event.after.id.none() && event.released.value == 0,
                    "it was declined, and changes an authorisation");
        audit_refused(event.postings, claims);
        audit_exception(before, event, claims);
    } else if (audit_release(before, event, claims)) {
        claims.that(!event.exception.raised(), "it raises an exception although it was done");
        const Authorisation& was = *before.authorisation;
        AuthorisationState state = was.state;
        if (state == AuthorisationState::open && event.after.reserved().value == 0) {
            state = was.presented_debit.value > 0 ? AuthorisationState::cleared
                                                  : AuthorisationState::reversed;
        }
        claims.that(event.after.state == state, "its authorisation ends in a wrong state");
        const bool whole = state == AuthorisationState::reversed;
        audit_tap(was, event.after, event.uncounted, whole, claims);
        claims.equal("the amount still held", event.after.reserved(), event.request.remaining);
        if (before.knows_clearing()) {
            const std::int64_t stays = was.cleared().value + event.request.remaining.value;
            claims.equal("what stays authorised", event.after.authorised().value,
                         std::min(was.authorised().value, stays));
        }
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::HoldExpired& event,
           Claims& claims) {
    if (!account_is_known(before, event, claims)) return;
    if (!audit_release(before, event, claims)) return;
    audit_tap(*before.authorisation, event.after, event.uncounted, false, claims);
    claims.that(before.authorisation->state == AuthorisationState::open &&
                    event.after.state == AuthorisationState::expired,
                "it ends a hold that was over, or leaves it open");
    claims.that(event.request.authorisation == event.after.id,
                "it ends another hold than it was asked to");
    if (before.knows_clearing()) {
        claims.that(event.after.approved == before.authorisation->approved &&
                        event.after.reversed == before.authorisation->reversed &&
                        event.after.foreign == before.authorisation->foreign,
                    "it changes what was authorised");
    }
    claims.that(before.authorisation->expires_ns <= stamp.now_ns, "it ends a hold before its time");
}

}  // namespace carecard::fsck
