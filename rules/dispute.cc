#include "rules/dispute.h"

#include "common/check.h"

namespace carecard::rules {

std::string_view name_of(DisputeCategory category) {
    switch (category) {
        case DisputeCategory::none:
            return "none";
        case DisputeCategory::not_recognised:
            return "not_recognised";
        case DisputeCategory::duplicate:
            return "duplicate";
        case DisputeCategory::wrong_amount:
            return "wrong_amount";
        case DisputeCategory::not_received:
            return "not_received";
        case DisputeCategory::refund_not_processed:
            return "refund_not_processed";
        case DisputeCategory::cash_not_dispensed:
            return "cash_not_dispensed";
    }
    CHECK(false);
}

std::string_view name_of(DisputeOutcome outcome) {
    switch (outcome) {
        case DisputeOutcome::won:
            return "won";
        case DisputeOutcome::lost:
            return "lost";
        case DisputeOutcome::withdrawn:
            return "withdrawn";
    }
    CHECK(false);
}

std::string_view name_of(DisputeState state) {
    switch (state) {
        case DisputeState::open:
            return "open";
        case DisputeState::credited:
            return "credited";
        case DisputeState::won:
            return "won";
        case DisputeState::presented_again:
            return "presented_again";
    }
    CHECK(false);
}

}  // namespace carecard::rules
