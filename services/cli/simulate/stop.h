#pragma once

#include "common/result.h"

namespace carecard::cli::simulate {

/// From now on an interrupt or a termination of this process asks the run to stop, instead of
/// ending the process: services of its own are then ended and their directory removed.
void stop_on_signals();

/// Whether such a signal has come.
[[nodiscard]] bool stop_requested();

/// The fault of a run that was stopped.
[[nodiscard]] Fault stopped();

}  // namespace carecard::cli::simulate
