#pragma once

#include <span>

#include "tests/scenarios/acts.h"

namespace carecard::scenarios {

/// What staff do with cards.
[[nodiscard]] std::span<const Verb> card_verbs();

/// Issues a card; the first phrase is its name.
[[nodiscard]] Result<Act> new_card(Message& message, Cast& cast);

}  // namespace carecard::scenarios
