#pragma once

#include <cstddef>

namespace carecard::authorisation {

/// How often this thread has called `operator new`, in a program that has count_allocations.cc.
std::size_t allocations_so_far();

}  // namespace carecard::authorisation
