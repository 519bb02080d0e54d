#pragma once

#include "common/result.h"
#include "rules/state.h"
#include "services/fsck/past.h"
#include "services/fsck/recount.h"
#include "services/journal/codec.h"
#include "services/journal/store.h"

namespace carecard::fsck {

/// Folds a journal from its first event: asks of each whether it follows from those before, counts
/// it again, applies it, and compares the two sets of books.
///
/// Memory: the service's own state, as much again for the recount's numbers, and 16 bytes for each
/// thing that is over (see `Past`).
class Replay {
   public:
    /// @param store  where what has left memory is read again. Outlives the object.
    explicit Replay(const journal::Store& store) : past_(store) {}

    /// Folds the next event.
    /// @return done; `corrupt` on field `event`, naming sequence and kind, when it does not follow
    ///         from those before; the fault of the journal when an earlier event cannot be read.
    ///         After a fault the object is of no further use.
    [[nodiscard]] Result<Done> fold(const journal::DecodedEvent& event);

    [[nodiscard]] const rules::State& state() const { return state_; }

   private:
    /// What `after` was before; nothing when none was known, or it is null.
    [[nodiscard]] Result<std::optional<rules::Authorisation>> before(
        const rules::Authorisation* after) const;
    /// What the event's authorisation was, or that which it is about without changing it.
    [[nodiscard]] Result<std::optional<rules::Authorisation>> before(
        const rules::Event& event) const;
    [[nodiscard]] Result<std::optional<rules::Authorisation>> known(
        const AuthorisationId& id) const;
    /// What a presentment takes back, as far as the journal knows it.
    struct TakenBack {
        Sequence by;  ///< The event that did so before; 0 when none did.
        std::optional<rules::Presented> clearing;
    };
    [[nodiscard]] Result<TakenBack> taken_back_by(const journal::DecodedEvent& event) const;
    void count(const rules::Authorisation* was, const rules::Event& event,
               const rules::Stamp& stamp);
    void remember(const rules::Event& event, const rules::Stamp& stamp);
    [[nodiscard]] std::optional<std::string> difference(const rules::Event& event) const;

    rules::State state_;
    Recount recount_;
    Past past_;
};

/// The remedy for a journal that does not add up.
[[nodiscard]] std::string restore_remedy();

}  // namespace carecard::fsck
