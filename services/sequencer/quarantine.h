#pragma once

// Commands that are set aside because deciding them ended the process.
//
//     file  := "CCQU" | version u8 | count u16 | entry* | hash[32]
//     entry := fingerprint u64 | since i64 | stage u8 | signal u8 | kind size u8 | kind
//     hash  := SHA-256(every byte before it)
//
// Integers are little-endian; `since` is nanoseconds since 1970, UTC. The file is replaced as a
// whole. Fingerprints are keyed: it holds no name, number or text of anybody's.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "common/time.h"
#include "services/journal/file_system.h"
#include "services/sequencer/poison.h"

namespace carecard::sequencer {

struct QuarantineEntry {
    std::uint64_t fingerprint = 0;
    TimestampNs since;
    PoisonStage stage = PoisonStage::deciding;
    std::uint8_t signal = 0;
    std::string kind;  ///< "Authorise"
    friend bool operator==(const QuarantineEntry&, const QuarantineEntry&) = default;
};

/// How people write a fingerprint: 16 lower-case hexadecimal digits.
[[nodiscard]] std::string quarantine_id(std::uint64_t fingerprint);

/// The durable list. Any thread.
class Quarantine {
   public:
    /// What a start found.
    struct Found {
        std::optional<Death> death;            ///< Why the last process died, if a command did it.
        std::optional<QuarantineEntry> added;  ///< Set aside because of it.
        std::optional<QuarantineEntry> forgotten;  ///< The oldest, when there is no room for more.
    };

    /// Reads the list, sets aside what the page blames for the last death, durably, and takes the
    /// mark off the page.
    ///
    /// @param files  outlives it.
    /// @param page   prepared.
    /// @param now    the machine's clock.
    /// @return the list; `corrupt` on the path's field when its bytes are damaged; `conflict` when
    ///         a newer release wrote it; `unavailable`.
    [[nodiscard]] static Result<std::unique_ptr<Quarantine>> open(journal::FileSystem& files,
                                                                  journal::NamedPath file,
                                                                  PoisonPage& page,
                                                                  TimestampNs now);

    [[nodiscard]] const Found& found() const { return found_; }

    /// Whether a command is set aside. Cost: an atomic read while nothing is.
    [[nodiscard]] bool holds(std::uint64_t fingerprint) const;

    /// The oldest first.
    [[nodiscard]] std::vector<QuarantineEntry> list() const;

    /// Takes one off the list, durably. Blocks.
    /// @param id  as `quarantine_id` writes it.
    /// @return what it was; `not_found` on field `id`; `unavailable` when the list cannot be
    ///         written, and then it is set aside as before.
    [[nodiscard]] Result<QuarantineEntry> release(const std::string& id);

    /// How many have been released since the start.
    [[nodiscard]] std::uint64_t releases() const { return releases_; }

   private:
    Quarantine(journal::FileSystem& files, journal::NamedPath file)
        : files_(files), file_(std::move(file)) {}
    Result<Done> add(const Death& death, TimestampNs now);
    void set_entries(std::vector<QuarantineEntry> entries);

    journal::FileSystem& files_;
    const journal::NamedPath file_;
    Found found_;
    std::mutex writing_;        // one release at a time; taken before mutex_
    mutable std::mutex mutex_;  // guards entries_; never held while writing
    std::vector<QuarantineEntry> entries_;
    std::atomic<bool> empty_ = true;
    std::atomic<std::uint64_t> releases_ = 0;
};

}  // namespace carecard::sequencer
