#pragma once

#include "rules/event.h"
#include "rules/event_facts.h"
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

}  // namespace carecard::rules
