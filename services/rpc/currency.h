#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/money.h"

namespace carecard::rpc {

enum class CurrencyUse : std::uint8_t {
    active,     ///< Legal tender somewhere.
    withdrawn,  ///< No longer, but payments of its time carry it.
};

/// One currency of ISO 4217.
struct Currency {
    std::string_view alpha;         ///< Three capitals, e.g. "GBP".
    CurrencyCode code;              ///< The numeric code, e.g. 826.
    std::uint8_t minor_digits = 0;  ///< Decimal places of the minor unit: 2 for GBP, 0 for JPY.
    CurrencyUse use = CurrencyUse::active;
};

/// Every currency that money can be counted in: all active ones and those withdrawn since 1999.
/// Metals, units of account and test codes have no minor unit and are left out. By `alpha`.
/// Lives as long as the program.
[[nodiscard]] std::span<const Currency> currencies();

/// The currency with this alphabetic or numeric code; null when there is none. A numeric code
/// that a successor took over (532) is the active currency's. Allocates nothing; any thread.
[[nodiscard]] const Currency* find_currency(std::string_view alpha);
[[nodiscard]] const Currency* find_currency(CurrencyCode code);

}  // namespace carecard::rpc
