#pragma once

// Activity in a RocksDB directory of its own, without a log: after a crash it goes back to the
// last flush, entries and watermark together, and the projector catches up from there.
//
//     entry     := key value
//     key       := account u32 big-endian | sequence u64 big-endian      value := nothing
//                | "watermark", 9 bytes                                  value := u64 big-endian
//
// Keys of entries are 12 bytes long, so the watermark's can be no entry.

#include <rocksdb/db.h>

#include <atomic>
#include <memory>

#include "services/journal/rocksdb_settings.h"
#include "services/sequencer/activity.h"

namespace carecard::sequencer {

class RocksDbActivity final : public Activity {
   public:
    /// Opens the projection, or begins an empty one. One that is ahead of the journal (which was
    /// restored, or is another one) is emptied.
    /// @param durable  where the journal ends.
    [[nodiscard]] static Result<std::unique_ptr<RocksDbActivity>> open(
        const journal::RocksDbPlace& place, Sequence durable);

    Result<Done> append(std::span<const ActivityEntry> entries, Sequence watermark) override;
    [[nodiscard]] Result<std::vector<Sequence>> list(AccountId account, Sequence before,
                                                     std::size_t count_max) const override;
    [[nodiscard]] Sequence watermark() const override { return {watermark_.load()}; }

   private:
    explicit RocksDbActivity(std::unique_ptr<rocksdb::DB> database)
        : database_(std::move(database)) {}

    std::unique_ptr<rocksdb::DB> database_;
    std::atomic<std::uint64_t> watermark_{0};
};

}  // namespace carecard::sequencer
