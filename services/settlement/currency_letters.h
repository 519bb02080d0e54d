#pragma once

#include <string>

#include "common/money.h"

namespace carecard::settlement {

/// The letters of an ISO 4217 code, or its three digits when it has none. Stands in batches: a
/// `CurrencyName`.
[[nodiscard]] std::string currency_letters(CurrencyCode code);

}  // namespace carecard::settlement
