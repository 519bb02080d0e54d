#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/fsck/check.h"
#include "services/journal/codec.h"
#include "services/journal/memory_store.h"
#include "services/journal/record.h"
#include "tests/rules/fixture.h"

namespace carecard::fsck {

using Events = std::vector<std::pair<rules::Event, rules::Stamp>>;

/// Writes events into records of three, each whole and linked, whatever the events state.
class Scribe {
   public:
    /// Commits those up to `count` that it has not committed yet.
    void commit(journal::Store& store, const Events& events, std::size_t count) {
        while (done_ < count) commit_one(store, events, count);
    }
    void commit(journal::Store& store, const Events& events) {
        commit(store, events, events.size());
    }

    journal::Head head;

   private:
    void commit_one(journal::Store& store, const Events& events, std::size_t count) {
        const std::size_t end = end_of_record(events, count);
        builder_.begin({.epoch = events[done_].second.epoch,
                        .first = events[done_].second.sequence,
                        .stamp = events[end - 1].second.now_ns,
                        .previous = head.chain});
        for (; done_ < end; ++done_) {
            const auto& [event, stamp] = events[done_];
            clear_.clear();
            const std::vector<Hash32> commitments(journal::texts_of(event).size(), Hash32{});
            journal::encode_clear(event, stamp, commitments, clear_);
            builder_.append_event(clear_, {});
        }
        const journal::RecordBuilder::Built built = builder_.finish();
        ASSERT_TRUE(store.commit(store.tail(), built.record));
        head = {.sequence = built.record.last, .chain = built.chain};
    }

    /// A record is of one epoch.
    [[nodiscard]] std::size_t end_of_record(const Events& events, std::size_t count) const {
        std::size_t end = done_ + 1;
        while (end < std::min(done_ + 3, count) &&
               events[end].second.epoch == events[done_].second.epoch) {
            ++end;
        }
        return end;
    }

    std::size_t done_ = 0;
    std::vector<std::byte> clear_;
    journal::RecordBuilder builder_;
};

inline void quiet(Sequence, Sequence) {}

inline Report check_events(const Events& events) {
    journal::MemoryStore store;
    Scribe().commit(store, events);
    return check(store, {}, quiet);
}

/// The flaw in words, for a failed expectation.
inline std::string told(const std::optional<Flaw>& flaw) {
    if (!flaw) return "no flaw";
    return std::to_string(flaw->sequence.value) + " " + flaw->fault.field + ": " +
           flaw->fault.detail;
}

}  // namespace carecard::fsck
