#pragma once

// The journal in a RocksDB directory.
//
//     entry := key value
//     key   := u64 big-endian
//     value := version u8         of the format, when the key is 0
//            | record             (record.h), when the key is its first sequence
//
// The format's entry sorts before every record, so that no table of records spans the others.

#include <rocksdb/db.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "services/journal/rocksdb_settings.h"
#include "services/journal/store.h"

namespace carecard::journal {

/// A journal on disk. One RocksDB write, with one sync, for each commit. RocksDB's LOCK file keeps
/// a second process out for as long as the object lives; nothing resumes after an error.
class RocksDbStore final : public Store {
   public:
    /// Opens the journal, or begins an empty one when the directory holds none.
    /// @return the store; `fenced` when another process has it open; `conflict` when a newer
    ///         release wrote it; `corrupt`, with the last sequence that can be read, when its log
    ///         is damaged before the last write; `corrupt` or `unavailable` when it cannot be
    ///         read. Whether a tail that was cut had been acknowledged shows only against the head
    ///         file (`check_head`).
    [[nodiscard]] static Result<std::unique_ptr<RocksDbStore>> open(const RocksDbPlace& place);

    /// Opens the journal to look at it, also while a service has it open: it shows what was stored
    /// at that moment, changes no file, and refuses every commit as `fenced`.
    /// @return as `open`, but for `fenced`; `not_found` when the directory holds no journal.
    [[nodiscard]] static Result<std::unique_ptr<RocksDbStore>> open_read_only(
        const RocksDbPlace& place);

    /// Reads every table file and verifies the checksums of its blocks, those too that no record is
    /// in. @return `Done`; `corrupt` on the field of `place`, naming the file.
    [[nodiscard]] Result<Done> check_tables(const RocksDbPlace& place) const;

    Result<Sequence> commit(Sequence tail, const Record& record) override;
    /// One write with one sync: all of them, or none.
    Result<Sequence> commit_all(Sequence tail, std::span<const Record> records) override;
    Result<ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                             Record& out) const override;
    [[nodiscard]] Sequence tail() const override { return {tail_.load()}; }

   private:
    enum class Health : unsigned char { sound, write_failed, read_only };

    explicit RocksDbStore(std::unique_ptr<rocksdb::DB> database) : database_(std::move(database)) {}
    static Result<std::unique_ptr<RocksDbStore>> open_as(const RocksDbPlace& place,
                                                         const rocksdb::Options& options,
                                                         Access access);
    static Fault name_sequence(const RocksDbPlace& place, const rocksdb::Options& options,
                               Fault fault);
    Result<Done> check_format(const RocksDbPlace& place);
    Result<Done> load_tail();
    [[nodiscard]] Result<Done> may_write() const;
    Result<Sequence> outcome_of(const rocksdb::Status& status, Sequence last);
    [[nodiscard]] Fault first_unreadable(const std::string& why) const;

    std::unique_ptr<rocksdb::DB> database_;
    std::atomic<std::uint64_t> tail_{0};
    Health health_ = Health::sound;  // of the committing thread
};

}  // namespace carecard::journal
