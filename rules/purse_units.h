#pragma once

#include <optional>

#include "common/money.h"
#include "rules/command.h"

/// What hours of support come to, at the rate that was agreed with the provider.
namespace carecard::rules {

/// @param rate  of an hour, above zero.
/// @return the amount; nothing when it is no whole number of minor units.
[[nodiscard]] std::optional<AmountMinor> amount_of(UnitHundredths units, AmountMinor rate);

/// The nearest below and above that come to a whole number; the lower one may be zero.
struct NearestUnits {
    UnitHundredths below;
    UnitHundredths above;
};
[[nodiscard]] NearestUnits nearest_whole(UnitHundredths units, AmountMinor rate);

/// How much of an hour, and of hours, `amount` pays for, rounded down.
[[nodiscard]] std::int64_t hundredths_in(AmountMinor amount, AmountMinor rate);

/// "12.50"
[[nodiscard]] std::string text_of(UnitHundredths units);

}  // namespace carecard::rules
