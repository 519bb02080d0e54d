#pragma once

#include <string_view>

#include "common/result.h"

namespace carecard::authorisation {

/// What the caller of `method` may be told of `fault`. Trouble with the disks names files of this
/// machine, so the log has what was found, and the caller the kind and what to do.
[[nodiscard]] Fault for_caller(const Fault& fault, std::string_view method);

}  // namespace carecard::authorisation
