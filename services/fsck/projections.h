#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.h"
#include "services/fsck/flaw.h"
#include "services/fsck/images.h"
#include "services/fsck/key_blocks.h"
#include "services/fsck/rows.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"
#include "services/journal/store.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::fsck {

/// Holds all projections of a journal against it, while it is folded: images, archive, activity and
/// request keys; that nothing is missing up to where they say they have come, and nothing is there
/// that no event has left. Stops at the first flaw.
class Projections {
   public:
    struct Parts {
        const sequencer::Tables& tables;
        const journal::Store& store;
        TimestampNs end;  ///< The journal's last stamp.
        /// Null when the master key is not at hand.
        const sequencer::Fingerprints* fingerprints = nullptr;
    };
    /// All must outlive the object.
    Projections(const Parts& parts, const sequencer::Progress& progress);

    // For each record in order: `event` after each event was folded, then `record`.
    void event(const journal::DecodedEvent& event, const rules::State& state);
    void record(const journal::RecordHeader& record);
    /// When the whole journal has been folded.
    void end(const rules::State& state);

    [[nodiscard]] const std::optional<Flaw>& flaw() const { return flaw_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_.agreed() + key_blocks_.agreed(); }
    [[nodiscard]] std::uint64_t images() const { return images_.agreed(); }
    /// How far the projections say they have come.
    [[nodiscard]] Sequence projected() const { return projected_; }

   private:
    void note(Sequence sequence, const Result<Done>& outcome);
    void note(const Result<std::optional<Flaw>>& outcome);

    const journal::Store& store_;
    const Sequence projected_;
    Rows rows_;
    KeyBlocks key_blocks_;
    Images images_;
    std::optional<Flaw> flaw_;
};

}  // namespace carecard::fsck
