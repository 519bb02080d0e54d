#pragma once

#include <string>

#include "common/id.h"
#include "common/result.h"

namespace carecard::fsck {

/// Something that is not as the journal says, and the sequence that it is about.
struct Flaw {
    Sequence sequence;
    Fault fault;
};

/// The fault for a part of the projections that does not agree with the journal: `corrupt`.
[[nodiscard]] Fault not_as_journaled(std::string detail);

}  // namespace carecard::fsck
