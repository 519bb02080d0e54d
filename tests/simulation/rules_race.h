#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/simulation/script.h"

namespace carecard::simulation {

/// How often each outcome came, so that a run which tried too little is noticed.
using Tally = std::map<std::string, long>;

/// What a race came to.
struct Outcome {
    std::string breach;  ///< Empty when nothing was found.
    Tally tally;         ///< "step" counts commands, what is due by itself included.
};

/// Changes what the second opinion says: for a test of the tests. Given the command and the answer.
using Distortion = std::function<std::string(const rules::Command&, std::string)>;

/// Decides and applies a script's commands, one by one, and asks the second opinion for each.
/// After every event: equal answers, equal balances, holds, exposure, counters and books of what
/// it touched, an explanation that tells the same decline, and conservation. Every so often, and at
/// the end, equal digests of everything; at the end, a replay with the same state.
[[nodiscard]] Outcome race_rules(const Script& script, const Distortion& distortion = {});

}  // namespace carecard::simulation
