#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

using rules::AuthorisationState;
using rules::Earmark;

/// An event that may move what earmarks keep, in one form.
struct Told {
    AccountId account;
    AuthorisationId authorisation;
    rules::Acceptor payee;  ///< Empty when nothing is taken.
    const rules::Legs& legs;
    bool stays_open;
    bool is_paid;
    const rules::Postings& postings;
    const rules::EarmarkChanges& changes;
};

/// What one standing earmark has left and its authorisation holds of it, before and after.
struct Kept {
    const Earmark* earmark;
    std::int64_t left_before;
    std::int64_t used_before;
    std::int64_t left;
    std::int64_t used;
};

/// The council's own stand until they are paid.
bool stands(const Earmark& one, DayNumber today) { return one.payee.empty() || one.until >= today; }

std::int64_t used_of(const rules::Earmarks& earmarks, Sequence earmark,
                     const AuthorisationId& authorisation) {
    const auto found = std::ranges::find_if(earmarks.uses, [&](const rules::EarmarkUse& use) {
        return use.earmark == earmark && use.authorisation == authorisation;
    });
    return found == earmarks.uses.end() ? 0 : found->amount.value;
}

/// Held and cleared of a purse, by number.
std::map<PurseNumber, std::int64_t> stays(const rules::Legs& legs) {
    std::map<PurseNumber, std::int64_t> sums;
    for (const rules::Leg& leg : legs) sums[leg.purse] += leg.held.value + leg.debited.value;
    return sums;
}

/// What is taken of the available money of a purse, by number; below zero when some comes back.
std::map<PurseNumber, std::int64_t> taken(const rules::Postings& postings) {
    std::map<PurseNumber, std::int64_t> sums;
    for (const rules::Posting& line : postings) {
        if (line.account == rules::LedgerAccount::available) sums[line.purse] -= line.amount.value;
    }
    return sums;
}

/// What the authorisation itself gives back and takes.
std::vector<Kept> follow_authorisation(const rules::Earmarks& earmarks, const Told& told,
                                       DayNumber today) {
    auto legs = stays(told.legs);
    auto to_take = taken(told.postings);
    std::vector<Kept> all;
    for (const Earmark& one : earmarks.all) {
        if (!stands(one, today)) continue;
        const std::int64_t used = used_of(earmarks, one.set_by, told.authorisation);
        Kept kept{&one, one.left.value, used, one.left.value, used};
        const std::int64_t freed = std::max<std::int64_t>(0, used - legs[one.purse]);
        if (!told.is_paid) {
            kept.left += freed;
            kept.used -= freed;
            legs[one.purse] -= kept.used;
        }
        if (!told.payee.empty() && told.payee == one.payee) {
            const std::int64_t part = std::clamp<std::int64_t>(to_take[one.purse], 0, kept.left);
            to_take[one.purse] -= part;
            kept.left -= part;
            kept.used += part;
        }
        if (!told.stays_open) kept.used = 0;
        all.push_back(kept);
    }
    return all;
}

/// Lowers what is kept beyond what its purse has, those due last first. @return by how much.
std::int64_t break_into(std::vector<Kept>& all, const AccountCount& account, const Told& told) {
    auto moved = taken(told.postings);
    std::int64_t broken = 0;
    for (std::size_t index = all.size(); index-- > 0;) {
        const PurseNumber purse = all[index].earmark->purse;
        std::int64_t kept = 0;
        for (const Kept& one : all) {
            if (one.earmark->purse == purse) kept += one.left;
        }
        const std::int64_t there = account.purses[purse.value - 1U].available.value - moved[purse];
        const std::int64_t part = std::clamp<std::int64_t>(kept - there, 0, all[index].left);
        all[index].left -= part;
        broken += part;
    }
    return broken;
}

/// @return what was broken into.
AmountMinor audit_changes(const Before& before, const rules::Stamp& stamp, const Told& told,
                          Claims& claims) {
    const AccountCount& account = before.recount.at(told.account);
    const DayNumber today = local_day(before.state.offsets, stamp.now_ns);
    std::vector<Kept> all = follow_authorisation(account.earmarks, told, today);
    const std::int64_t broken = break_into(all, account, told);
    rules::EarmarkChanges expected;
    for (const Kept& one : all) {
        if (one.left == one.left_before && one.used == one.used_before) continue;
        expected.push_back(
            {.earmark = one.earmark->set_by, .left = {one.left}, .used = {one.used}});
    }
    claims.that(told.changes == expected,
                "it makes another thing of the earmarks than its money leads to");
    return {broken};
}

/// That what cannot be refused tells what was broken into, and its exception that or a graver
/// thing.
template <class Event>
void audit_broken(const Event& event, AmountMinor broken, Claims& claims) {
    const rules::Exception& exception = event.exception;
    const bool is_told = exception.reason == rules::ExceptionReason::earmark_broken;
    claims.equal("what it took of earmarks for others", event.broken, broken);
    claims.that(is_told ? broken.value > 0 && exception.amount == broken
                        : broken.value == 0 || exception.raised(),
                "it does not tell what it broke into of the earmarks");
}

/// What was declined, or takes nothing, leaves them alone.
bool leaves_alone(const rules::EarmarkChanges& changes, bool moves, Claims& claims) {
    claims.that(moves || changes.empty(), "it moves nothing, and changes an earmark");
    return !moves;
}

bool is_open(const rules::Authorisation& after) { return after.state == AuthorisationState::open; }

}  // namespace

void audit_earmarks(const Before& before, const rules::Stamp& stamp,
                    const rules::AuthorisationDecided& event, Claims& claims) {
    const bool takes = rules::flow_of(event.request.kind) == rules::Flow::takes;
    if (leaves_alone(event.earmarks, takes && !event.decline.declined(), claims)) return;
    const Told told{event.account,  event.id,      event.request.merchant.acceptor,
                    event.legs,     true,          false,
                    event.postings, event.earmarks};
    const AmountMinor broken = audit_changes(before, stamp, told, claims);
    claims.that(broken.value == 0, "it takes what is kept for others");
}

void audit_earmarks(const Before& before, const rules::Stamp& stamp,
                    const rules::HoldIncreased& event, Claims& claims) {
    if (leaves_alone(event.earmarks, !event.decline.declined(), claims)) return;
    const Told told{event.account,    event.after.id, event.request.merchant.acceptor,
                    event.after.legs, true,           false,
                    event.postings,   event.earmarks};
    const AmountMinor broken = audit_changes(before, stamp, told, claims);
    claims.that(broken.value == 0, "it takes what is kept for others");
}

void audit_earmarks(const Before& before, const rules::Stamp& stamp, const rules::Reversed& event,
                    Claims& claims) {
    if (leaves_alone(event.earmarks, !event.decline.declined(), claims)) return;
    const Told told{event.account,    event.after.id,       {},
                    event.after.legs, is_open(event.after), false,
                    event.postings,   event.earmarks};
    audit_changes(before, stamp, told, claims);
}

void audit_earmarks(const Before& before, const rules::Stamp& stamp,
                    const rules::HoldExpired& event, Claims& claims) {
    const Told told{event.account,    event.after.id,       {},
                    event.after.legs, is_open(event.after), false,
                    event.postings,   event.earmarks};
    audit_changes(before, stamp, told, claims);
}

void audit_earmarks(const Before& before, const rules::Stamp& stamp, const rules::Presented& event,
                    Claims& claims) {
    if (leaves_alone(event.earmarks, !event.after.id.none(), claims)) {
        return claims.equal("what it took of earmarks for others", event.broken, AmountMinor{});
    }
    const bool debit = event.request.direction == rules::Direction::debit;
    const Told told{event.account,
                    event.after.id,
                    debit ? event.request.merchant.acceptor : rules::Acceptor{},
                    event.after.legs,
                    is_open(event.after),
                    event.after.state == AuthorisationState::cleared,
                    event.postings,
                    event.earmarks};
    audit_broken(event, audit_changes(before, stamp, told, claims), claims);
}

void audit_earmarks(const Before& before, const rules::Stamp& stamp, const rules::Advised& event,
                    Claims& claims) {
    const Told told{event.account,    event.after.id,       event.request.merchant.acceptor,
                    event.after.legs, is_open(event.after), false,
                    event.postings,   event.earmarks};
    audit_broken(event, audit_changes(before, stamp, told, claims), claims);
}

AmountMinor kept_from(const AccountCount& account, PurseNumber purse, const rules::Acceptor& payee,
                      DayNumber today) {
    AmountMinor kept;
    for (const Earmark& one : account.earmarks.all) {
        const bool is_payee = !payee.empty() && payee == one.payee;
        if (one.purse == purse && !is_payee && stands(one, today)) kept.value += one.left.value;
    }
    return kept;
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::EarmarkSet& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const AccountCount& account = before.recount.at(event.account);
    const rules::SetEarmark& asked = event.request;
    claims.that(before.applied.value == 0, "an earmark of its reference was set before");
    claims.that(event.purse.value >= 1 && event.purse.value <= account.purses.size(),
                "it names a purse that the account does not have");
    if (!claims.hold()) return;
    claims.that(asked.purse.empty() ||
                    before.state.at(event.account).purse(event.purse).name == asked.purse,
                "it names another purse than it was asked for");
    claims.that(!account.purses[event.purse.value - 1U].over,
                "it keeps money of a purse that is over");
    claims.equal("its day", event.today, local_day(before.state.offsets, stamp.now_ns));
    claims.that(asked.until.value != 0 ? event.until == asked.until
                : asked.payee.empty()
                    ? event.until == asked.due
                    : event.until.value == std::min(asked.due.value + earmark_stays_days,
                                                    calendar_end_day.value - 1),
                "its last day is another than was asked for");
    claims.that(asked.due >= event.today && event.until >= asked.due, "its days are over");
    const auto standing = std::ranges::count_if(
        account.earmarks.all, [&](const Earmark& one) { return stands(one, event.today); });
    claims.that(static_cast<std::size_t>(standing) < earmarks_per_account_max,
                "its account has as many earmarks as it may");
    const std::int64_t kept = kept_from(account, event.purse, {}, event.today).value;
    const std::int64_t spendable = account.purses[event.purse.value - 1U].spendable().value;
    claims.that(asked.amount.value > 0 && asked.amount.value <= spendable - kept,
                "it keeps more than is free in its purse");
    claims.equal("what stays free in its purse", event.unearmarked.value,
                 spendable - kept - asked.amount.value);
    claims.equal("the amount available", event.available, account.available());
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::EarmarkWithdrawn& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    const AccountCount& account = before.recount.at(event.account);
    const DayNumber today = local_day(before.state.offsets, stamp.now_ns);
    const auto found = std::ranges::find(account.earmarks.all, event.earmark, &Earmark::set_by);
    claims.that(found != account.earmarks.all.end() && stands(*found, today) &&
                    found->reference == event.request.reference,
                "it withdraws an earmark that does not stand");
    if (!claims.hold()) return;
    claims.equal("what the earmark still kept", event.freed, found->left);
    claims.equal("the amount available", event.available, account.available());
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::EarmarkPaid& event,
           Claims& claims) {
    if (!account_is_known(before, event, claims)) return;
    const AccountCount& account = before.recount.at(event.account);
    const auto found =
        std::ranges::find(account.earmarks.all, event.request.earmark, &Earmark::set_by);
    claims.that(found != account.earmarks.all.end() && event.request.account == event.account,
                "it pays an earmark that is not there");
    if (!claims.hold()) return;
    claims.that(found->payee.empty(), "it pays what is kept for a payee");
    claims.that(found->purse == event.purse && found->reference == event.reference,
                "it names another earmark than it pays");
    claims.that(local_day(before.state.offsets, stamp.now_ns) >= found->due,
                "it pays an earmark before its day");
    if (!claims.hold()) return;
    const AmountMinor there = account.purses[event.purse.value - 1U].available;
    claims.equal("what is paid", event.amount, std::min(found->left, there));
    claims.equal("what was set aside", event.earmarked, found->amount);
    Moved moved{.settlement = event.amount.value};
    moved.available[event.purse.value] = -event.amount.value;
    audit_postings(before, event.account, event.postings, moved, claims);
    if (!claims.hold()) return;
    claims.equal("the amount available", event.available,
                 available_after(before, event.account, event.postings));
}

}  // namespace carecard::fsck
