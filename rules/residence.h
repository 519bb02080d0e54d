#pragma once

#include <cstddef>

#include "rules/state.h"

/// What of the past is in memory. Open authorisations always are. What is over leaves once the
/// archive has it, and is brought back for a command that may speak of it, so that memory or
/// archive is always the truth.
namespace carecard::rules {

/// Keeps `authorisation` as event `changed` left it, in place of what was known, and lists it as
/// leaving when it is over. Balances and the lists of open ones stay as they are.
void remember(State& state, const Authorisation& authorisation, Sequence changed);

/// Keeps what was applied under `key`, and lists it as leaving. What is known already stays.
void remember(State& state, const NaturalKey& key, const Applied& applied);

/// Lets go of what is over and was changed last at or before `archived`, in the order in which it
/// was listed.
///
/// @param archived   the archive has everything up to here, durably.
/// @param items_max  at most so many listed items are looked at.
/// @return whether there may be more.
bool let_go(State& state, Sequence archived, std::size_t items_max);

}  // namespace carecard::rules
