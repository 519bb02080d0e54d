#pragma once

// The rows of the settlement's book.
//
//     key                                   value
//     01                                    cursor    := version u8 (1) | epoch | sequence
//                                                        | chain[32] | applied | clock
//     02 programme u32                      programme := code | council | currency
//     03 account u32                        account   := programme | reference | arrangement
//                                                        | opened | closed | balance | held
//                                                        | exposure
//     04 card u32                           card      := last four
//     05 programme u32 | sequence u64       the clear part of an event that moved money or ended a
//                                           business day, since the programme's last batch
//     06 programme u32 | number u32         batch     := closed_sequence | closed_at
//                                                        | signature_size | signature_hash[32]
//                                                        | manifest.json
//     07 code | 00 | number u32             kept      := lost | batch
//                                           a batch of an earlier life of the journal that the
//                                           present one has not closed (yet)
//     08 programme u32                      fork      := restored_to | lost_first | lost_last
//                                           since the programme's last batch
//
// Numbers in keys are big-endian, so that keys have the order of their numbers. Values hold varints
// (services/journal/wire.h) and texts as length and bytes; manifest.json is the rest of its value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/event.h"
#include "services/journal/head_file.h"
#include "services/settlement/book.h"
#include "services/settlement/manifest.h"
#include "services/settlement/position.h"

namespace carecard::settlement {

/// How far the journal has been folded into the book.
struct Cursor {
    journal::Head head;  ///< The last record that is in it as a whole.
    Sequence applied;    ///< The last event that is in it: `head.sequence`, or in the next record.
    ClockKind clock = ClockKind::system;  ///< Simulated once it was ever known to be.
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

struct ProgrammeRow {
    ProgrammeCode code;
    CouncilCode council;
    CurrencyCode currency;
    friend bool operator==(const ProgrammeRow&, const ProgrammeRow&) = default;
};

struct AccountRow {
    ProgrammeId programme;
    AccountReference reference;
    rules::Arrangement arrangement = rules::Arrangement::direct_payment;
    Sequence opened;
    Sequence closed;    ///< 0 while it is not.
    Position position;  ///< At the end of the programme's last batch.
    friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

using CardRow = InlineText<4>;

/// A batch whose files are durable and signed.
struct ClosedBatch {
    Manifest manifest;
    FileDigest manifest_digest;
    FileDigest signature_digest;
    Sequence closed_sequence;  ///< Of the event that closed it.
    TimestampNs closed_at;
    bool lost = false;  ///< The journal has lost that event in a restore.
    friend bool operator==(const ClosedBatch&, const ClosedBatch&) = default;
};

[[nodiscard]] std::string cursor_key();
[[nodiscard]] std::string key_of(ProgrammeId id);
[[nodiscard]] std::string key_of(AccountId id);
[[nodiscard]] std::string key_of(CardId id);
[[nodiscard]] std::string event_key(ProgrammeId programme, Sequence sequence);
[[nodiscard]] std::string batch_key(ProgrammeId programme, std::uint32_t number);
[[nodiscard]] std::string kept_key(std::string_view code, std::uint32_t number);
[[nodiscard]] std::string fork_key(ProgrammeId id);

/// All rows of one kind.
[[nodiscard]] KeyRange all_programmes();
[[nodiscard]] KeyRange all_accounts();
[[nodiscard]] KeyRange all_cards();
[[nodiscard]] KeyRange all_batches();
[[nodiscard]] KeyRange all_kept();
[[nodiscard]] KeyRange all_forks();
/// What a journal that is followed from its beginning again makes anew: all rows but those of kept
/// batches.
[[nodiscard]] std::vector<KeyRange> all_made_anew();
/// The stored events of a programme, both sequences included.
[[nodiscard]] KeyRange events_between(ProgrammeId programme, Sequence first, Sequence last);

/// The programme that an `event_key`, a `batch_key` or a `fork_key` begins with.
[[nodiscard]] ProgrammeId programme_of_key(std::string_view key);
/// The sequence that an `event_key` ends with.
[[nodiscard]] Sequence sequence_of_key(std::string_view key);

[[nodiscard]] std::string encode(const Cursor& row);
[[nodiscard]] std::string encode(const ProgrammeRow& row);
[[nodiscard]] std::string encode(const AccountRow& row);
[[nodiscard]] std::string encode(const CardRow& row);
[[nodiscard]] std::string encode(const ClosedBatch& row);
/// The form of a kept batch, which says whether it is lost.
[[nodiscard]] std::string encode_kept(const ClosedBatch& row);
[[nodiscard]] std::string encode(const Fork& row);

/// The version of the book that a cursor's row begins with; nothing for an empty row.
[[nodiscard]] std::optional<std::uint8_t> version_of_book(std::string_view cursor);
inline constexpr std::uint8_t book_version = 1;

/// Reads what `encode` wrote. @return nothing when the bytes are not that.
[[nodiscard]] std::optional<Cursor> decode_cursor(std::string_view value);
[[nodiscard]] std::optional<ProgrammeRow> decode_programme(std::string_view value);
[[nodiscard]] std::optional<AccountRow> decode_account(std::string_view value);
[[nodiscard]] std::optional<CardRow> decode_card(std::string_view value);
[[nodiscard]] std::optional<ClosedBatch> decode_batch(std::string_view value);
[[nodiscard]] std::optional<ClosedBatch> decode_kept(std::string_view value);
[[nodiscard]] std::optional<Fork> decode_fork(std::string_view value);

}  // namespace carecard::settlement
