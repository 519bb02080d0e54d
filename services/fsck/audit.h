#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rules/event.h"
#include "rules/state.h"
#include "services/fsck/recount.h"
#include "services/journal/codec.h"

namespace carecard::fsck {

/// What the events before one lead to, as far as it matters to that one.
struct Before {
    const rules::State& state;  ///< As `rules::apply` folded them.
    const Recount& recount;     ///< As they were counted again.

    /// What the event's authorisation was; null when the event begins it, or none is known.
    const rules::Authorisation* authorisation = nullptr;
    /// Of a credit that clears an announced refund of a purchase: what the announced one was.
    const rules::Authorisation* announced = nullptr;
    /// The event that applied this one's load or presentment already; 0 when none did.
    Sequence applied;
    /// Of a presentment that takes a clearing back: that clearing, if it is known, and the event
    /// that took it back already; null, and 0 when none did.
    const rules::Presented* takes_back = nullptr;
    Sequence taken_back_by;
    /// In which the event was written: what older versions do not have is not asked about.
    std::uint8_t version = journal::event_version;

    [[nodiscard]] bool knows_clearing() const { return version >= 3; }
};

/// Says why an event cannot have come of those before it: a number, an id, a fact or a posting
/// that does not follow from them. Nothing is decided again: whether the rules should have
/// approved is not asked, since they may have been others then.
///
/// An event that passes can be applied: no check of `rules::apply` fails for it.
///
/// @return nothing when it follows; else what does not, in words without personal data.
[[nodiscard]] std::optional<std::string> objection(const Before& before, const rules::Event& event,
                                                   const rules::Stamp& stamp);

}  // namespace carecard::fsck
