#pragma once

#include "rules/authorisation.h"
#include "rules/event.h"
#include "services/fsck/audit_parts.h"

/// What the audits of events about an authorisation share. Not for other files.
namespace carecard::fsck {

/// Legs by purse, from 1; a purse without one has zeros.
using LegsByPurse = std::array<rules::Leg, purses_per_account_max + 1>;
/// @pre  `audit_form` has held.
[[nodiscard]] LegsByPurse by_purse(const rules::Legs& legs);

/// Whether a leg or a sum of an authorisation may be so much.
[[nodiscard]] bool in_range(AmountMinor amount);

/// Every purse once, every amount one that can be, nothing held by what is over.
/// @pre  its account is known.
void audit_form(const Before& before, const rules::Authorisation& after, Claims& claims);

/// That `after` is the account's, well formed, and the one that was, but for what an event may
/// change of it.
void audit_identity(const Before& before, AccountId account, const rules::Authorisation& was,
                    const rules::Authorisation& after, Claims& claims);

/// That spending is given back as far as it is neither held nor cleared any more, and its place
/// when nothing is left.
void audit_uncounted(const rules::Authorisation& was, const rules::Authorisation& after,
                     const rules::Uncounted& uncounted, Claims& claims);

/// That its tap is given back when the whole of it is, and otherwise stays.
void audit_tap(const rules::Authorisation& was, const rules::Authorisation& after,
               const rules::Uncounted& uncounted, bool whole, Claims& claims);

/// Whether it is a debit of a merchant's, and not its second presentment.
[[nodiscard]] inline bool clears(const rules::Presented& event) {
    return event.request.direction == rules::Direction::debit &&
           event.request.kind == rules::PresentmentKind::clearing;
}

/// What a second presentment undoes of what the network had paid.
[[nodiscard]] AmountMinor undone_by(const rules::Authorisation& was, const rules::Presented& event);

/// What was lent, paid by the network and kept for it; and the dispute of the payment.
void audit_disputed(const Before& before, const rules::Stamp& stamp,
                    const rules::Authorisation& was, const rules::Presented& event, Claims& claims);

/// How much of a payment in another currency `amount` of its billing is, in that currency.
[[nodiscard]] rules::Foreign foreign_of(const rules::TransactionAmounts& amounts,
                                        AmountMinor amount);

}  // namespace carecard::fsck
