#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"
#include "rules/authorisation.h"
#include "rules/event.h"

/// What is left of an exposure is resolved by two people: one proposes, another decides.
namespace carecard::rules {

/// A proposal that is open: nobody has decided about it, or it is a recovery that was approved and
/// is not complete.
struct Resolution {
    Sequence proposed;  ///< Of its `ResolutionProposed`, by which it is named.
    AuthorisationId authorisation;
    ResolutionKind kind = ResolutionKind::write_off;
    AmountMinor amount;      ///< What was proposed, less what was recovered.
    DayNumber notice_until;  ///< Of a recovery: nothing is taken before this local day.
    CallerId proposed_by;
    CallerId approved_by;  ///< Empty until a second person has approved it.

    [[nodiscard]] bool approved() const { return !approved_by.empty(); }
    friend constexpr bool operator==(const Resolution&, const Resolution&) = default;
};

/// The kind's stable name, e.g. "write_off".
[[nodiscard]] std::string_view name_of(ResolutionKind kind);

/// What an event makes of the proposal.
[[nodiscard]] Resolution resolution_of(const ResolutionProposed& event, Sequence proposed);
/// @return nothing when it is open no more.
[[nodiscard]] std::optional<Resolution> after(const Resolution& open,
                                              const ResolutionDecided& event);
[[nodiscard]] std::optional<Resolution> after(const Resolution& open,
                                              const ExposureRecovered& event);

}  // namespace carecard::rules
