#include <algorithm>

#include "common/limits.h"
#include "services/fsck/audit_authorisation.h"

namespace carecard::fsck {
namespace {

using rules::Authorisation;
using rules::Dispute;
using rules::DisputeState;
using rules::PresentmentKind;

/// The open dispute of a payment; null when there is none.
const Dispute* dispute_of(const Before& before, AccountId account, const AuthorisationId& id) {
    const auto& open = before.recount.at(account).disputes;
    const auto found = std::ranges::find(open, id, &Dispute::authorisation);
    return found == open.end() ? nullptr : &*found;
}

/// What was taken from purses and has not come back to them.
std::int64_t not_back(const Authorisation& one) {
    std::int64_t sum = 0;
    for (const rules::Leg& leg : one.legs) sum += leg.debited.value - leg.credited.value;
    return sum;
}

/// What the events before and this one make of the dispute; nothing when it changes none.
std::optional<Dispute> dispute_after(const Before& before, const rules::Stamp& stamp,
                                     const Authorisation& was, const rules::Presented& event) {
    const Dispute* const open = dispute_of(before, event.account, event.after.id);
    if (event.request.direction == rules::Direction::credit) {
        const std::int64_t came =
            event.request.amounts.billing.value - event.unmatched.value - event.owed_back.value;
        if (open == nullptr || came == 0) return std::nullopt;
        Dispute less = *open;
        less.due.value =
            std::max({std::int64_t{0}, open->due.value - came, event.after.lent.value});
        return less;
    }
    const AmountMinor undone = undone_by(was, event);
    if (undone.value == 0) return std::nullopt;
    if (open != nullptr) {
        Dispute more = *open;
        more.state = DisputeState::presented_again;
        more.due.value += undone.value;
        return more;
    }
    if (before.recount.at(event.account).disputes.size() >= disputes_per_account_max) {
        return std::nullopt;
    }
    return Dispute{.opened = stamp.sequence,
                   .authorisation = event.after.id,
                   .category = rules::DisputeCategory::none,
                   .state = DisputeState::presented_again,
                   .amount = undone,
                   .due = undone};
}

/// What the legs' credits have risen by, or fallen, as the money that it moves; and that nothing
/// else of the authorisation has changed, but for what `expected` says.
Moved audit_credits(const Authorisation& was, const Authorisation& after, Authorisation expected,
                    Claims& claims) {
    expected.legs = after.legs;
    claims.that(after == expected, "it changes more of its authorisation than a dispute may");
    const LegsByPurse old_legs = by_purse(was.legs);
    const LegsByPurse new_legs = by_purse(after.legs);
    Moved moved;
    for (std::size_t purse = 1; purse < new_legs.size(); ++purse) {
        claims.that(new_legs[purse].held == old_legs[purse].held &&
                        new_legs[purse].debited == old_legs[purse].debited &&
                        new_legs[purse].credited <= new_legs[purse].debited,
                    "it does more to a leg than credit it or take that back");
        moved.available[purse] = new_legs[purse].credited.value - old_legs[purse].credited.value;
    }
    return moved;
}

std::int64_t sum_of(const Moved& moved) {
    std::int64_t sum = 0;
    for (const std::int64_t amount : moved.available) sum += amount;
    return sum;
}

template <class Event>
const Authorisation* authorisation_of(const Before& before, const Event& event, Claims& claims) {
    const Authorisation* const was = before.authorisation;
    const bool same = was != nullptr && was->account == event.account &&
                      event.after.id == event.request.authorisation &&
                      event.dispute.authorisation == event.request.authorisation;
    claims.that(same, "it changes another authorisation than it is about");
    if (!same) return nullptr;
    audit_form(before, event.after, claims);
    return claims.hold() ? was : nullptr;
}

void audit_won(const Dispute& open, const Authorisation& was, const rules::DisputeClosed& event,
               Claims& claims) {
    Dispute won = open;
    won.state = DisputeState::won;
    claims.that(open.state != DisputeState::won && event.dispute == won,
                "it was won before, or changes more of its dispute");
    claims.that(event.after == was && event.postings.empty() && event.taken.value == 0 &&
                    event.exposure.value == 0 && event.exception == rules::Exception{},
                "it was won, and moves money");
}

/// What of the purse may be spent, and no earmark keeps.
std::int64_t free_of(const Before& before, AccountId id, PurseNumber purse, DayNumber today) {
    const AccountCount& account = before.recount.at(id);
    const std::int64_t kept = kept_from(account, purse, {}, today).value;
    const std::int64_t spendable = account.purses[purse.value - 1U].spendable().value;
    return std::max<std::int64_t>(0, spendable - kept);
}

void audit_lost(const Before& before, const rules::Stamp& stamp, const Dispute& open,
                const Authorisation& was, const rules::DisputeClosed& event, Claims& claims) {
    Dispute over = open;
    over.due = {};
    claims.that(event.dispute == over, "it leaves a dispute open that was lost or withdrawn");
    claims.that(event.taken.value >= 0 && event.exposure.value >= 0, "a part of it is below zero");
    claims.equal("what was lent", was.lent.value, event.taken.value + event.exposure.value);
    Authorisation expected = was;
    expected.lent = {};
    expected.exposure.value += event.exposure.value;
    Moved moved = audit_credits(was, event.after, expected, claims);
    claims.that(std::ranges::none_of(moved.available, [](auto part) { return part > 0; }),
                "it credits a purse with what it takes from another");
    claims.equal("the amount taken back", event.taken.value, -sum_of(moved));
    const DayNumber today = local_day(before.state.offsets, stamp.now_ns);
    bool emptied = false;
    for (const rules::Leg& leg : was.legs) {
        const std::int64_t part = -moved.available[leg.purse.value];
        const std::int64_t free = free_of(before, event.account, leg.purse, today);
        claims.that(part == 0 || part <= free,
                    "it takes back what may not be spent, or is kept for a payee");
        emptied = emptied || (leg.credited.value > part && part == free);
    }
    claims.that(event.exposure.value == 0 || emptied,
                "it leaves in the purses what it could have taken back");
    moved.exposure = -event.exposure.value;
    moved.disputed = was.lent.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    rules::Exception told;
    if (event.exposure.value > 0) {
        told = {.reason = rules::ExceptionReason::dispute_unfunded, .amount = event.exposure};
    }
    claims.that(event.exception == told, "it raises another exception than its own, or none");
}

}  // namespace

AmountMinor undone_by(const Authorisation& was, const rules::Presented& event) {
    if (event.request.kind != PresentmentKind::second) return {};
    const std::int64_t again = event.request.amounts.billing.value - event.owed_back.value;
    return {std::min(again, was.charged_back.value - event.owed_back.value)};
}

void audit_disputed(const Before& before, const rules::Stamp& stamp, const Authorisation& was,
                    const rules::Presented& event, Claims& claims) {
    const AmountMinor billed = event.request.amounts.billing;
    const bool credit = event.request.direction == rules::Direction::credit;
    std::int64_t charged_back = was.charged_back.value;
    if (event.request.kind == PresentmentKind::chargeback) charged_back += billed.value;
    if (event.request.kind == PresentmentKind::second) {
        claims.equal("what the network has back", event.owed_back, std::min(billed, was.owed_back));
        charged_back -= event.owed_back.value + undone_by(was, event).value;
    }
    claims.that(
        credit || event.owed_back.value == 0 || event.request.kind == PresentmentKind::second,
        "the network has back what it did not ask for");
    claims.equal("what the network paid", event.after.charged_back.value, charged_back);
    claims.equal("what is lent", event.after.lent.value, was.lent.value - event.settled.value);
    claims.equal("what is kept for the network", event.after.owed_back.value,
                 was.owed_back.value + (credit ? event.owed_back.value : -event.owed_back.value));
    claims.that(event.after.lent.value >= 0 && event.after.owed_back.value >= 0 &&
                    event.after.owed_back <= event.after.charged_back,
                "it repays more than was lent, or keeps more than the network paid");
    claims.that(
        event.unmatched.value == 0 || !credit || event.after.owed_back == event.after.charged_back,
        "the holder is given what is owed to the network");
    claims.that(event.dispute == dispute_after(before, stamp, was, event),
                "it makes another thing of the dispute of its payment");
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::DisputeOpened& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const Authorisation* const was = authorisation_of(before, event, claims);
    if (was == nullptr) return;
    const rules::OpenDispute& asked = event.request;
    const std::int64_t borne = was->exposure.value + was->written_off.value;
    claims.that(asked.amount.value > 0 && asked.amount.value <= borne + not_back(*was),
                "it disputes more than was taken and is not back");
    claims.that(dispute_of(before, event.account, asked.authorisation) == nullptr &&
                    before.recount.at(event.account).disputes.size() < disputes_per_account_max,
                "a dispute of its payment is open already, or too many are");
    const std::int64_t holders = std::max<std::int64_t>(0, asked.amount.value - borne);
    claims.equal("what is lent", event.lent.value, asked.provisional ? holders : 0);
    const Dispute begun{.opened = stamp.sequence,
                        .authorisation = asked.authorisation,
                        .category = asked.category,
                        .state = event.lent.value > 0 ? DisputeState::credited : DisputeState::open,
                        .amount = asked.amount,
                        .due = asked.amount};
    claims.that(event.dispute == begun, "it opens another dispute than was asked for");
    Authorisation expected = *was;
    expected.lent.value += event.lent.value;
    Moved moved = audit_credits(*was, event.after, expected, claims);
    claims.that(std::ranges::none_of(moved.available, [](auto part) { return part < 0; }),
                "it takes from a purse what it credits to another");
    claims.equal("what is credited", event.lent.value, sum_of(moved));
    moved.disputed = -event.lent.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::DisputeClosed& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const Dispute* const open = dispute_of(before, event.account, event.request.authorisation);
    claims.that(open != nullptr, "it closes a dispute that is not open");
    const Authorisation* const was = authorisation_of(before, event, claims);
    if (open == nullptr || was == nullptr) return;
    if (event.request.outcome == rules::DisputeOutcome::won) {
        audit_won(*open, *was, event, claims);
    } else {
        audit_lost(before, stamp, *open, *was, event, claims);
    }
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
