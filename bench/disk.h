#pragma once

#include <string>

#include "common/result.h"

namespace carecard::bench {

/// How long the disk takes to make 4 KiB at the end of a file durable: the median of a few hundred
/// fdatasyncs, in microseconds. Makes a file in `directory` and removes it. Blocks for a second at
/// most.
/// @return `unavailable` on field "directory" when a file cannot be written there.
[[nodiscard]] Result<double> measure_fsync_p50_us(const std::string& directory);

}  // namespace carecard::bench
