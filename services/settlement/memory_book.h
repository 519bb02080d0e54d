#pragma once

#include <map>
#include <mutex>

#include "services/settlement/book.h"

namespace carecard::settlement {

/// A book in memory, for tests. A copy is what a crash at that moment would leave.
class MemoryBook final : public Book {
   public:
    MemoryBook() = default;
    MemoryBook(const MemoryBook& other);
    MemoryBook& operator=(const MemoryBook&) = delete;

    Result<Done> write(std::span<const Change> changes) override;
    Result<Done> scan(const KeyRange& range, const RowVisitor& visitor) const override;

   private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string> rows_;
};

}  // namespace carecard::settlement
