#pragma once

// The vault in a RocksDB directory of its own.
//
//     entry := key value
//     key   := vault key id[16]    value := box of the account's key, additional data: the id
//                                         | nothing, when it was erased
//            | "format"            value := version u8 | box of 32 zero bytes, additional
//                                           data: "format"
//
// Boxes (aes_gcm.h) are sealed under the master key; the one of "format" tells a wrong master key
// before any account's key is asked for.

#include <rocksdb/db.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "services/journal/aes_gcm.h"
#include "services/journal/rocksdb_settings.h"
#include "services/journal/vault.h"

namespace carecard::journal {

/// The key of the entry that says how a vault is stored, and under which master key.
inline constexpr std::string_view vault_format_key = "format";
inline constexpr std::uint8_t vault_version = 1;

/// Takes every value between two keys that another has replaced out of the vault's files for good;
/// both null for all keys.
/// @return `Done`; `unavailable` on `field` when a write failed.
[[nodiscard]] Result<Done> drop_replaced(rocksdb::DB& database, const rocksdb::Slice* first,
                                         const rocksdb::Slice* last, std::string_view field);

/// A vault on disk, wrapped by a master key.
class RocksDbVault final : public Vault {
   public:
    /// Opens the vault, or begins an empty one under `master_key`.
    ///
    /// @param master_key  `aes_key_bytes` bytes, from a file of mode 0600.
    /// @return the vault; `malformed` on field `master_key_file` when the key has another length
    ///         or is not the one this vault was begun with; `fenced`, `conflict`, `corrupt` or
    ///         `unavailable` on the place's field, as for the journal.
    [[nodiscard]] static Result<std::unique_ptr<RocksDbVault>> open(const RocksDbPlace& place,
                                                                    Secret master_key);

    Result<Done> put(const VaultKeyId& id, const Secret& key) override;
    [[nodiscard]] Result<Secret> get(const VaultKeyId& id) const override;
    [[nodiscard]] Result<KeyState> state_of(const VaultKeyId& id) const override;
    [[nodiscard]] Result<Done> load_all(const KeyVisitor& visitor) const override;
    Result<Done> erase(const VaultKeyId& id) override;

   private:
    RocksDbVault(RocksDbPlace place, std::unique_ptr<rocksdb::DB> database, Secret master_key);
    Result<Done> check_master_key();
    Result<Done> begin();
    [[nodiscard]] Result<Secret> unwrap(const VaultKeyId& id, const rocksdb::Slice& value) const;

    const RocksDbPlace place_;
    std::unique_ptr<rocksdb::DB> database_;
    const Secret master_key_;
    mutable std::mutex mutex_;  // guards the cipher, and makes put's check and write one step
    mutable AesGcm cipher_;
};

}  // namespace carecard::journal
