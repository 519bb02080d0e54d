#pragma once

#include <cstdint>
#include <functional>

#include "common/id.h"
#include "common/result.h"
#include "common/secret.h"

namespace carecard::journal {

/// Sees one key of the vault; takes it if it wants it.
using KeyVisitor = std::function<void(const VaultKeyId&, Secret key)>;

enum class KeyState : unsigned char {
    live,
    erased,   ///< It was there, and `erase` took it.
    unknown,  ///< It was never put; or the vault has lost it.
};

/// Where the accounts' keys live. Erasing a key erases what was sealed under it, everywhere, while
/// ledger and proofs stand. Any thread.
class Vault {
   public:
    virtual ~Vault() = default;

    /// Keeps `key` under `id`; durable on return.
    /// @param key  `aes_key_bytes` bytes.
    /// @return `Done`; `conflict` when the id has a key already, which is kept; `unavailable` when
    ///         the write failed and its outcome is unknown.
    virtual Result<Done> put(const VaultKeyId& id, const Secret& key) = 0;

    /// @return the key; `not_found` when it was never put or is erased; `corrupt` when the stored
    ///         bytes are damaged; `unavailable`.
    [[nodiscard]] virtual Result<Secret> get(const VaultKeyId& id) const = 0;

    /// Tells a key that was erased from one that is missing, without unwrapping it.
    /// @return the state; `unavailable`.
    [[nodiscard]] virtual Result<KeyState> state_of(const VaultKeyId& id) const = 0;

    /// Shows every live key once, in the order of the ids.
    /// @return `Done`; `corrupt` or `unavailable` at the first key that cannot be had.
    [[nodiscard]] virtual Result<Done> load_all(const KeyVisitor& visitor) const = 0;

    /// Erases the key for good: on return its bytes are in no file of the vault, and a mark stands
    /// in its place. Copies elsewhere, such as backups, are not reached. An erased id takes no new
    /// key.
    /// @return `Done`; `unavailable` when the write failed: erase again.
    virtual Result<Done> erase(const VaultKeyId& id) = 0;
};

/// What a copy of a vault holds, and what the last copying changed in it.
struct VaultCopied {
    std::uint64_t live = 0;          ///< Wrapped keys in the copy now.
    std::uint64_t added = 0;         ///< Of them: came with this copying.
    std::uint64_t erased = 0;        ///< Keys that this copying took out of the copy for good.
    std::uint64_t only_in_copy = 0;  ///< Kept, though the vault has neither key nor mark.
};

}  // namespace carecard::journal
