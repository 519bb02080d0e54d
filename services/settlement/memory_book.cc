#include "services/settlement/memory_book.h"

namespace carecard::settlement {

MemoryBook::MemoryBook(const MemoryBook& other) : Book() {
    const std::scoped_lock lock(other.mutex_);
    rows_ = other.rows_;
}

Result<Done> MemoryBook::write(std::span<const Change> changes) {
    const std::scoped_lock lock(mutex_);
    for (const Change& change : changes) {
        if (change.value) {
            rows_[change.key] = *change.value;
        } else {
            rows_.erase(change.key);
        }
    }
    return Done{};
}

Result<Done> MemoryBook::scan(const KeyRange& range, const RowVisitor& visitor) const {
    const std::scoped_lock lock(mutex_);
    for (auto row = rows_.lower_bound(range.from); row != rows_.end() && row->first < range.to;
         ++row) {
        const Result<Done> visited = visitor(row->first, row->second);
        if (!visited) return visited.fault();
    }
    return Done{};
}

}  // namespace carecard::settlement
