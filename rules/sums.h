#pragma once

#include "common/check.h"
#include "common/money.h"

namespace carecard::rules {

/// Adds to a balance or a counter. What does not fit was refused by `decide`: it is a bug, and
/// aborts.
inline void add(AmountMinor& balance, AmountMinor amount) {
    const auto sum = checked_add(balance, amount);
    CHECK(sum.has_value());
    balance = *sum;
}

}  // namespace carecard::rules
