#pragma once

#include <memory>
#include <optional>

#include "common/result.h"
#include "services/journal/copy_file.h"
#include "services/journal/vault.h"

/// A service on a restored copy of a journal: it answers every question as of the copy's end, and
/// refuses every command.
namespace carecard::authorisation {

/// Says from the copy file whether a data directory may be served, and how.
/// @return nothing for a service's own directory; of a copy for inspection, the fault with which
///         every command is refused.
/// A fault: `conflict` on field "data" of a backup, and of a restore that did not end.
[[nodiscard]] Result<std::optional<Fault>> how_to_serve(
    const std::string& directory, const std::optional<journal::CopyNote>& note);

/// A vault of which nothing is changed, or none at all. A key that it lacks counts as erased: the
/// texts under it are not shown.
class InspectedVault final : public journal::Vault {
   public:
    /// @param vault    may be null.
    /// @param refusal  the answer to every change.
    InspectedVault(std::unique_ptr<journal::Vault> vault, Fault refusal)
        : vault_(std::move(vault)), refusal_(std::move(refusal)) {}

    Result<Done> put(const VaultKeyId&, const Secret&) override { return refusal_; }
    [[nodiscard]] Result<Secret> get(const VaultKeyId& id) const override;
    [[nodiscard]] Result<journal::KeyState> state_of(const VaultKeyId& id) const override;
    [[nodiscard]] Result<Done> load_all(const journal::KeyVisitor& visitor) const override;
    Result<Done> erase(const VaultKeyId&) override { return refusal_; }

   private:
    const std::unique_ptr<journal::Vault> vault_;
    const Fault refusal_;
};

}  // namespace carecard::authorisation
