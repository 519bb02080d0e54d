#pragma once

#include <cstdint>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "rules/command.h"

namespace carecard::rules {

/// How far a dispute has come. Numbers are stored. Never change or reuse one.
enum class DisputeState : std::uint8_t {
    open = 1,             ///< The holder waits for the money.
    credited = 2,         ///< The holder has it: the programme lent it.
    won = 3,              ///< The network has decided for the holder, and its money is to come.
    presented_again = 4,  ///< The merchant contests a chargeback, and has taken the money again.
};
inline constexpr std::uint8_t dispute_state_last = 4;

/// A dispute of what one payment took. It is over when nothing more of it is to come: the money has
/// come, from the network or the merchant, or it was lost or withdrawn.
struct Dispute {
    Sequence opened;  ///< By this event: of `DisputeOpened`, or of a second presentment.
    AuthorisationId authorisation;
    DisputeCategory category = DisputeCategory::none;
    DisputeState state = DisputeState::open;
    AmountMinor amount;  ///< What is disputed.
    AmountMinor due;     ///< What of it is still to come; zero when the dispute is over.

    [[nodiscard]] constexpr bool is_over() const { return due.value == 0; }
    friend constexpr bool operator==(const Dispute&, const Dispute&) = default;
};

/// Stable names, e.g. "not_recognised", "withdrawn", "presented_again".
[[nodiscard]] std::string_view name_of(DisputeCategory category);
[[nodiscard]] std::string_view name_of(DisputeOutcome outcome);
[[nodiscard]] std::string_view name_of(DisputeState state);

}  // namespace carecard::rules
