#pragma once

// A record: the bytes of one commit, and the link between it and the commit before.
//
//     record  := header event* chain
//     header  := "CCJ1" | version u8 | epoch u32 | first u64 | count u32 | stamp_ns i64
//                | previous[32]
//     event   := length u32 | clear_length u32 | clear[clear_length]
//                | sealed[length - clear_length]
//     chain   := SHA-256(every byte before it)
//
// Integers are little-endian. `count` events follow, at least one, with the sequences `first`,
// `first` + 1 and so on. `chain` is the checksum of this record and the `previous` of the next;
// the first record's `previous` is 32 zero bytes. Every version keeps the magic, the place of the
// version and the final chain, so a newer record can be told from a damaged one.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "common/id.h"
#include "common/result.h"
#include "common/time.h"

namespace carecard::journal {

inline constexpr std::uint8_t record_version = 1;
inline constexpr std::size_t record_header_bytes = 61;
inline constexpr std::size_t event_header_bytes = 8;

/// One commit, already encoded, with the sequences of its first and last event.
struct Record {
    Sequence first;
    Sequence last;
    std::span<const std::byte> bytes;  ///< Borrowed; see who gave it for how long.
};

/// What stands before the events of a record.
struct RecordHeader {
    Epoch epoch;
    Sequence first;
    std::uint32_t count = 0;
    TimestampNs stamp;
    Hash32 previous{};

    [[nodiscard]] Sequence last() const { return {first.value + count - 1}; }
};

/// One event as it is stored.
struct EventView {
    Sequence sequence;
    std::span<const std::byte> clear;   ///< Encoded facts; never empty.
    std::span<const std::byte> sealed;  ///< Encrypted personal data (sealer.h); may be empty.
};

/// Walks over the events of a record whose lengths were checked before.
class EventIterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = EventView;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = EventView;

    EventIterator() = default;
    EventIterator(std::span<const std::byte> rest, Sequence sequence)
        : rest_(rest), sequence_(sequence) {}

    [[nodiscard]] EventView operator*() const;
    EventIterator& operator++();
    EventIterator operator++(int);
    friend bool operator==(const EventIterator& a, const EventIterator& b) {
        return a.rest_.size() == b.rest_.size();
    }

   private:
    std::span<const std::byte> rest_;
    Sequence sequence_;
};

/// A record that has been read and found whole. Can be had only from `parse_record`.
///
///     for (const EventView event : view.events()) { ... }
///
/// Borrows the bytes it was parsed from: keep them, unchanged, for as long as the view.
class RecordView {
   public:
    struct Events {
        EventIterator first;
        EventIterator last;
        [[nodiscard]] EventIterator begin() const { return first; }
        [[nodiscard]] EventIterator end() const { return last; }
    };

    [[nodiscard]] const RecordHeader& header() const { return header_; }
    [[nodiscard]] const Hash32& chain() const { return chain_; }
    [[nodiscard]] Record record() const { return {header_.first, header_.last(), bytes_}; }
    [[nodiscard]] Events events() const;

   private:
    friend Result<RecordView> parse_record(std::span<const std::byte> bytes);
    RecordView() = default;

    RecordHeader header_;
    Hash32 chain_{};
    std::span<const std::byte> bytes_;
};

/// Reads the header alone, without the checksum: enough to know which sequences a record holds.
/// @return the header; `corrupt` on field `record` when the bytes cannot begin a record;
///         `conflict` when a newer release wrote it.
[[nodiscard]] Result<RecordHeader> parse_record_header(std::span<const std::byte> bytes);

/// Reads a whole record: every length, the count, no byte left over, and the checksum. Pure; any
/// bytes may be given. Whether it follows the record before is for `verify_chain` to say.
///
/// @return the view; `corrupt` on field `record`, with the first sequence when it can be read;
///         `conflict` when the checksum holds and the version is of a newer release.
/// Cost:   one SHA-256 over the bytes; allocates only for a fault.
[[nodiscard]] Result<RecordView> parse_record(std::span<const std::byte> bytes);

/// Builds records one after another in one buffer, which grows to the largest and stays.
///
///     builder.begin({.epoch = epoch, .first = next, .stamp = now, .previous = chain});
///     if (builder.fits(clear.size(), sealed.size())) builder.append_event(clear, sealed);
///     const RecordBuilder::Built built = builder.finish();
///
/// One thread. Calls out of order, an event that does not fit and a record without events are
/// bugs, and abort.
class RecordBuilder {
   public:
    struct Start {
        Epoch epoch;
        Sequence first;
        TimestampNs stamp;
        Hash32 previous{};
    };
    struct Built {
        Record record;  ///< Borrowed from the builder until the next `begin`.
        Hash32 chain;   ///< The `previous` of the next record.
    };

    void begin(const Start& start);

    /// The sequence that the next event will have.
    [[nodiscard]] Sequence next_sequence() const { return {start_.first.value + count_}; }

    /// Says whether an event of these sizes is allowed (`event_bytes_max`) and there is room for
    /// it in this record (`record_bytes_max`).
    [[nodiscard]] bool fits(std::size_t clear_bytes, std::size_t sealed_bytes) const;

    /// @param clear  not empty.
    void append_event(std::span<const std::byte> clear, std::span<const std::byte> sealed);

    [[nodiscard]] Built finish();

   private:
    enum class Stage : unsigned char { idle, open };

    std::vector<std::byte> buffer_;
    Start start_;
    std::uint32_t count_ = 0;
    Stage stage_ = Stage::idle;
};

}  // namespace carecard::journal
