#include "rules/decline.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/check.h"

namespace carecard::rules {

namespace {

/// By number.
constexpr std::array<std::string_view, decline_reason_last + 1> names{
    "none",
    "card_unknown",
    "card_closed",
    "card_frozen",
    "account_closed",
    "account_suspended",
    "card_expired",
    "expiry_mismatch",
    "kind_not_supported",
    "currency_not_programme",
    "mcc_refused",
    "mcc_not_allowed",
    "cash_not_agreed",
    "cashback_not_agreed",
    "amount_over_single",
    "amount_over_day",
    "count_over_day",
    "amount_over_week",
    "count_over_week",
    "amount_over_month",
    "count_over_month",
    "funds_insufficient",
    "original_unmatched",
    "original_ambiguous",
    "reversal_exceeds_held",
    "original_already_cleared",
    "original_closed",
    "open_authorisations_full",
    "reversed_before",
    "kept_reversals_full",
    "quasi_cash_not_agreed",
    "cash_over_single",
    "quasi_cash_over_single",
    "cash_over_day",
    "quasi_cash_over_day",
    "original_other_card",
    "contactless_off",
    "contactless_over_single",
    "contactless_needs_pin",
    "card_not_active",
    "card_lost",
    "card_stolen",
    "card_damaged",
    "card_replaced",
    "card_used",
    "purse_not_eligible",
    "funds_earmarked",
};
static_assert(std::ranges::none_of(names, &std::string_view::empty));

}  // namespace

std::string_view name_of(DeclineReason reason) {
    const auto number = static_cast<std::size_t>(reason);
    CHECK(number < names.size());
    return names[number];
}

std::string_view name_of(RuleLevel level) {
    using enum RuleLevel;
    switch (level) {
        case none:
            return "none";
        case programme:
            return "programme";
        case agreement:
            return "agreement";
        case account:
            return "account";
        case card:
            return "card";
        case ledger:
            return "ledger";
    }
    CHECK(false);
}

}  // namespace carecard::rules
