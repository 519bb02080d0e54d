#pragma once

// Images of what changed, in Table::image:
//
//     key := 1                         value := offsets
//          | 2 | agreement u32         value := agreement
//          | 3 | programme u32         value := programme
//          | 4 | account u32           value := account       (journal/image.h)
//
// Numbers in keys are big-endian.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "rules/state.h"
#include "services/sequencer/handover.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// What has no image yet as it is now: accounts in the order in which they first changed, and how
/// far agreements and the table of offsets are copied. Accounts in that order, so that images are
/// there from the first number on without a gap, whenever writing them was cut short.
class Unimaged {
   public:
    void add(AccountId account);
    /// The next account of the list that was taken with `begin`; it has an image from now on.
    [[nodiscard]] std::optional<AccountId> next();
    /// Takes the list as it stands; accounts that change from now on are in the next.
    void begin();
    [[nodiscard]] bool empty() const { return gathering_.empty() && taken_.empty(); }

    std::size_t agreements = 0;  ///< So many, from the first, have an image.
    Sequence offsets;            ///< The table that was set here has.

   private:
    std::vector<bool> waits_;  // by account number
    std::deque<AccountId> gathering_;
    std::deque<AccountId> taken_;
};

/// Copies what changed, a bounded part in each turn, and hands it to the projector. A sweep that
/// begins when the journal ends at S has, when it ends, copied everything that S and earlier
/// events changed, so that start-ups can fold on from S. The sequencer's thread only.
class Sweeper {
   public:
    explicit Sweeper(Unimaged& unimaged) : unimaged_(unimaged) {}

    /// Goes on with the sweep, or begins one when the projector wants it and something changed.
    /// Call it when `state` is as durable as `now` says, never within a group.
    /// @return whether there is more to copy and room for it.
    bool advance(const rules::State& state, const Imaged& now, Handover& handover);

   private:
    template <class Kind, class... What>
    void copy(Kind kind, std::uint32_t number, const What&... what);
    void copy_accounts(const rules::State& state);
    void finish(const rules::State& state);

    Unimaged& unimaged_;
    std::optional<Imaged> began_;
    std::unique_ptr<ImageChunk> chunk_;
    std::vector<std::byte> bytes_;  // of one image; kept for its room
};

/// Puts the images of `tables` into an empty state.
/// @return `Done`; `corrupt` when one is damaged or missing; `unavailable`.
[[nodiscard]] Result<Done> load_images(const Tables& tables, rules::State& state);

}  // namespace carecard::sequencer
