#pragma once

#include "rules/state.h"

/// What must hold after every group, checked from outside the code that could break it, in
/// production, never compiled out. A breach is a bug: the process aborts and replays.
namespace carecard::rules {

/// Invariant: no purse's available or held is below zero, force posts included.
void check_no_purse_is_below_zero(const Account& account);

/// Invariant: what the purses hold is what the account's authorisations hold.
void check_holds_match_authorisations(const Account& account);

/// Invariant: a programme's trial balance sums to zero, and what is promised beyond holders' money
/// is a part of the exposure.
void check_ledger_sums_to_zero(const Programme& programme);

/// All of the above for one account and its programme.
void check_invariants(const State& state, AccountId account);

}  // namespace carecard::rules
