#pragma once

// The stored form of an event. What everyone may prove is in its clear part; personal texts are
// in its sealed part (sealer.h), and the clear part commits to them.
//
//     clear       := kind u8 | version u8 | stamp | member* | commitments
//     stamp       := epoch varint | sequence varint | now_ns zigzag
//     commitments := count u8 | digest[32]*          one for each personal text of the kind
//
//     kind        the event's place in rules::Event, from 1
//     version     3. Versions 1 and 2 are still read. Version 2 lacks the members that fields.h
//                 lists as `since<3>`: each is then what its struct begins with. In version 1 an
//                 AuthorisationDecided has, besides, neither `agreement_version` nor, in its facts,
//                 `reversed_before`; both are then none.
//     member      each member of the event's struct in declared order, by its type:
//       bool                    u8, 0 or 1
//       enumeration             u8, a number that is known
//       unsigned integer        varint
//       signed integer          zigzag: 0, -1, 1, -2, ... as the varints 0, 1, 2, 3, ...
//                               (totals: the same, over 128 bits)
//       text                    size varint | bytes[size]
//       digest, key id          its bytes
//       array                   its items
//       list                    count varint | items
//       optional                u8, 0 | u8, 1 | value
//       struct                  its members
//       personal text           nothing
//
// A varint is little-endian in groups of seven bits and has its shortest form only. Texts, lists
// and numbers are bounded by their types and common/limits.h. An event therefore has exactly one
// clear part, and its Merkle leaf exactly one value.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/result.h"
#include "rules/event.h"

namespace carecard::journal {

/// The version this program writes, and the newest it reads.
inline constexpr std::uint8_t event_version = 3;

/// SHA-256(salt || text) of each personal text, in the order of `texts_of`.
using Commitments = InlineVector<Hash32, commitments_per_event_max>;

struct DecodedEvent {
    rules::Event event;  ///< Its personal texts are empty; see `set_texts`.
    rules::Stamp stamp;
    Commitments commitments;
    std::uint8_t version = event_version;  ///< In which it was written.
    friend bool operator==(const DecodedEvent&, const DecodedEvent&) = default;
};

/// Appends the clear part of `event` to `out`. Its personal texts are not written.
///
/// The same event, stamp and commitments give the same bytes on every machine. A value that its
/// own field cannot hold, such as a merchant category of 10000, is a bug and aborts.
///
/// @param commitments  exactly one for each text of `texts_of(event)`; another number aborts.
/// Cost: well under a microsecond; allocates only when `out` has to grow, so keep it.
void encode_clear(const rules::Event& event, const rules::Stamp& stamp,
                  std::span<const Hash32> commitments, std::vector<std::byte>& out);

/// Reads a clear part back.
///
/// Safe on any bytes: reads nothing beyond them, and allocates no more than a small multiple of
/// their number. What it accepts of this version, `encode_clear` turns into the same bytes again.
///
/// @param clear  one whole clear part; a byte too few or too many is a fault.
/// @return the event; `corrupt` on field `event` when the bytes are not a clear part, saying at
///         which byte and why; `conflict` when a newer program wrote them. The fault repeats no
///         value.
[[nodiscard]] Result<DecodedEvent> decode_clear(std::span<const std::byte> clear);

/// The personal texts of the command an event answers, in the order in which they are sealed and
/// committed to; empty ones included. Borrowed from `event`.
using PersonalTexts = InlineVector<std::string_view, commitments_per_event_max>;
[[nodiscard]] PersonalTexts texts_of(const rules::Event& event);

/// Puts opened texts back where `texts_of` found them.
/// @return done; `corrupt` on field `event` when there are more or fewer texts than the kind has,
///         or one is longer than its field, with `event` unchanged.
[[nodiscard]] Result<Done> set_texts(rules::Event& event, std::span<const std::string> texts);

/// The name of an event's kind, e.g. "AuthorisationDecided", for people.
[[nodiscard]] std::string_view kind_name(const rules::Event& event);

}  // namespace carecard::journal
