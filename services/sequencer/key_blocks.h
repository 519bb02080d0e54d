#pragma once

// Which requests have been answered, in blocks, so that a start-up need not read a day of journal:
// Table::request_key.
//
//     key   := first sequence u64                 of the record
//     value := stamp i64 | entry*                 the record's
//     entry := fingerprint u64 | sequence u64
//
// Numbers are big-endian.

#include <string>

#include "common/id.h"
#include "common/result.h"
#include "common/time.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// Gathers the entries of one record.
class KeyBlock {
   public:
    void begin(Sequence first, TimestampNs stamp);
    void add(std::uint64_t fingerprint, Sequence sequence);
    /// Adds the block's row to `batch`, when it has entries.
    void put(TableBatch& batch);

   private:
    Sequence first_;
    std::string value_;
};

/// Takes every stored entry that is within the window at `now` into `keys`.
/// @return `Done`; `corrupt` when a row is damaged; `unavailable`.
[[nodiscard]] Result<Done> load_key_blocks(const Tables& tables, TimestampNs now,
                                           RequestKeys& keys);

}  // namespace carecard::sequencer
