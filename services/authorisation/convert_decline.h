#pragma once

#include <string>
#include <string_view>

#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "rules/decline.h"

/// From a refusal in the core to the one that callers read. Pure; any thread.
namespace carecard::authorisation {

/// The stable name of the rule behind a reason, e.g. "day_amount_max": the same in a decline and
/// in its explanation. Never change one. Empty for `none`.
[[nodiscard]] std::string_view rule_of(rules::DeclineReason reason);

/// What limits an amount, a number of payments, or a window of local time: which of a decline's
/// numbers mean something.
[[nodiscard]] bool limits_amount(rules::DeclineReason reason);
[[nodiscard]] bool limits_count(rules::DeclineReason reason);
[[nodiscard]] bool has_window(rules::DeclineReason reason);

/// One plain English sentence: the refusal, and what to do about it, e.g. "This payment is more
/// than the £50.00 agreed for one payment."
/// @param currency  of the programme.
[[nodiscard]] std::string sentence_of(const rules::Decline& decline, CurrencyCode currency);

void to_response(const rules::Decline& decline, CurrencyCode currency, v1::Decline& response);

}  // namespace carecard::authorisation
