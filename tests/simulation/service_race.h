#pragma once

#include "tests/simulation/rules_race.h"

namespace carecard::simulation {

/// Lives a script through the real sequencer, its projector and recovery, over a journal in memory
/// whose commits can fail, and asks the second opinion for every answer and every event: repeats,
/// what is refused because the clock jumped, and what is due by itself included. After a failed
/// commit nothing may have been answered, the record is whole or absent, and every command is sent
/// again and settles. After every restart, and at the end, equal digests of everything.
[[nodiscard]] Outcome race_service(const Script& script, const Distortion& distortion = {});

}  // namespace carecard::simulation
