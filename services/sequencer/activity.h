#pragma once

// Which events belong to which account, for lists of its transactions: Table::activity.
//
//     key := account u32 | complement of sequence u64      value := nothing
//
// Numbers are big-endian; the complement puts the newest first.

#include <cstddef>
#include <vector>

#include "common/id.h"
#include "common/result.h"
#include "rules/event.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// @param before  only events before this one.
/// @return at most `count_max` sequences, the newest first; `unavailable` or `corrupt`.
[[nodiscard]] Result<std::vector<Sequence>> list_activity(const Tables& tables, AccountId account,
                                                          Sequence before, std::size_t count_max);

/// Adds the row of an event that an account's list shows.
void list_as_activity(const rules::Event& event, Sequence sequence, TableBatch& batch);

}  // namespace carecard::sequencer
