#pragma once

#include <rocksdb/db.h>

#include <memory>

#include "services/journal/rocksdb_settings.h"
#include "services/settlement/book.h"

namespace carecard::settlement {

/// A book in a RocksDB directory of its own, whose name is durable once it is open. A write is not
/// synced: what a power cut takes is read from the journal again.
class RocksDbBook final : public Book {
   public:
    /// @return the book; `fenced` when another process has it open; `corrupt` or `unavailable`
    ///         with the place's field otherwise.
    static Result<std::unique_ptr<RocksDbBook>> open(const journal::RocksDbPlace& place);

    /// Opens a book to look at it: changes no file, and refuses every write.
    /// @return as above, but for `fenced`; `not_found` when there is none.
    static Result<std::unique_ptr<RocksDbBook>> open_read_only(const journal::RocksDbPlace& place);

    Result<Done> write(std::span<const Change> changes) override;
    Result<Done> scan(const KeyRange& range, const RowVisitor& visitor) const override;

   private:
    explicit RocksDbBook(std::unique_ptr<rocksdb::DB> database);
    std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace carecard::settlement
