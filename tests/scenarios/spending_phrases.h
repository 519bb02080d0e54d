#pragma once

#include <cstdint>
#include <string>

#include "carecard/v1/admin.pb.h"
#include "common/result.h"
#include "tests/scenarios/phrases.h"

namespace carecard::scenarios {

/// Takes the phrases that say how a card may be spent: "£50.00 a payment", "£100.00 a week",
/// "3 payments a day", "only at groceries", "never at 7995", "cash agreed".
/// @return `malformed`, without a place, for a phrase whose number or amount cannot be read.
[[nodiscard]] Result<Done> read_rules(Phrases& phrases, v1::SpendingRules& rules);

/// Reads "7 days", or "7" when `unit` is empty.
[[nodiscard]] Result<std::uint32_t> parse_count(const std::string& text, const std::string& unit);

}  // namespace carecard::scenarios
