#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/result.h"
#include "services/backup/chain_end.h"
#include "services/journal/record.h"
#include "services/journal/store.h"

namespace carecard::backup {

/// Appends verified records to a journal, many with one sync.
class Appending {
   public:
    /// @param start  where `target` ends.
    Appending(journal::Store& target, const ChainEnd& start) : target_(target), end_(start) {}

    /// Keeps a copy of the next record, and flushes once `record_bytes_max` bytes wait.
    /// @return as `flush`.
    Result<Done> take(const journal::RecordView& record);

    /// Makes durable what waits.
    /// @return as `journal::Store::commit_all`; nothing waits any more.
    Result<Done> flush();

    /// Where the target ends: without what waits.
    [[nodiscard]] const ChainEnd& end() const { return end_; }
    /// How many were made durable.
    [[nodiscard]] std::uint64_t records() const { return records_; }

   private:
    struct Waiting {
        ChainEnd end;  // with this record
        Sequence first;
        std::size_t size = 0;
    };

    journal::Store& target_;
    ChainEnd end_;
    std::uint64_t records_ = 0;
    std::vector<std::byte> bytes_;
    std::vector<Waiting> waiting_;
};

}  // namespace carecard::backup
