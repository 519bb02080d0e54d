#include "rules/resolution.h"

#include "common/check.h"

namespace carecard::rules {

std::string_view name_of(ResolutionKind kind) {
    switch (kind) {
        case ResolutionKind::write_off:
            return "write_off";
        case ResolutionKind::recovery:
            return "recovery";
    }
    CHECK(false);
}

Resolution resolution_of(const ResolutionProposed& event, Sequence proposed) {
    return {.proposed = proposed,
            .authorisation = event.request.authorisation,
            .kind = event.request.kind,
            .amount = event.request.amount,
            .notice_until = event.request.notice_until,
            .proposed_by = event.request.request.caller,
            .approved_by = {}};
}

std::optional<Resolution> after(const Resolution& open, const ResolutionDecided& event) {
    if (!event.request.approve || open.kind == ResolutionKind::write_off) return std::nullopt;
    Resolution approved = open;
    approved.amount = event.amount;
    approved.approved_by = event.request.request.caller;
    return approved;
}

std::optional<Resolution> after(const Resolution& open, const ExposureRecovered& event) {
    Resolution rest = open;
    rest.amount.value -= event.amount.value;
    if (rest.amount.value == 0 || event.after.exposure.value == 0) return std::nullopt;
    return rest;
}

}  // namespace carecard::rules
