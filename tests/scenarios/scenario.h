#pragma once

#include <string>
#include <vector>

#include "common/money.h"
#include "common/result.h"
#include "common/time.h"
#include "tests/scenarios/acts.h"
#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {

/// The first columns of every table, in this order; balances follow.
inline constexpr std::size_t message_columns = 6;
inline constexpr std::size_t answer_column = 5;

/// Which amount of the account a column shows.
enum class Figure : unsigned char { available, held, exposure };

struct BalanceColumn {
    std::string title;
    std::string purse;  ///< Empty for the exposure, which is the account's.
    Figure figure = Figure::available;
};

/// One row, ready to be played.
struct Step {
    std::size_t row = 0;  ///< Its place in `Sheet::rows`.
    TimestampNs at;
    Act act;
    std::vector<std::string> answer;    ///< The phrases expected.
    std::vector<AmountMinor> balances;  ///< Expected, one for each balance column.
};

/// A file that is understood: everything is known but what the service will say.
struct Scenario {
    Sheet sheet;
    v1::AccountName account;
    std::vector<std::string> purses;  ///< In the order in which they are opened.
    TimestampNs starts;
    std::vector<Opening> opening;
    std::vector<BalanceColumn> columns;
    std::vector<Step> steps;  ///< In the order of time.
};

/// Understands a file's text.
///
/// @param file    its name; names the account too.
/// @param number  another one for each scenario that meets the same service.
/// @return `malformed`, with "FILE:LINE" as its field, for anything that README.md does not allow.
[[nodiscard]] Result<Scenario> read_scenario(const std::string& file, const std::string& text,
                                             unsigned number);

}  // namespace carecard::scenarios
