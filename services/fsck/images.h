#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "rules/state.h"
#include "services/fsck/flaw.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/tables.h"

namespace carecard::fsck {

/// Holds each image against the state as it was folded up to the image's own `as_of`.
class Images {
   public:
    /// @param imaged  where start-ups fold on from: every account and programme has an image that
    ///                knows of everything up to here.
    Images(const sequencer::Tables& tables, const sequencer::Imaged& imaged)
        : tables_(tables), imaged_(imaged.head.sequence) {}

    /// Notes which images there are. Before the first event.
    /// @return done; `corrupt` when one cannot be read; the fault of the tables.
    [[nodiscard]] Result<Done> load();

    /// Compares the images of this place in the journal. After each event, in order.
    [[nodiscard]] Result<Done> folded(const rules::State& state);

    /// Compares what has no place, and looks for images of what the journal does not have.
    /// @return a flaw; nothing when there is none; the fault of the tables.
    [[nodiscard]] Result<std::optional<Flaw>> nothing_else(const rules::State& state);

    /// Images found as they must be.
    [[nodiscard]] std::uint64_t agreed() const { return agreed_; }

   private:
    enum class Kind : std::uint8_t { offsets = 1, agreement = 2, programme = 3, account = 4 };
    struct Image {
        Kind kind = Kind::offsets;
        std::uint32_t number = 0;
        Sequence as_of;
        std::string key;
    };

    [[nodiscard]] Result<Done> note(std::string_view key, std::string_view value);
    [[nodiscard]] Result<Done> compare(const Image& image, const rules::State& state);
    [[nodiscard]] Result<Done> check_all_there(const rules::State& state) const;
    [[nodiscard]] bool encode(const Image& image, const rules::State& state);

    const sequencer::Tables& tables_;
    const Sequence imaged_;
    std::vector<Image> due_;  // by as_of; those without one, agreements, come last
    std::size_t next_ = 0;
    std::vector<Sequence> accounts_;  // the as_of of each one's image, by number from 1
    std::vector<Sequence> programmes_;
    std::size_t agreements_ = 0;
    Sequence offsets_;
    std::uint64_t agreed_ = 0;
    std::vector<std::byte> bytes_;
    std::string stored_;
};

}  // namespace carecard::fsck
