#pragma once

#include "rules/event.h"
#include "rules/state.h"

namespace carecard::rules {

/// Folds one event into the state. The only function that changes balances: live work and
/// recovery both call it, and it never refuses.
///
/// An account, a programme and the table of offsets that came from an image know of events up to
/// their `as_of`: for each of them the event is skipped if it is not later. What is over by an
/// event that is skipped is kept all the same, since the archive may not have it yet.
///
/// @pre  `stamp.sequence` is `state.last` + 1, and `event` came from `decide` (or from a journal
///       that did), so every sum fits; anything else is a bug and aborts.
void apply(State& state, const Event& event, const Stamp& stamp) noexcept;

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
