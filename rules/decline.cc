#include "rules/decline.h"

#include "common/check.h"

namespace carecard::rules {

std::string_view name_of(DeclineReason reason) {
    using enum DeclineReason;
    switch (reason) {
        case none:
            return "none";
        case card_unknown:
            return "card_unknown";
        case reversed_before:
            return "reversed_before";
        case card_closed:
            return "card_closed";
        case card_frozen:
            return "card_frozen";
        case account_closed:
            return "account_closed";
        case account_suspended:
            return "account_suspended";
        case card_expired:
            return "card_expired";
        case expiry_mismatch:
            return "expiry_mismatch";
        case kind_not_supported:
            return "kind_not_supported";
        case currency_not_programme:
            return "currency_not_programme";
        case mcc_refused:
            return "mcc_refused";
        case mcc_not_allowed:
            return "mcc_not_allowed";
        case cash_not_agreed:
            return "cash_not_agreed";
        case cashback_not_agreed:
            return "cashback_not_agreed";
        case amount_over_single:
            return "amount_over_single";
        case amount_over_day:
            return "amount_over_day";
        case count_over_day:
            return "count_over_day";
        case amount_over_week:
            return "amount_over_week";
        case count_over_week:
            return "count_over_week";
        case amount_over_month:
            return "amount_over_month";
        case count_over_month:
            return "count_over_month";
        case funds_insufficient:
            return "funds_insufficient";
        case original_unmatched:
            return "original_unmatched";
        case kept_reversals_full:
            return "kept_reversals_full";
        case original_ambiguous:
            return "original_ambiguous";
        case reversal_exceeds_held:
            return "reversal_exceeds_held";
        case original_already_cleared:
            return "original_already_cleared";
        case original_closed:
            return "original_closed";
        case open_authorisations_full:
            return "open_authorisations_full";
        case original_of_other_card:
            return "original_of_other_card";
    }
    CHECK(false);
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
