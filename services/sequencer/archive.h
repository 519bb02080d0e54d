#pragma once

// What is over, kept for `authorisation_retention` after its last change.
//
//     Table::archive    key := id                         value := changed_ns i64 | sequence u64
//                                                                  | authorisation (image.h)
//     Table::name       key := name u64 | id              value := changed_ns i64
//     Table::once       key := kind u8 | account u32 | text
//                                                         value := applied_ns i64 | sequence u64
//                                                                  | of a clearing that took money:
//                                                                    id | amount i64 | what each
//                                                                    purse paid: number u8 | i64
//     id   := epoch u32 | sequence u64                    name := of rules::names_of
//
// Numbers are big-endian.

#include <optional>
#include <vector>

#include "common/result.h"
#include "common/time.h"
#include "rules/event.h"
#include "rules/state.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// An authorisation that is over, as its last event left it.
struct Archived {
    rules::Authorisation authorisation;
    Sequence changed;
};

/// Reads what has left memory. Any thread.
class Archive {
   public:
    explicit Archive(const Tables& tables) : tables_(tables) {}

    /// Each passes over what is past its retention at `now`, and fails with `unavailable` or
    /// `corrupt` when the rows cannot be read.
    [[nodiscard]] Result<std::optional<Archived>> find(const AuthorisationId& id,
                                                       TimestampNs now) const;
    /// Those that may have this name, at most `candidates_per_name_max`.
    [[nodiscard]] Result<std::vector<AuthorisationId>> named(std::uint64_t name) const;
    [[nodiscard]] Result<std::optional<rules::Applied>> applied(const rules::NaturalKey& key,
                                                                TimestampNs now) const;

   private:
    const Tables& tables_;
};

/// Adds the rows that an event leaves in the archive: of the authorisation it ended or changed
/// after its end, and of the load or presentment it is.
void archive(const rules::Event& event, const rules::Stamp& stamp, TableBatch& batch);

}  // namespace carecard::sequencer
