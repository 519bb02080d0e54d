#pragma once

// manifest.json: what a batch is. The signature is over these bytes.
//
// JSON with two spaces of indentation, LF line ends and one at the end; integers and strings only;
// exactly these keys in this order:
//
//     format_version            1, or 2 with `fork`, or 3 with `returned` and `owed`, or with
//                               `resolved_minor` or `disputed_minor`, or with `council_payments`
//     epoch                     the journal's
//     programme, council        codes
//     currency                  ISO 4217, letters
//     number                    1 for the programme's first batch; no gaps but those that `fork`
//                               names
//     day                       the last business day in it, YYYY-MM-DD
//     first, last               the batch is the programme's events with these sequences and
//                               those between
//     clock                     "system" | "simulated"
//     files                     [{name, size, sha256}]: closing_position.csv, items.csv
//     totals
//       loads, debits, credits  {count, minor}: of the items
//       opening_balance_minor   what all holders had at the end of the previous batch
//       closing_balance_minor   and at the end of this: opening + the items' effects
//       closing_held_minor      the part of it that is promised to merchants
//       opening_exposure_minor  what was cleared beyond holders' money and not yet made good
//       exposure_minor          added to it by the debits, and by provisional debits
//       recovered_minor         made good by the credits
//       closing_exposure_minor  opening + exposure - recovered - resolved + disputed
//       accounts                rows of closing_position.csv
//       returned, owed          {count, minor}, only where there are any: of the items that left
//                               purses which are over, for their funders or for the person
//       council_payments        {count, minor}, only where there are any: what the council paid
//                               itself of what it had earmarked
//       write_offs, exposure_recoveries, write_offs_repaid
//                               {count, minor}, only where there are any: of the items that lower
//                               an exposure as two people agreed, or undo that
//       resolved_minor          where there are: write-offs + recoveries - write-offs repaid
//       provisional_credits, provisional_debits, disputes_repaid, disputes_paid_back
//                               {count, minor}, only where there are any: of the items of disputes
//       disputed_minor          where there are: disputes repaid - disputes paid back
//     previous                  {manifest_sha256, signature_sha256} of the batch before: the one
//                               with the number before, or before those that were lost; null when
//                               there is none
//     fork                      only in a programme's first batch after a restore of the journal
//       restored_to             the last sequence that the two lines of the journal share
//       lost_first, lost_last   the numbers of batches of the lost line, which no later batch has:
//                               all between the batch before and this one; both 0 when there are
//                               none

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"
#include "services/settlement/file_names.h"
#include "services/settlement/item.h"

namespace carecard::settlement {

inline constexpr std::uint32_t manifest_version = 3;

enum class ClockKind : std::uint8_t { system = 1, simulated = 2 };

struct FileDigest {
    std::uint64_t size = 0;  ///< Bytes.
    Hash32 sha256{};
    friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

struct CountAndSum {
    std::uint64_t count = 0;
    TotalMinor sum;
    friend bool operator==(const CountAndSum&, const CountAndSum&) = default;
};

struct BatchTotals {
    CountAndSum loads;
    CountAndSum debits;
    CountAndSum credits;
    CountAndSum returned;
    CountAndSum owed;
    CountAndSum write_offs;
    CountAndSum exposure_recoveries;
    CountAndSum write_offs_repaid;
    CountAndSum council_payments;
    CountAndSum provisional_credits;
    CountAndSum provisional_debits;
    CountAndSum disputes_repaid;
    CountAndSum disputes_paid_back;
    TotalMinor opening_balance;
    TotalMinor closing_balance;
    TotalMinor closing_held;
    TotalMinor opening_exposure;
    TotalMinor exposure;
    TotalMinor recovered;
    TotalMinor closing_exposure;
    std::uint64_t accounts = 0;

    /// Of the items of this kind.
    [[nodiscard]] CountAndSum& of(ItemKind kind);
    [[nodiscard]] bool has_sent_on() const { return returned.count != 0 || owed.count != 0; }
    [[nodiscard]] bool has_resolutions() const {
        return write_offs.count != 0 || exposure_recoveries.count != 0 ||
               write_offs_repaid.count != 0;
    }
    /// Taken from the exposure as two people agreed, less what was repaid of it.
    [[nodiscard]] TotalMinor resolved() const {
        return {write_offs.sum.value + exposure_recoveries.sum.value - write_offs_repaid.sum.value};
    }
    [[nodiscard]] bool has_disputes() const {
        return provisional_credits.count != 0 || provisional_debits.count != 0 ||
               disputes_repaid.count != 0 || disputes_paid_back.count != 0;
    }
    /// What is neither holders' nor an exposure's of the credits, less the same of the debits.
    [[nodiscard]] TotalMinor disputed() const {
        return {disputes_repaid.sum.value - disputes_paid_back.sum.value};
    }
    friend bool operator==(const BatchTotals&, const BatchTotals&) = default;
};

/// What ties a batch to the one before it.
struct PreviousBatch {
    Hash32 manifest_sha256{};
    Hash32 signature_sha256{};
    friend bool operator==(const PreviousBatch&, const PreviousBatch&) = default;
};

/// Where the journal's present line leaves one that was lost.
struct Fork {
    Sequence restored_to;
    std::uint32_t lost_first = 0;
    std::uint32_t lost_last = 0;
    friend bool operator==(const Fork&, const Fork&) = default;
};

struct Manifest {
    Epoch epoch;
    std::string programme;
    std::string council;
    std::string currency;
    std::uint32_t number = 0;
    DayNumber day;
    Sequence first;
    Sequence last;
    ClockKind clock = ClockKind::system;
    FileDigest positions;
    FileDigest items;
    BatchTotals totals;
    std::optional<PreviousBatch> previous;
    std::optional<Fork> fork;
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// The number of the batch that `manifest` must follow: the one before, or before those that were
/// lost; 0 when there is none.
[[nodiscard]] std::uint32_t number_before(const Manifest& manifest);

/// The bytes of manifest.json. Equal manifests have equal bytes.
[[nodiscard]] std::string render(const Manifest& manifest);

/// Reads manifest.json strictly: only bytes that `render` would write are accepted, at most
/// `batch_manifest_bytes_max` of them. Whether its figures are true is for `verify_batch` to say.
///
/// @param text  from outside; not believed.
/// @return the manifest; `corrupt` on field "manifest.json"; `conflict` when it is of a newer
///         format version.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

}  // namespace carecard::settlement
