#pragma once

#include <vector>

#include "tests/model/ledger.h"
#include "tests/model/payers.h"

/// A second opinion on how money moves between a payment and its purses.
namespace carecard::model {

/// Moves up to `amount` of a payment, purse by purse. @return what there was not.
long move(Payment& payment, Money& from, Money& to, const std::vector<Purse>& purses, long amount);
/// The same from what an account has, along a walk.
long take(Payment& payment, Money& to, const std::vector<Payer>& walk, long amount);
[[nodiscard]] long reserved(const Payment& payment);
/// Frees all but `remaining`: the programme's part, then from the purse that came last. @return
/// what was freed.
long release(Payment& payment, long remaining);
/// Gives each purse the whole pennies of its share of all that has come back, then the odd pennies
/// to the largest remainders. @return what no debit accounts for.
long give_back(Payment& payment, long amount);
/// Gives those who paid `own` what of it has not come back to them, in the same way. @return what
/// is left.
long give_back_own(Payment& payment, Money& own, long amount);

}  // namespace carecard::model
