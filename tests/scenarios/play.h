#pragma once

#include <string>
#include <vector>

#include "tests/end_to_end/installation.h"
#include "tests/scenarios/scenario.h"

namespace carecard::scenarios {

/// How a scenario came out.
struct Report {
    /// One line for each difference, "FILE:LINE: COLUMN: expected X, got Y", and the whole table
    /// with a line "got" under each row that differs. Empty when all is as expected.
    std::string text;
};

/// Plays all scenarios against one service with a simulated clock: together, message by message in
/// the order of time, each in a programme of its own.
/// @return the reports, in the order of the scenarios.
[[nodiscard]] std::vector<Report> play(end_to_end::Service& service,
                                       const std::vector<Scenario>& scenarios);

}  // namespace carecard::scenarios
