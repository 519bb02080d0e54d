#pragma once

#include <string>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "common/money.h"
#include "common/result.h"

namespace carecard::cli {

/// How far clearings may exceed what was approved, as people write it; empty is what the scheme
/// publishes.
struct ToleranceText {
    /// Each "MCC[-MCC]=PERCENT[,AMOUNT][:estimated|:card-absent]", e.g. "7512-7513=15,60.00": 15 %
    /// or 60.00, whichever is more. Percentages have at most two decimals.
    std::vector<std::string> rules;
    std::string foreign_percent;  ///< For the rate of a payment in another currency.
};

/// Makes the rules.
/// @return `malformed` on "tolerance" or "foreign_tolerance" for what is not of its form. Whether
///         codes and ranges are right is for the service to say.
[[nodiscard]] Result<v1::ToleranceRules> to_tolerance(const ToleranceText& text,
                                                      CurrencyCode currency);

}  // namespace carecard::cli
