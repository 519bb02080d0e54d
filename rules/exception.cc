#include "rules/exception.h"

#include "common/check.h"

namespace carecard::rules {

std::string_view name_of(ExceptionReason reason) {
    using enum ExceptionReason;
    switch (reason) {
        case none:
            return "none";
        case clearing_beyond_tolerance:
            return "clearing_beyond_tolerance";
        case clearing_unfunded:
            return "clearing_unfunded";
        case force_post_unfunded:
            return "force_post_unfunded";
        case presentment_after_final:
            return "presentment_after_final";
        case credit_unmatched:
            return "credit_unmatched";
        case presentment_reversal_unmatched:
            return "presentment_reversal_unmatched";
        case presentment_reversed_twice:
            return "presentment_reversed_twice";
        case advice_unfunded:
            return "advice_unfunded";
        case advice_after_release:
            return "advice_after_release";
        case reversal_after_clearing:
            return "reversal_after_clearing";
        case reversal_unmatched:
            return "reversal_unmatched";
        case original_ambiguous:
            return "original_ambiguous";
        case earmark_broken:
            return "earmark_broken";
        case owed_to_network:
            return "owed_to_network";
        case presented_again:
            return "presented_again";
        case dispute_unfunded:
            return "dispute_unfunded";
    }
    CHECK(false);
}

}  // namespace carecard::rules
