#include "services/journal/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "common/check.h"
#include "common/limits.h"
#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/journal/little_endian.h"

namespace carecard::journal {
namespace {

constexpr std::string_view magic = "CCJ1";
constexpr std::size_t version_at = 4;
constexpr std::size_t epoch_at = 5;
constexpr std::size_t first_at = 9;
constexpr std::size_t count_at = 17;
constexpr std::size_t stamp_at = 21;
constexpr std::size_t previous_at = 29;
constexpr std::size_t chain_bytes = sizeof(Hash32);
static_assert(previous_at + sizeof(Hash32) == record_header_bytes);
static_assert(event_header_bytes + event_bytes_max + record_header_bytes + chain_bytes <=
              record_bytes_max);

Fault corrupt(std::string detail) {
    return {FaultKind::corrupt, "record", std::move(detail),
            "Stop, keep the directory as it is, and run carecard-fsck on a copy of it."};
}

Fault corrupt_at(Sequence first, std::string_view what) {
    return corrupt(fmt::format("the record that begins at sequence {} {}", first.value, what));
}

Fault newer(std::uint8_t version) {
    return newer_version("record", {.name = "the journal's record", .known = record_version},
                         version);
}

std::uint8_t version_of(std::span<const std::byte> bytes) {
    return std::to_integer<std::uint8_t>(bytes[version_at]);
}

/// What is wrong with the part of the header that every version shares.
std::optional<Fault> prologue_fault(std::span<const std::byte> bytes) {
    if (bytes.size() < record_header_bytes + chain_bytes) {
        return corrupt(
            fmt::format("a record of {} bytes is shorter than a header and a chain", bytes.size()));
    }
    if (bytes.size() > record_bytes_max) {
        return corrupt(
            fmt::format("a record of {} bytes is longer than {}", bytes.size(), record_bytes_max));
    }
    if (!std::ranges::equal(bytes.first(magic.size()), bytes_of(magic))) {
        return corrupt("the bytes do not begin with CCJ1, so they are not a record");
    }
    if (version_of(bytes) == 0) return corrupt("the record has format version 0");
    return std::nullopt;
}

RecordHeader load_header(std::span<const std::byte> bytes) {
    RecordHeader header{
        .epoch = {load_little_endian<std::uint32_t>(bytes.subspan(epoch_at))},
        .first = {load_little_endian<std::uint64_t>(bytes.subspan(first_at))},
        .count = load_little_endian<std::uint32_t>(bytes.subspan(count_at)),
        .stamp = {load_little_endian<std::int64_t>(bytes.subspan(stamp_at))},
    };
    std::ranges::copy(bytes.subspan(previous_at, sizeof(Hash32)), header.previous.begin());
    return header;
}

std::optional<Fault> header_fault(const RecordHeader& header) {
    if (header.first.value == 0) return corrupt("a record begins at sequence 0");
    if (header.count == 0) return corrupt_at(header.first, "has no events");
    if (header.first.value > std::numeric_limits<std::uint64_t>::max() - header.count) {
        return corrupt_at(header.first, "has more events than there are sequences");
    }
    if (header.epoch.value == 0) return corrupt_at(header.first, "has epoch 0");
    return std::nullopt;
}

/// What is wrong with the lengths of the events, or with their number.
std::optional<Fault> events_fault(const RecordHeader& header, std::span<const std::byte> rest) {
    for (std::uint32_t index = 0; index < header.count; ++index) {
        if (rest.size() < event_header_bytes) {
            return corrupt_at(header.first, "ends before its last event");
        }
        const std::size_t length = load_little_endian<std::uint32_t>(rest);
        const std::size_t clear_length = load_little_endian<std::uint32_t>(rest.subspan(4));
        rest = rest.subspan(event_header_bytes);
        if (length > event_bytes_max || length > rest.size()) {
            return corrupt_at(header.first, fmt::format("has a wrong length at sequence {}",
                                                        header.first.value + index));
        }
        if (clear_length == 0 || clear_length > length) {
            return corrupt_at(header.first, fmt::format("has a wrong clear length at sequence {}",
                                                        header.first.value + index));
        }
        rest = rest.subspan(length);
    }
    if (!rest.empty()) return corrupt_at(header.first, "has bytes after its last event");
    return std::nullopt;
}

std::span<const std::byte> events_of(std::span<const std::byte> record) {
    return record.subspan(record_header_bytes, record.size() - record_header_bytes - chain_bytes);
}

void append(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

EventView EventIterator::operator*() const {
    const std::size_t length = load_little_endian<std::uint32_t>(rest_);
    const std::size_t clear_length = load_little_endian<std::uint32_t>(rest_.subspan(4));
    const std::span<const std::byte> body = rest_.subspan(event_header_bytes, length);
    return {.sequence = sequence_,
            .clear = body.first(clear_length),
            .sealed = body.subspan(clear_length)};
}

EventIterator& EventIterator::operator++() {
    const std::size_t length = load_little_endian<std::uint32_t>(rest_);
    rest_ = rest_.subspan(event_header_bytes + length);
    ++sequence_.value;
    return *this;
}

EventIterator EventIterator::operator++(int) {
    const EventIterator before = *this;
    ++*this;
    return before;
}

RecordView::Events RecordView::events() const {
    return {.first = EventIterator(events_of(bytes_), header_.first),
            .last = EventIterator({}, {header_.last().value + 1})};
}

Result<RecordHeader> parse_record_header(std::span<const std::byte> bytes) {
    if (std::optional<Fault> fault = prologue_fault(bytes)) return *std::move(fault);
    if (version_of(bytes) > record_version) return newer(version_of(bytes));
    const RecordHeader header = load_header(bytes);
    if (std::optional<Fault> fault = header_fault(header)) return *std::move(fault);
    return header;
}

Result<RecordView> parse_record(std::span<const std::byte> bytes) {
    if (std::optional<Fault> fault = prologue_fault(bytes)) return *std::move(fault);
    RecordView view;
    view.bytes_ = bytes;
    view.header_ = load_header(bytes);
    view.chain_ = sha256(bytes.first(bytes.size() - chain_bytes));
    if (!std::ranges::equal(view.chain_, bytes.last(chain_bytes))) {
        return corrupt_at(view.header_.first, "does not match its checksum");
    }
    if (version_of(bytes) > record_version) return newer(version_of(bytes));
    if (std::optional<Fault> fault = header_fault(view.header_)) return *std::move(fault);
    if (std::optional<Fault> fault = events_fault(view.header_, events_of(bytes))) {
        return *std::move(fault);
    }
    return view;
}

void RecordBuilder::begin(const Start& start) {
    CHECK(start.epoch.value != 0);
    CHECK(start.first.value != 0);
    start_ = start;
    count_ = 0;
    stage_ = Stage::open;
    buffer_.clear();
    append(buffer_, bytes_of(magic));
    append_little_endian(buffer_, record_version);
    append_little_endian(buffer_, start.epoch.value);
    append_little_endian(buffer_, start.first.value);
    append_little_endian(buffer_, count_);
    append_little_endian(buffer_, start.stamp.value);
    append(buffer_, start.previous);
    CHECK(buffer_.size() == record_header_bytes);
}

bool RecordBuilder::fits(std::size_t clear_bytes, std::size_t sealed_bytes) const {
    if (clear_bytes > event_bytes_max || sealed_bytes > event_bytes_max - clear_bytes) return false;
    const std::size_t event_bytes = event_header_bytes + clear_bytes + sealed_bytes;
    return buffer_.size() + event_bytes + chain_bytes <= record_bytes_max;
}

void RecordBuilder::append_event(std::span<const std::byte> clear,
                                 std::span<const std::byte> sealed) {
    CHECK(stage_ == Stage::open);
    CHECK(!clear.empty());
    CHECK(fits(clear.size(), sealed.size()));
    append_little_endian(buffer_, static_cast<std::uint32_t>(clear.size() + sealed.size()));
    append_little_endian(buffer_, static_cast<std::uint32_t>(clear.size()));
    append(buffer_, clear);
    append(buffer_, sealed);
    ++count_;
}

RecordBuilder::Built RecordBuilder::finish() {
    CHECK(stage_ == Stage::open);
    CHECK(count_ != 0);
    stage_ = Stage::idle;
    store_little_endian(std::span(buffer_).subspan(count_at), count_);
    const Hash32 chain = sha256(buffer_);
    append(buffer_, chain);
    const Sequence last{start_.first.value + count_ - 1};
    return {.record = {.first = start_.first, .last = last, .bytes = buffer_}, .chain = chain};
}

}  // namespace carecard::journal
