#include "services/fsck/key_blocks.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/limits.h"
#include "services/sequencer/core.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::fsck {
namespace {

using sequencer::RowReader;
using sequencer::Table;

std::string key_of(Sequence first) {
    std::string key;
    sequencer::append_big_endian(key, first.value);
    return key;
}

Fault wrong_block(Sequence first, std::string_view what) {
    return not_as_journaled(
        fmt::format("the block of request keys for sequence {} {}", first.value, what));
}

TimestampNs stamp_in(std::string_view block) {
    return {static_cast<std::int64_t>(RowReader(block).number<std::uint64_t>())};
}

/// Whether a record begins here in which a caller's request was answered.
bool has_keys(Sequence first, const journal::Store& store) {
    std::vector<std::byte> buffer;
    journal::Record record;
    if (first.value == 0) return false;
    const Result<journal::ReadOutcome> read = store.read({first.value - 1}, buffer, record);
    if (!read || *read == journal::ReadOutcome::end || record.first != first) return false;
    const Result<journal::RecordView> view = journal::parse_record(record.bytes);
    if (!view) return false;
    return std::any_of(view->events().begin(), view->events().end(),
                       [](const journal::EventView event) {
                           const auto decoded = journal::decode_clear(event.clear);
                           if (!decoded) return false;
                           const auto* request = sequencer::request_of(decoded->event);
                           return request != nullptr && !request->key.empty();
                       });
}

}  // namespace

void KeyBlocks::event(const journal::DecodedEvent& event) {
    const rules::Request* const request = sequencer::request_of(event.event);
    if (request == nullptr || request->key.empty()) return;
    entries_.push_back({.fingerprint = fingerprints_ == nullptr ? 0 : fingerprints_->of(*request),
                        .sequence = event.stamp.sequence});
}

bool KeyBlocks::is_past(TimestampNs stamp) const { return stamp + request_window < end_; }

bool KeyBlocks::agrees(std::string_view block, TimestampNs stamp) const {
    RowReader row(block);
    if (row.number<std::uint64_t>() != static_cast<std::uint64_t>(stamp.value)) return false;
    for (const Entry& entry : entries_) {
        const auto fingerprint = row.number<std::uint64_t>();
        if (fingerprints_ != nullptr && fingerprint != entry.fingerprint) return false;
        if (row.number<std::uint64_t>() != entry.sequence.value) return false;
    }
    return row.whole();
}

Result<Done> KeyBlocks::record(const journal::RecordHeader& record) {
    const bool has_no_block = entries_.empty() || is_past(record.stamp);
    if (!has_no_block) {
        const Result<sequencer::Lookup> found =
            tables_.get(Table::request_key, key_of(record.first), stored_);
        if (!found) return found.fault();
        if (*found == sequencer::Lookup::none) return wrong_block(record.first, "is missing");
        if (!agrees(stored_, record.stamp)) {
            return wrong_block(record.first, "is not what its record leads to");
        }
        ++agreed_;
    }
    entries_.clear();
    return Done{};
}

Result<std::optional<Flaw>> KeyBlocks::nothing_else(const journal::Store& store) const {
    std::uint64_t blocks = 0;
    std::optional<Flaw> strange;
    const Result<Done> scanned =
        tables_.scan(Table::request_key, {}, {}, [&](std::string_view, std::string_view value) {
            if (!is_past(stamp_in(value))) ++blocks;
            return true;
        });
    if (!scanned) return scanned.fault();
    if (blocks == agreed_) return strange;
    const Result<Done> searched =
        tables_.scan(Table::request_key, {}, {}, [&](std::string_view key, std::string_view value) {
            const Sequence first{RowReader(key).number<std::uint64_t>()};
            if (is_past(stamp_in(value)) || has_keys(first, store)) return true;
            strange = {.sequence = first,
                       .fault = wrong_block(first, "is of no record that the journal has")};
            return false;
        });
    if (!searched) return searched.fault();
    return strange;
}

}  // namespace carecard::fsck
