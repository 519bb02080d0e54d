#pragma once

#include <string>

#include "tests/model/ledger.h"

/// A second opinion on what becomes of an exposure by the word of two people.
namespace carecard::model {

/// What should come of a proposal, of a decision about one, or of a recovery; as `Ledger::answer`.
[[nodiscard]] std::string resolve(Ledger& ledger, const rules::Command& command, const Subject& of,
                                  long now, long sequence);

}  // namespace carecard::model
