#include <algorithm>

#include "common/limits.h"
#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;
using rules::Resolution;
using rules::ResolutionKind;

/// The open proposal that an event is about. Null, and a claim fails, when there is none.
const Resolution* proposal_of(const Before& before, AccountId account, Sequence proposal,
                              Claims& claims) {
    const auto& open = before.recount.at(account).proposals;
    const auto found = std::ranges::find(open, proposal, &Resolution::proposed);
    claims.that(found != open.end(), "it is about a proposal that is not open");
    return found == open.end() ? nullptr : &*found;
}

/// What the proposal's authorisation was. Null, and a claim fails, when it is not the event's.
const Authorisation* authorisation_of(const Before& before, AccountId account,
                                      const Resolution& proposal, const AuthorisationId& after,
                                      Claims& claims) {
    const Authorisation* const was = before.authorisation;
    const bool same = was != nullptr && was->account == account &&
                      was->id == proposal.authorisation && after == proposal.authorisation;
    claims.that(same, "it changes another authorisation than its proposal is about");
    return same ? was : nullptr;
}

/// No purse is touched: only the exposure falls.
void audit_write_off(const Before& before, const Authorisation& was,
                     const rules::ResolutionDecided& event, Claims& claims) {
    Authorisation expected = was;
    expected.exposure.value -= event.amount.value;
    expected.written_off.value += event.amount.value;
    claims.that(event.after == expected,
                "it changes more of its authorisation than the exposure that is written off");
    audit_postings(before, event.account, event.postings,
                   {.exposure = event.amount.value, .written_off = -event.amount.value}, claims);
}

/// What a purse has that no earmark keeps.
AmountMinor free_in(const AccountCount& account, PurseNumber purse, DayNumber today) {
    const AmountMinor available = account.purses[purse.value - 1U].available;
    const AmountMinor kept = kept_from(account, purse, {}, today);
    return {std::max<std::int64_t>(0, available.value - kept.value)};
}

AmountMinor free_in(const AccountCount& account, DayNumber today) {
    AmountMinor sum;
    for (std::size_t purse = 1; purse <= account.purses.size(); ++purse) {
        sum.value += free_in(account, {static_cast<std::uint8_t>(purse)}, today).value;
    }
    return sum;
}

/// What was taken from each purse, which the legs of the authorisation state as well.
Moved taken_from(const Authorisation& was, const rules::ExposureRecovered& event, Claims& claims) {
    Moved moved{.exposure = event.amount.value};
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(event.after.legs);
    std::int64_t taken = 0;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        const std::int64_t part = new_legs[purse].debited.value - old_legs[purse].debited.value;
        claims.that(part >= 0 && new_legs[purse].held == old_legs[purse].held &&
                        new_legs[purse].credited == old_legs[purse].credited,
                    "it does more to a leg than take from its purse");
        moved.available[purse] = -part;
        taken += part;
    }
    claims.equal("the amount recovered", event.amount.value, taken);
    return moved;
}

}  // namespace

void audit(const Before& before, const rules::Stamp& stamp, const rules::ResolutionProposed& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const rules::ProposeResolution& asked = event.request;
    const Authorisation* const known = before.authorisation;
    claims.that(known != nullptr && known->account == event.account,
                "it is about an authorisation that the account does not have");
    if (!claims.hold()) return;
    claims.equal("the exposure", event.exposure, known->exposure);
    claims.that(asked.amount.value > 0 && asked.amount <= known->exposure,
                "it proposes more than the programme bears");
    const DayNumber today = local_day(before.state.offsets, stamp.now_ns);
    claims.that(asked.kind == ResolutionKind::recovery
                    ? asked.notice_until.value >= today.value + resolution_notice_days_min
                    : asked.notice_until.value == 0,
                "it gives too short a notice, or one for a write-off");
    const auto& open = before.recount.at(event.account).proposals;
    claims.that(
        open.size() < resolutions_per_account_max &&
            std::ranges::find(open, asked.authorisation, &Resolution::authorisation) == open.end(),
        "a proposal about its authorisation is open already, or too many are");
}

void audit(const Before& before, const rules::Stamp&, const rules::ResolutionDecided& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const Resolution* const open =
        proposal_of(before, event.account, event.request.proposal, claims);
    if (open == nullptr) return;
    claims.that(event.request.request.caller != open->proposed_by,
                "one person proposed it and decided about it");
    claims.that(event.kind == open->kind && event.authorisation == open->authorisation,
                "it says another thing than its proposal");
    if (!claims.hold()) return;
    if (!event.request.approve) {
        claims.that(event.amount.value == 0 && event.after.id.none() && event.postings.empty(),
                    "it was rejected, and changes something");
        return;
    }
    claims.that(!open->approved(), "it approves what was approved before");
    const Authorisation* const was =
        authorisation_of(before, event.account, *open, event.after.id, claims);
    if (was == nullptr || !claims.hold()) return;
    claims.equal("the amount resolved", event.amount, std::min(open->amount, was->exposure));
    claims.that(event.amount.value > 0, "it approves nothing");
    if (!claims.hold()) return;
    if (open->kind == ResolutionKind::write_off) {
        audit_write_off(before, *was, event, claims);
    } else {
        claims.that(event.after == *was && event.postings.empty(),
                    "it takes money before the notice is over");
    }
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::ExposureRecovered& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const Resolution* const open =
        proposal_of(before, event.account, event.request.proposal, claims);
    if (open == nullptr) return;
    claims.that(open->kind == ResolutionKind::recovery && open->approved(),
                "it recovers what two people have not agreed to recover");
    claims.that(local_day(before.state.offsets, stamp.now_ns) >= open->notice_until,
                "it takes money before the notice is over");
    const Authorisation* const was =
        authorisation_of(before, event.account, *open, event.after.id, claims);
    if (was == nullptr || !claims.hold()) return;
    audit_form(before, event.after, claims);
    const AmountMinor due = std::min(open->amount, was->exposure);
    const AccountCount& account = before.recount.at(event.account);
    const DayNumber today = local_day(before.state.offsets, stamp.now_ns);
    const AmountMinor most = std::min(due, free_in(account, today));
    claims.equal("the amount recovered", event.amount, most);
    claims.that(most.value > 0, "it recovers nothing");
    Authorisation expected = *was;
    expected.exposure.value -= event.amount.value;
    expected.legs = event.after.legs;
    claims.that(event.after == expected,
                "it changes more of its authorisation than its exposure and legs");
    if (!claims.hold()) return;
    const Moved moved = taken_from(*was, event, claims);
    for (std::size_t purse = 1; purse <= account.purses.size(); ++purse) {
        const PurseNumber number{static_cast<std::uint8_t>(purse)};
        claims.that(-moved.available[purse] <= free_in(account, number, today).value,
                    "it takes what is kept for others");
    }
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
