#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/inline_vector.h"
#include "common/result.h"
#include "common/time.h"
#include "rules/state.h"
#include "services/journal/codec.h"
#include "services/journal/store.h"
#include "services/sequencer/request_keys.h"

namespace carecard::fsck {

/// Reads one event from the journal.
/// @return the event; `corrupt` when it cannot be read.
[[nodiscard]] Result<journal::DecodedEvent> read_event(const journal::Store& store,
                                                       Sequence sequence);

/// The authorisation as an event left it: null for events that change none.
[[nodiscard]] const rules::Authorisation* authorisation_after(const rules::Event& event);

/// The announced refund that an event clears beside it; null for events that clear none.
[[nodiscard]] const rules::Authorisation* announced_after(const rules::Event& event);

/// The names under which an event applies a load, a presentment or the taking back of one, each of
/// which may happen once: its own first. Empty for every other event.
using NaturalKeys = InlineVector<rules::NaturalKey, 2>;
[[nodiscard]] NaturalKeys natural_keys_of(const rules::Event& event);

/// Where the journal speaks of what is over: authorisations that left memory, loads and
/// presentments. Keeps 16 bytes for each, forgets after one to two times
/// `authorisation_retention`, and reads the rest from the journal when asked.
class Past {
   public:
    explicit Past(const journal::Store& store) : store_(store) {}

    void remember(const AuthorisationId& id, const rules::Stamp& changed);
    void remember(const rules::NaturalKey& key, const rules::Stamp& applied);

    /// @return the authorisation as its last event left it; nothing when none was remembered; a
    ///         fault when the journal cannot be read.
    [[nodiscard]] Result<std::optional<rules::Authorisation>> find(const AuthorisationId& id) const;
    /// @return the event that applied `key`, within `authorisation_retention` before `now`; 0 when
    ///         there is none; a fault when the journal cannot be read.
    [[nodiscard]] Result<Sequence> applied(const rules::NaturalKey& key, TimestampNs now) const;

    [[nodiscard]] Result<journal::DecodedEvent> read(Sequence sequence) const {
        return read_event(store_, sequence);
    }

   private:
    void insert(std::uint64_t hash, const rules::Stamp& at);
    [[nodiscard]] std::vector<Sequence> candidates(std::uint64_t hash) const;

    const journal::Store& store_;
    TimestampNs recent_began_;
    sequencer::FingerprintTable recent_;
    sequencer::FingerprintTable older_;
};

}  // namespace carecard::fsck
