#pragma once

#include "rules/event.h"
#include "rules/state.h"

/// What can be said of an event by itself.
namespace carecard::rules {

/// The authorisation that an approved decision begins.
/// @pre  its kind begins one: it takes money or gives some (see kinds.h).
[[nodiscard]] Authorisation authorisation_of(const AuthorisationDecided& event, const Stamp& stamp);

/// The earmark that an event sets.
[[nodiscard]] Earmark earmark_of(const EarmarkSet& event, const Stamp& stamp);

/// What a presentment leaves under the names that are used once: its own, and that of the clearing
/// which it takes back.
struct AppliedName {
    NaturalKey key;
    Applied applied;
};
using AppliedOnce = InlineVector<AppliedName, 2>;
[[nodiscard]] AppliedOnce applied_by(const Presented& event, const Stamp& stamp);

/// The account an event belongs to, or none (programme-wide and machine events).
[[nodiscard]] AccountId account_of(const Event& event);

/// The programme an event belongs to, or none (the clock's and the offset table's).
[[nodiscard]] ProgrammeId programme_of(const Event& event);

}  // namespace carecard::rules
