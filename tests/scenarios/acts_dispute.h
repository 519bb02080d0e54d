#pragma once

#include <span>

#include "tests/scenarios/acts.h"

namespace carecard::scenarios {

/// What staff do about a payment that the holder disputes.
[[nodiscard]] std::span<const Verb> dispute_verbs();

}  // namespace carecard::scenarios
