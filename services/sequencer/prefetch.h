#pragma once

#include <cstdint>

#include "common/result.h"
#include "common/time.h"
#include "rules/command.h"
#include "rules/state.h"
#include "services/sequencer/archive.h"

namespace carecard::sequencer {

/// How often the archive was asked, and had what was asked for.
struct PrefetchCounters {
    std::uint64_t reads = 0;
    std::uint64_t found = 0;
};

/// Brings into `state` what has left memory and `command` may speak of: for a presentment or a
/// reversal the authorisations that its original's names fit, for a load or a presentment whether
/// it was applied before. `decide` then answers as if nothing had ever left.
///
/// @return `Done`; `unavailable` or `corrupt` when the archive cannot be read, and `command` must
///         not be decided.
[[nodiscard]] Result<Done> prefetch(const Archive& archive, const rules::Command& command,
                                    TimestampNs now, rules::State& state,
                                    PrefetchCounters& counters);

}  // namespace carecard::sequencer
