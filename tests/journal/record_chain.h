#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/sha256.h"
#include "services/journal/head_file.h"
#include "services/journal/record.h"
#include "services/journal/store.h"
#include "services/journal/verify.h"

namespace carecard::journal {

/// Makes records that follow one another, with events that can be recognised.
class RecordChain {
   public:
    struct Shape {
        std::uint32_t events = 1;
        std::size_t filler_bytes = 0;  ///< Added to each event.
    };

    /// What the clear part of `sequence` says.
    static std::string clear_text(Sequence sequence, std::size_t filler_bytes = 0) {
        return "event " + std::to_string(sequence.value) + std::string(filler_bytes, '.');
    }

    /// The next record, owned.
    std::vector<std::byte> next(Shape shape) {
        builder_.begin({.epoch = head.epoch,
                        .first = {head.sequence.value + 1},
                        .stamp = {1'000},
                        .previous = head.chain});
        for (std::uint32_t index = 0; index < shape.events; ++index) {
            const std::string clear = clear_text(builder_.next_sequence(), shape.filler_bytes);
            builder_.append_event(bytes_of(clear), bytes_of("sealed"));
        }
        const RecordBuilder::Built built = builder_.finish();
        head.sequence = built.record.last;
        head.chain = built.chain;
        return {built.record.bytes.begin(), built.record.bytes.end()};
    }

    /// Commits the next record, which must succeed.
    Sequence commit_to(Store& store, Shape shape) {
        const Sequence tail = head.sequence;
        const std::vector<std::byte> bytes = next(shape);
        const Result<Sequence> committed =
            store.commit(tail, {.first = {tail.value + 1}, .last = head.sequence, .bytes = bytes});
        CHECK(committed);
        CHECK(*committed == head.sequence);
        return head.sequence;
    }

    Head head;

   private:
    RecordBuilder builder_;
};

inline RecordVisitor ignore_records() {
    return [](const RecordView&) -> Result<Done> { return Done{}; };
}

}  // namespace carecard::journal
