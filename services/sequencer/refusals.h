#pragma once

#include "common/result.h"
#include "rules/command.h"
#include "services/sequencer/poison.h"

/// Why the sequencer itself, and not `decide`, refuses a command. None is journaled.
namespace carecard::sequencer {

[[nodiscard]] Fault too_late();
[[nodiscard]] Fault clock_jumped();
[[nodiscard]] Fault keys_full();
[[nodiscard]] Fault key_used_otherwise();
[[nodiscard]] Fault name_used_otherwise(const rules::Command& command);
[[nodiscard]] Fault not_simulated();
[[nodiscard]] Fault nothing_to_accept();
[[nodiscard]] Fault is_set_aside(const Marked& command);

}  // namespace carecard::sequencer
