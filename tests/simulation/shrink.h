#pragma once

#include <functional>
#include <string>

#include "tests/simulation/rules_race.h"

namespace carecard::simulation {

using Attempt = std::function<Outcome(const Script&)>;

/// Runs `attempt` in a process of its own, so that one that aborts is an outcome like another: its
/// breach is the signal and what it said last.
[[nodiscard]] Outcome attempt_apart(const Attempt& attempt, const Script& script);

/// A script that fails, and how.
struct Failure {
    Script script;
    std::string breach;
    /// For people: the breach and the steps.
    [[nodiscard]] std::string text() const;
};

/// Leaves out steps of `failing` for as long as what is left still fails, in a process of its own
/// each time. What comes out fails, and fails no more if any one step of it is left out.
[[nodiscard]] Failure shrink(const Attempt& attempt, const Script& failing);

}  // namespace carecard::simulation
