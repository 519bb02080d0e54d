#pragma once

// How far the projections have come, in Table::progress.
//
//     row       := "format"    version u8
//                | "projected" head                 archive, activity and request keys have it all
//                | "imaged"    head last_ns i64     images: folding on from here gives the state
//     head      := epoch u32 | sequence u64 | chain[32]
//
// Numbers are big-endian. `imaged` is never later than `projected`.

#include <cstdint>
#include <optional>

#include "common/result.h"
#include "common/time.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// Raised with every change of a format of the projections; older ones are made anew.
inline constexpr std::uint8_t projections_version = 10;

/// Where the journal stood, and its stamp there, when a sweep of images began.
struct Imaged {
    journal::Head head;
    TimestampNs last_ns;
    friend bool operator==(const Imaged&, const Imaged&) = default;
};

struct Progress {
    Imaged imaged;
    journal::Head projected;
};

/// @return the version of the projections' formats; nothing when they are empty; `unavailable` when
///         the tables cannot be read.
[[nodiscard]] Result<std::optional<std::uint8_t>> read_version(const Tables& tables);

/// @return how far the projections have come; nothing when they are empty, of another version, or
///         not of this journal: ahead of it, or with another chain hash at their place in it.
///         `unavailable` when the tables cannot be read.
[[nodiscard]] Result<std::optional<Progress>> read_progress(const Tables& tables,
                                                            const journal::Store& store);

/// Adds the rows that say how far a batch brings the projections.
void put_projected(const journal::Head& head, TableBatch& batch);
void put_imaged(const Imaged& imaged, TableBatch& batch);

}  // namespace carecard::sequencer
