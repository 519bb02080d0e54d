#pragma once

#include <span>

#include "tests/scenarios/acts.h"

namespace carecard::scenarios {

/// What staff do about what the programme bears of a payment.
[[nodiscard]] std::span<const Verb> exposure_verbs();

}  // namespace carecard::scenarios
