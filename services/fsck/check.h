#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "common/result.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"

namespace carecard::fsck {

/// What a check found.
struct Report {
    std::uint64_t records = 0;  ///< Found whole and linked, from the first on.
    std::uint64_t events = 0;   ///< In them.
    journal::Head head;         ///< Where they end.

    /// Why the journal is not sound; nothing when it is.
    std::optional<Fault> damage;

    [[nodiscard]] bool sound() const { return !damage; }
    /// Of a journal that is not sound: the first sequence that cannot be vouched for.
    [[nodiscard]] Sequence first_unsound() const { return {head.sequence.value + 1}; }
};

/// Told after each record: the last sequence found sound, and the last there is.
using OnProgress = std::function<void(Sequence checked, Sequence tail)>;

/// Reads a journal from its first record to its tail and verifies of each record its form and
/// checksum, that it links to the one before, that no sequence is missing and that the epoch never
/// falls; and that the journal holds what its head file says.
///
/// @param head_file  nothing when there is no head file: then a tail that was cut does not show.
/// Cost: reads and hashes every byte of the journal.
[[nodiscard]] Report check(const journal::Store& store,
                           const std::optional<journal::Head>& head_file,
                           const OnProgress& on_progress);

}  // namespace carecard::fsck
