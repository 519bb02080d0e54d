#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/id.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// A part of a sweep: images, and at its end where the sweep began.
struct ImageChunk {
    TableBatch images;
    std::optional<Imaged> ends;  ///< Set in a sweep's last chunk.
};

/// Where the sequencer's thread and the projector's meet: one place for a chunk, a wish for the
/// next sweep, and how far the archive is durable. No call waits.
class Handover {
   public:
    ~Handover() { delete place_.load(); }
    Handover() = default;
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    // The sequencer's side.
    [[nodiscard]] bool sweep_is_wanted() { return wanted_.exchange(false); }
    [[nodiscard]] bool has_room() const { return place_.load() == nullptr; }
    /// @pre `has_room()`.
    void give(std::unique_ptr<ImageChunk> chunk) { place_ = chunk.release(); }
    /// The archive has everything up to here, and it survives a crash.
    [[nodiscard]] Sequence archived() const { return {archived_.load()}; }

    // The projector's side.
    void want_sweep() { wanted_ = true; }
    /// Null when there is none.
    [[nodiscard]] std::unique_ptr<ImageChunk> take() {
        return std::unique_ptr<ImageChunk>(place_.exchange(nullptr));
    }
    void set_archived(Sequence sequence) { archived_ = sequence.value; }

   private:
    std::atomic<ImageChunk*> place_{nullptr};
    std::atomic<bool> wanted_{false};
    std::atomic<std::uint64_t> archived_{0};
};

}  // namespace carecard::sequencer
