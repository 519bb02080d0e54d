#include "services/fsck/audit.h"

#include <utility>
#include <variant>

#include "common/money.h"
#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

using rules::LedgerAccount;

bool is_amount(std::int64_t value) {
    return value >= -amount_minor_max.value && value <= amount_minor_max.value;
}

bool fits(AmountMinor balance, std::int64_t moved) {
    const auto sum = checked_add(balance, {moved});
    return sum && sum->value >= 0;
}

/// Whether the line names a purse of the account exactly when its ledger account has purses.
bool is_well_formed(const rules::Posting& line, std::size_t purses) {
    const bool of_a_purse = rules::names_purse(line.account);
    const bool names_one = line.purse.value >= 1 && line.purse.value <= purses;
    return (of_a_purse ? names_one : line.purse.value == 0) && is_amount(line.amount.value);
}

void add(Moved& moved, const rules::Posting& line) {
    switch (line.account) {
        case LedgerAccount::available:
            moved.available[line.purse.value] += line.amount.value;
            return;
        case LedgerAccount::held:
            moved.held[line.purse.value] += line.amount.value;
            return;
        case LedgerAccount::funding:
            moved.funding += line.amount.value;
            return;
        case LedgerAccount::settlement:
            moved.settlement += line.amount.value;
            return;
        case LedgerAccount::exposure:
            moved.exposure += line.amount.value;
            return;
        case LedgerAccount::fees:
            moved.fees += line.amount.value;
            return;
        case LedgerAccount::recovered:
            moved.recovered[line.purse.value] += line.amount.value;
            return;
        case LedgerAccount::promised:
            moved.promised += line.amount.value;
            return;
        case LedgerAccount::owed_to_person:
            moved.owed_to_person[line.purse.value] += line.amount.value;
            return;
        case LedgerAccount::written_off:
            moved.written_off += line.amount.value;
            return;
        case LedgerAccount::disputed:
            moved.disputed += line.amount.value;
            return;
    }
}

/// What comes back to a purse that is over leaves it at once.
Moved sent_on(const AccountCount& account, Moved moved) {
    for (std::size_t number = 1; number <= account.purses.size(); ++number) {
        const PurseCount& purse = account.purses[number - 1];
        if (!purse.over) continue;
        std::int64_t& leaves =
            purse.persons_own ? moved.owed_to_person[number] : moved.recovered[number];
        leaves += std::exchange(moved.available[number], 0);
    }
    return moved;
}

/// The epoch begins anew at a restore, and nowhere else.
void audit_stamp(const Before& before, const rules::Event& event, const rules::Stamp& stamp,
                 Claims& claims) {
    claims.equal("the sequence", stamp.sequence.value, before.state.last.value + 1);
    claims.that(stamp.now_ns >= before.state.last_ns,
                "it is stamped with an earlier time than the event before");
    const bool restored = std::holds_alternative<rules::Restored>(event);
    claims.that(restored || stamp.epoch == before.state.epoch,
                "it is of another epoch, and is no restore");
}

}  // namespace

void audit_postings(const Before& before, AccountId id, const rules::Postings& postings,
                    const Moved& expected, Claims& claims) {
    const AccountCount& account = before.recount.at(id);
    Moved moved;
    for (const rules::Posting& line : postings) {
        claims.that(is_well_formed(line, account.purses.size()),
                    "a posting names a purse that the account does not have");
        if (!claims.hold()) return;
        add(moved, line);
    }
    claims.that(sum_of(postings) == TotalMinor{0}, "its postings do not sum to zero");
    claims.that(moved == sent_on(account, expected),
                "its postings are not what the rest of it leads to");
    claims.that(fits(account.exposure, -moved.exposure), "the account's exposure is below zero");
    for (std::size_t purse = 1; purse <= account.purses.size(); ++purse) {
        const PurseCount& counted = account.purses[purse - 1];
        claims.that(fits(counted.available, moved.available[purse]) &&
                        fits(counted.held, moved.held[purse]),
                    "it takes a purse below zero");
    }
}

AmountMinor available_after(const Before& before, AccountId account,
                            const rules::Postings& postings) {
    AmountMinor sum = before.recount.at(account).available();
    for (const rules::Posting& line : postings) {
        if (line.account == LedgerAccount::available) sum.value += line.amount.value;
    }
    return sum;
}

std::optional<std::string> objection(const Before& before, const rules::Event& event,
                                     const rules::Stamp& stamp) {
    Claims claims;
    audit_stamp(before, event, stamp, claims);
    if (claims.hold()) {
        std::visit([&](const auto& fact) { audit(before, stamp, fact, claims); }, event);
    }
    if (claims.hold()) {
        std::visit([&](const auto& fact) { audit_earmarks(before, stamp, fact, claims); }, event);
    }
    return std::move(claims).why_not();
}

}  // namespace carecard::fsck
