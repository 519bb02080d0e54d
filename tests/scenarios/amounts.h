#pragma once

#include <string>
#include <string_view>

#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "common/result.h"
#include "services/rpc/wire.h"

namespace carecard::scenarios {

/// What a payment costs: in the merchant's currency, and in the card's.
struct PricePair {
    rpc::Price transaction;
    rpc::Price billing;
};

/// Reads "£1,234.56" and "50.00 EUR": the spelling in which the service shows money.
[[nodiscard]] Result<rpc::Price> parse_price(std::string_view text);

/// As above, pounds only.
[[nodiscard]] Result<AmountMinor> parse_pounds(std::string_view text);

/// Reads one amount for both, or "50.00 EUR = £43.12".
[[nodiscard]] Result<PricePair> parse_prices(std::string_view text);

/// "£1,234.56".
[[nodiscard]] std::string pounds(AmountMinor amount);
[[nodiscard]] std::string text_of(const v1::Money& money);
[[nodiscard]] v1::Money in_pounds(AmountMinor amount);

}  // namespace carecard::scenarios
