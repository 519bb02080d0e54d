#include "services/journal/store.h"

#include <fmt/format.h>

#include "common/limits.h"

namespace carecard::journal {

Result<Done> check_append(Sequence stored_tail, Sequence tail, const Record& record) {
    if (stored_tail != tail) {
        return Fault{FaultKind::fenced, "tail",
                     fmt::format("the journal ends at sequence {} and not at {}: another process "
                                 "writes to it",
                                 stored_tail.value, tail.value),
                     "Stop this process."};
    }
    if (record.first.value != tail.value + 1 || record.last < record.first) {
        return Fault{FaultKind::malformed, "record",
                     fmt::format("spans sequences {} to {}, and the next is {}", record.first.value,
                                 record.last.value, tail.value + 1),
                     "Begin the record right after the tail."};
    }
    if (record.bytes.empty() || record.bytes.size() > record_bytes_max) {
        return Fault{
            FaultKind::malformed, "record",
            fmt::format("has {} bytes; 1 to {} are allowed", record.bytes.size(), record_bytes_max),
            "Split the group into several commits."};
    }
    return Done{};
}

Result<Sequence> Store::commit_all(Sequence tail, std::span<const Record> records) {
    for (const Record& record : records) {
        const Result<Sequence> committed = commit(tail, record);
        if (!committed) return committed;
        tail = *committed;
    }
    return tail;
}

}  // namespace carecard::journal
