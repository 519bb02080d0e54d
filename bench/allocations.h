#pragma once

#include <cstdint>

namespace carecard::bench {

/// How often this thread has called `operator new`, in a program with allocations.cc.
[[nodiscard]] std::uint64_t allocations_so_far();

}  // namespace carecard::bench
