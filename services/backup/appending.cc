#include "services/backup/appending.h"

#include <span>

#include "common/limits.h"

namespace carecard::backup {

Result<Done> Appending::take(const journal::RecordView& record) {
    const journal::Record whole = record.record();
    bytes_.insert(bytes_.end(), whole.bytes.begin(), whole.bytes.end());
    waiting_.push_back({.end = {.head = {.epoch = record.header().epoch,
                                         .sequence = whole.last,
                                         .chain = record.chain()},
                                .stamp = record.header().stamp},
                        .first = whole.first,
                        .size = whole.bytes.size()});
    return bytes_.size() < record_bytes_max ? Done{} : flush();
}

Result<Done> Appending::flush() {
    if (waiting_.empty()) return Done{};
    std::vector<journal::Record> records;
    std::span<const std::byte> rest = bytes_;
    for (const Waiting& one : waiting_) {
        records.push_back(
            {.first = one.first, .last = one.end.head.sequence, .bytes = rest.first(one.size)});
        rest = rest.subspan(one.size);
    }
    const ChainEnd last = waiting_.back().end;
    const Result<Sequence> committed = target_.commit_all(end_.head.sequence, records);
    waiting_.clear();
    bytes_.clear();
    if (!committed) return committed.fault();
    end_ = last;
    records_ += records.size();
    return Done{};
}

}  // namespace carecard::backup
