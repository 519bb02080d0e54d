#pragma once

// The projections in a RocksDB directory of their own: a column family for each table, no log,
// atomic flushes, and a capped rate of writing, so that they do not slow the journal's syncs.

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <memory>

#include "services/journal/rocksdb_settings.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

class RocksDbTables final : public Tables {
   public:
    /// Opens the directory, or begins an empty one. One that is damaged is emptied: it is a cache.
    /// @return the tables; `fenced` when another process has them open; `unavailable`.
    [[nodiscard]] static Result<std::unique_ptr<RocksDbTables>> open(
        const journal::RocksDbPlace& place);

    /// Opens the directory to look at it, also while a service has it open: it shows what was
    /// flushed at that moment, changes no file, and every write fails.
    /// @return the tables; `not_found` when there are none; `corrupt` or `unavailable`.
    [[nodiscard]] static Result<std::unique_ptr<RocksDbTables>> open_read_only(
        const journal::RocksDbPlace& place);

    ~RocksDbTables() override;
    RocksDbTables(const RocksDbTables&) = delete;
    RocksDbTables& operator=(const RocksDbTables&) = delete;

    Result<Done> write(const TableBatch& batch) override;
    Result<Done> flush() override;
    Result<Done> clear() override;
    [[nodiscard]] Result<Lookup> get(Table table, std::string_view key,
                                     std::string& value) const override;
    [[nodiscard]] Result<Done> scan(Table table, std::string_view prefix, std::string_view from,
                                    const Visitor& visitor) const override;
    void set_now(TimestampNs now) override { *now_ns_ = now.value; }

   private:
    using Handles = std::array<rocksdb::ColumnFamilyHandle*, table_count>;

    explicit RocksDbTables(journal::RocksDbPlace place)
        : place_(std::move(place)), now_ns_(std::make_shared<std::atomic<std::int64_t>>(0)) {}
    [[nodiscard]] rocksdb::Status try_open(journal::Access access = journal::Access::write);
    void close();
    [[nodiscard]] Fault read_fault(const rocksdb::Status& status) const;
    [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Table table) const {
        return handles_[static_cast<std::size_t>(table)];
    }

    const journal::RocksDbPlace place_;
    std::shared_ptr<std::atomic<std::int64_t>> now_ns_;  // shared with the compaction filters
    std::unique_ptr<rocksdb::DB> database_;
    Handles handles_{};
};

}  // namespace carecard::sequencer
