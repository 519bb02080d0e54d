#include "services/authorisation/inspection.h"

#include <fmt/format.h>

#include "common/check.h"

namespace carecard::authorisation {
namespace {

Fault cannot_serve(std::string detail, std::string remedy) {
    return {FaultKind::conflict, "data", std::move(detail), std::move(remedy)};
}

/// The commands' refusal. It is no outcome: nothing was decided, and nothing will be.
Fault only_looked_at(const journal::CopyNote& note) {
    return {FaultKind::conflict, "",
            fmt::format("this is a copy of the journal for inspection, as of sequence {}-{}: it "
                        "answers questions, and changes nothing",
                        note.head.epoch.value, note.head.sequence.value),
            "Send it to the service that is in use."};
}

}  // namespace

Result<std::optional<Fault>> how_to_serve(const std::string& directory,
                                          const std::optional<journal::CopyNote>& note) {
    if (!note) return std::optional<Fault>{};
    switch (note->kind) {
        case journal::CopyKind::backup:
            return cannot_serve(fmt::format("the directory {} is a backup", directory),
                                "Make a directory from it with carecard restore, and name that.");
        case journal::CopyKind::unfinished:
            return cannot_serve(
                fmt::format("the restore into {} did not end: a part may be missing", directory),
                "Remove the directory, and restore again from the backup.");
        case journal::CopyKind::inspection:
            return std::optional<Fault>{only_looked_at(*note)};
    }
    CHECK(false);
}

Result<Secret> InspectedVault::get(const VaultKeyId& id) const {
    if (vault_ != nullptr) return vault_->get(id);
    return Fault{FaultKind::not_found, "data/vault", "this copy has no vault",
                 "Treat what is sealed as erased."};
}

Result<journal::KeyState> InspectedVault::state_of(const VaultKeyId& id) const {
    if (vault_ == nullptr) return journal::KeyState::erased;
    const Result<journal::KeyState> state = vault_->state_of(id);
    // The vault's copy may be older than the journal's.
    if (state && *state == journal::KeyState::unknown) return journal::KeyState::erased;
    return state;
}

Result<Done> InspectedVault::load_all(const journal::KeyVisitor& visitor) const {
    if (vault_ != nullptr) return vault_->load_all(visitor);
    return Done{};
}

}  // namespace carecard::authorisation
