#include "rules/event.h"
#include "services/fsck/audit_parts.h"

namespace carecard::fsck {

std::optional<rules::ReversedBefore> reversals_met(const Before& before, const rules::Stamp& stamp,
                                                   AccountId account, const rules::Request& request,
                                                   const rules::NetworkIdentity& identity) {
    std::optional<rules::ReversedBefore> met;
    for (const rules::KeptReversal& kept : before.recount.at(account).kept) {
        if (kept.until_ns <= stamp.now_ns) continue;
        if (!rules::names_payment(kept.original, request, identity)) continue;
        if (!met) met.emplace(rules::ReversedBefore{.remaining = kept.remaining});
        met->remaining = std::min(met->remaining, kept.remaining);
        met->kept_by.push_back(kept.kept_by);
    }
    return met;
}

void audit(const Before& before, const rules::Stamp& stamp, const rules::ReversalKept& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    const AccountCount& account = before.recount.at(event.account);
    claims.equal("the event that keeps it", event.kept.kept_by, stamp.sequence);
    claims.equal("the end of its time", event.kept.until_ns,
                 stamp.now_ns + kept_reversal_lifetime_max);
    claims.that(rules::full_names_of(event.request.original) == event.kept.original,
                "it waits for another payment than its request names");
    Sequence replaced;
    AmountMinor least = event.request.remaining;
    std::size_t waiting = 0;
    for (const rules::KeptReversal& kept : account.kept) {
        if (kept.until_ns <= stamp.now_ns) continue;
        ++waiting;
        if (kept.original != event.kept.original) continue;
        replaced = kept.kept_by;
        least = std::min(least, kept.remaining);
    }
    claims.equal("the reversal that it replaces", event.replaces, replaced);
    claims.equal("what it lets remain", event.kept.remaining, least);
    claims.that(replaced.value != 0 || waiting < kept_reversals_per_account_max,
                "its account keeps as many reversals as it may");
    claims.equal("the amount available", event.available, account.available());
}

}  // namespace carecard::fsck
