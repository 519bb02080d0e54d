#include "services/journal/memory_store.h"

#include <iterator>

#include "common/check.h"

namespace carecard::journal {

Result<Sequence> MemoryStore::commit(Sequence tail, const Record& record) {
    const std::lock_guard lock(mutex_);
    const Result<Done> allowed = check_append(tail_, tail, record);
    if (!allowed) return allowed.fault();
    records_.emplace(record.first, Stored{.last = record.last,
                                          .bytes = {record.bytes.begin(), record.bytes.end()}});
    tail_ = record.last;
    return tail_;
}

Result<ReadOutcome> MemoryStore::read(Sequence after, std::vector<std::byte>& buffer,
                                      Record& out) const {
    const std::lock_guard lock(mutex_);
    if (after >= tail_) return ReadOutcome::end;
    const auto following = records_.upper_bound({after.value + 1});
    CHECK(following != records_.begin());
    const auto& [first, stored] = *std::prev(following);
    buffer = stored.bytes;
    out = {.first = first, .last = stored.last, .bytes = buffer};
    return ReadOutcome::record;
}

Sequence MemoryStore::tail() const {
    const std::lock_guard lock(mutex_);
    return tail_;
}

}  // namespace carecard::journal
