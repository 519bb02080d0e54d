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

/// How much of a payment in another currency `amount` of its billing is, in that currency.
[[nodiscard]] rules::Foreign foreign_of(const rules::TransactionAmounts& amounts,
                                        AmountMinor amount);

}  // namespace carecard::fsck
