#pragma once

#include <string>

#include "tests/model/asked.h"
#include "tests/model/ledger.h"

namespace carecard::model {

/// The first rule that a payment breaks, in words; empty when it breaks none.
[[nodiscard]] std::string broken_rule(const Ledger& ledger, const Offer& offer, const Card& card,
                                      long now, long left);

}  // namespace carecard::model
