#pragma once

#include <string>

#include "carecard/v1/admin.pb.h"
#include "common/money.h"
#include "common/result.h"

namespace CLI {
class App;
}

namespace carecard::cli {

/// Spending rules as people write them; empty is "not limited".
struct SpendingText {
    std::string allow;   ///< Merchant groups and codes separated by commas or spaces.
    std::string refuse;  ///< Likewise.
    std::string cash;    ///< "agreed", "refused" or empty.
    std::string single_max;
    std::string day_max;
    std::string week_max;
    std::string month_max;
    std::string day_count;
    std::string week_count;
    std::string month_count;
    std::string quasi_cash;   ///< As `cash`.
    std::string contactless;  ///< "off", "on" or empty.
    std::string contactless_single_max;
    std::string contactless_total_max;
    std::string contactless_count;
    std::string cash_single_max;
    std::string cash_day_max;
    std::string quasi_cash_single_max;
    std::string quasi_cash_day_max;
    std::string balance;  ///< "hidden", "shown" or empty.
};

/// Makes the rules.
/// @return `malformed` on the name of the member at fault, e.g. "day_max".
[[nodiscard]] Result<v1::SpendingRules> to_rules(const SpendingText& text, CurrencyCode currency);

/// Adds the options that fill `rules`, which must live as long as `command`.
void add_spending_options(CLI::App& command, SpendingText& rules);

}  // namespace carecard::cli
