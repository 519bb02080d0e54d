#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/result.h"
#include "services/fsck/batches.h"
#include "services/fsck/flaw.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::fsck {

/// What a check found.
struct Report {
    std::uint64_t records = 0;  ///< Found whole, linked and counted again, from the first on.
    std::uint64_t events = 0;   ///< In them.
    journal::Head head;         ///< Where they end.
    std::uint64_t programmes = 0;
    std::uint64_t accounts = 0;
    std::uint64_t authorisations_open = 0;

    /// Why the journal is not sound: its first sequence that cannot be vouched for. Nothing when it
    /// is.
    std::optional<Flaw> journal;

    enum class Checked : unsigned char {
        absent,         ///< There are none, or none was named.
        other_version,  ///< Of projections: another release made them, and they are made anew.
        checked,
    };
    Checked projections = Checked::absent;
    std::uint64_t rows = 0;    ///< Of projections that agree.
    std::uint64_t images = 0;  ///< The same.
    Sequence projected;        ///< How far the projections have come.
    bool fingerprints_checked = false;
    std::optional<Flaw> cache;  ///< What of the projections does not agree.

    Checked batches = Checked::absent;
    std::uint64_t batches_agreed = 0;
    bool signatures_checked = false;
    std::optional<Flaw> batch;  ///< What of the batches does not agree.

    [[nodiscard]] bool sound() const { return !journal && !cache && !batch; }
};

/// What is checked beside the journal.
struct Beside {
    /// Nothing when there is none: then a tail that was cut does not show.
    std::optional<journal::Head> head_file;
    const sequencer::Tables* projections = nullptr;         ///< Null: not checked.
    const sequencer::Fingerprints* fingerprints = nullptr;  ///< Null: not at hand.
    std::optional<Batches::Parts> batches;                  ///< Nothing: not checked.
};

/// Told after each record: the last sequence found sound, and the last there is.
using OnProgress = std::function<void(Sequence checked, Sequence tail)>;

/// Reads a journal once, from its first record to its tail. Verifies of each record its form and
/// checksum, that it links to the one before, that no sequence is missing and that the epoch never
/// falls; folds each event and asks whether it follows from those before (`Replay`); and holds
/// head file, projections and batches against what was folded. Decides nothing and changes nothing.
///
/// Cost: reads and hashes every byte of the journal; a search for each row of the projections.
/// Memory: see `Replay`.
[[nodiscard]] Report check(const journal::Store& store, Beside beside,
                           const OnProgress& on_progress);

}  // namespace carecard::fsck
