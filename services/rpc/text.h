#pragma once

#include <string>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"

/// The text forms of the RPC's fields and of what people read and type. Each form has one
/// spelling, so that writing and reading are each other's inverse. Pure; any thread.
///
/// Every `parse_` function answers `malformed` with `field` as given, for any other text.
namespace carecard::rpc {

/// "1-42": epoch and sequence. Empty for no authorisation.
[[nodiscard]] std::string to_text(const AuthorisationId& id);
/// Reads the form above, without leading zeros and both numbers above zero.
[[nodiscard]] Result<AuthorisationId> parse_authorisation_id(std::string_view text,
                                                             std::string_view field);

/// "2026-03-29". Days of the years 0 to 9999 only.
[[nodiscard]] std::string to_text(DayNumber day);
[[nodiscard]] Result<DayNumber> parse_day(std::string_view text, std::string_view field);

/// "2029-08"; empty for no month.
[[nodiscard]] std::string to_text(ExpiryMonth month);
/// Reads the form above; the years are 2000 to 2099.
[[nodiscard]] Result<ExpiryMonth> parse_expiry(std::string_view text, std::string_view field);
/// Reads the network's form YYMM (ISO 8583 field 14), of the years 2000 to 2099.
[[nodiscard]] Result<ExpiryMonth> parse_network_expiry(std::string_view text,
                                                       std::string_view field);

/// "2026-03-29T01:00:00Z", and "2026-03-29T01:00:00.000000001Z" when it is no whole second.
[[nodiscard]] std::string to_text(TimestampNs at);
/// Reads ISO 8601 in UTC, with no fraction or one of 1 to 9 digits.
[[nodiscard]] Result<TimestampNs> parse_timestamp(std::string_view text, std::string_view field);

/// The amount in major units for programs and files: "1234.56", "-0.05", "500" for JPY.
/// @param currency  one that `find_currency` knows; of another the amount is taken to have no
///                  decimal places.
[[nodiscard]] std::string amount_text(AmountMinor amount, CurrencyCode currency);

/// The amount for people: "£1,234.56", "-£0.05", and "1,234.56 EUR" for all but sterling.
[[nodiscard]] std::string money_text(AmountMinor amount, CurrencyCode currency);

/// Reads an amount in major units: an optional "-", digits, and at most as many decimal places as
/// the currency has. "12.5" of sterling is 1250. No separators and no sign of the currency.
/// @return `malformed` also outside ±`amount_minor_max` and for a currency that is not known.
[[nodiscard]] Result<AmountMinor> parse_amount(std::string_view text, CurrencyCode currency,
                                               std::string_view field);

/// "GBP"; empty when `find_currency` does not know the code.
[[nodiscard]] std::string_view to_text(CurrencyCode currency);
[[nodiscard]] Result<CurrencyCode> parse_currency(std::string_view text, std::string_view field);

}  // namespace carecard::rpc
