#pragma once

#include <cstdint>

namespace carecard::bench {

/// How often this thread has called `operator new`, in a program with allocations.cc.
[[nodiscard]] std::uint64_t allocations_so_far();

/// The bytes that this thread has taken so and not given back, as the allocator rounds them up.
[[nodiscard]] std::uint64_t bytes_in_use();

}  // namespace carecard::bench
