#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/money.h"
#include "common/result.h"
#include "common/secret.h"
#include "services/cli/csv_reader.h"
#include "services/cli/simulate/script.h"

namespace carecard::cli::simulate {

/// How to make a run of a council's published payments.
struct CouncilFileOptions {
    std::string programme;  ///< Chooses the cards' numbers, together with their references.
    std::optional<AmountMinor> monthly_load;  ///< Unset: exactly what the card's rows need.
};

/// What `carecard simulate --help` says of the file.
inline constexpr std::string_view council_file_help =
    "The input has a header line and the columns trans_date (YYYY-MM-DD), merchant_name, mcc,\n"
    "original_amount, original_currency, billing_amount, billing_currency, card_last4 and\n"
    "cost_centre; others are ignored. Amounts are decimal major units; negative is a refund, zero\n"
    "is skipped. Each (card_last4, cost_centre) becomes one account with one card. It may be\n"
    "compressed by gzip.";

/// Reads such a file, plain or gzip, and makes the run: one account and card for each (card_last4,
/// cost_centre), a load on the first of each month in which a card has positive rows. Rows in
/// foreign currencies keep both amounts. MCC 6010 and 6011 are cash.
///
/// @param token_key  makes the cards' tokens; the numbers are made here and not kept.
/// @return the run; the faults of `read_csv`; `malformed` naming row and column for a date, amount,
///         currency or card_last4 that is none, for amounts of opposite signs, for more rows than
///         `payment_rows_max`, for more accounts of one card_last4 than `test_card_serials`;
///         `malformed` on "file" when no row is left to play.
[[nodiscard]] Result<Script> read_council_file(const std::string& path,
                                               const CouncilFileOptions& options,
                                               const Secret& token_key);

/// The same for bytes in memory.
[[nodiscard]] Result<Script> parse_council_file(std::string_view bytes,
                                                const CouncilFileOptions& options,
                                                const Secret& token_key);

}  // namespace carecard::cli::simulate
