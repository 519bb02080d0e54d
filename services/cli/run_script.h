#pragma once

#include "common/result.h"
#include "services/cli/connection.h"
#include "services/cli/session.h"
#include "services/cli/simulate/player.h"

namespace carecard::cli {

/// Plays a script and prints what it came to: a table, or one line of JSON.
///
/// SIGINT and SIGTERM end the run after the present day.
/// @return done when all agrees; `corrupt` on field "totals" when anything does not; else the
///         fault that ended the run.
[[nodiscard]] Result<Done> run_script(Connection& connection, const simulate::Script& script,
                                      simulate::PlayOptions options, OutputForm form);

}  // namespace carecard::cli
