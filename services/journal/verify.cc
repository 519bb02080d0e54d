#include "services/journal/verify.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "services/journal/codec.h"

namespace carecard::journal {
namespace {

constexpr const char* restore_remedy =
    "Do not start the service on it: keep the directory as it is, and restore from a backup.";

Fault broken(Sequence first, std::string what) {
    return {FaultKind::corrupt, "record",
            fmt::format("the record that begins at sequence {} {}", first.value, what),
            restore_remedy};
}

/// A later epoch begins with the event of a restore, which says so.
Result<Done> check_restore(const Head& head, const RecordView& view) {
    const RecordHeader& header = view.header();
    const Result<DecodedEvent> first = decode_clear((*view.events().begin()).clear);
    if (!first) return first.fault();
    const auto* restored = std::get_if<rules::Restored>(&first->event);
    if (restored == nullptr || restored->epoch != header.epoch ||
        restored->restored_to != head.sequence) {
        return broken(header.first, fmt::format("is of epoch {}, after one of epoch {}, and does "
                                                "not begin with the restore that would say so",
                                                header.epoch.value, head.epoch.value));
    }
    return Done{};
}

/// Says whether `view` may come right after `head`.
Result<Done> check_link(const Head& head, const RecordView& view) {
    const RecordHeader& header = view.header();
    const Sequence expected{head.sequence.value + 1};
    if (header.first != expected) {
        return broken(header.first,
                      fmt::format("stands where sequence {} must begin", expected.value));
    }
    if (header.previous != head.chain) {
        return broken(header.first, "does not carry the chain hash of the record before it");
    }
    if (header.epoch < head.epoch) {
        return broken(header.first, fmt::format("is of epoch {}, after one of epoch {}",
                                                header.epoch.value, head.epoch.value));
    }
    if (header.epoch > head.epoch) return check_restore(head, view);
    return Done{};
}

Fault head_differs(const Head& file, const std::string& what) {
    return {FaultKind::corrupt, "head_file",
            fmt::format("the head file knows sequence {} of epoch {} as durable, and {}",
                        file.sequence.value, file.epoch.value, what),
            restore_remedy};
}

}  // namespace

Result<Head> verify_chain(const Store& store, const Head& from, const RecordVisitor& visitor) {
    Head head = from;
    std::vector<std::byte> buffer;
    Record record;
    while (true) {
        const Result<ReadOutcome> outcome = store.read(head.sequence, buffer, record);
        if (!outcome) return outcome.fault();
        if (*outcome == ReadOutcome::end) return head;
        const Result<RecordView> view = parse_record(record.bytes);
        if (!view) return view.fault();
        const Result<Done> linked = check_link(head, *view);
        if (!linked) return linked.fault();
        const Result<Done> visited = visitor(*view);
        if (!visited) return visited.fault();
        head = {.epoch = view->header().epoch,
                .sequence = view->header().last(),
                .chain = view->chain()};
    }
}

Result<Done> check_head(const Store& store, const Head& journal, const Head& file) {
    if (journal.sequence < file.sequence) {
        return head_differs(file, fmt::format("the journal ends at sequence {}: what came after "
                                              "is lost",
                                              journal.sequence.value));
    }
    if (journal.epoch < file.epoch) {
        return head_differs(file, fmt::format("the journal is of epoch {}", journal.epoch.value));
    }
    if (file.sequence.value == 0) return Done{};
    std::vector<std::byte> buffer;
    Record record;
    const Sequence before{file.sequence.value - 1};
    const Result<ReadOutcome> outcome = store.read(before, buffer, record);
    if (!outcome) return outcome.fault();
    if (*outcome == ReadOutcome::end) return head_differs(file, "the journal does not hold it");
    const Result<RecordView> view = parse_record(record.bytes);
    if (!view) return view.fault();
    if (record.last != file.sequence || view->chain() != file.chain) {
        return head_differs(file, "the journal holds another record there");
    }
    return Done{};
}

}  // namespace carecard::journal
