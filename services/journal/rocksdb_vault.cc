#include "services/journal/rocksdb_vault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/newer_version.h"
#include "common/sha256.h"

namespace carecard::journal {
namespace {

constexpr std::array<std::byte, aes_key_bytes> probe{};
constexpr std::size_t wrapped_bytes = aes_key_bytes + box_overhead_bytes;
static_assert(vault_format_key.size() != sizeof(VaultKeyId));

rocksdb::Slice slice(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> bytes_in(const rocksdb::Slice& value) {
    return std::as_bytes(std::span(value.data(), value.size()));
}

Fault damaged_key(const RocksDbPlace& place, const VaultKeyId& id, std::string_view why) {
    return {FaultKind::corrupt, place.field,
            fmt::format("the key {} cannot be read: {}", to_hex(id.bytes), why),
            "Keep the directory as it is, and restore the vault from a backup."};
}

Fault read_fault(const RocksDbPlace& place, const rocksdb::Status& status) {
    return {status.IsCorruption() ? FaultKind::corrupt : FaultKind::unavailable, place.field,
            fmt::format("the vault cannot be read: {}", status.ToString()),
            "Keep the directory as it is, and restore the vault from a backup."};
}

Fault wrong_master_key(std::string detail) {
    return {FaultKind::malformed, "master_key_file", std::move(detail),
            "Name the file with the master key that this vault was begun with."};
}

}  // namespace

RocksDbVault::RocksDbVault(RocksDbPlace place, std::unique_ptr<rocksdb::DB> database,
                           Secret master_key)
    : place_(std::move(place)),
      database_(std::move(database)),
      master_key_(std::move(master_key)) {}

Result<std::unique_ptr<RocksDbVault>> RocksDbVault::open(const RocksDbPlace& place,
                                                         Secret master_key) {
    if (master_key.size() != aes_key_bytes) {
        return wrong_master_key(
            fmt::format("holds {} bytes; a master key has {}", master_key.size(), aes_key_bytes));
    }
    Result<std::unique_ptr<rocksdb::DB>> database =
        open_durable(place, durable_options(place.env), Access::write);
    if (!database) return database.fault();
    std::unique_ptr<RocksDbVault> vault(
        new RocksDbVault(place, *std::move(database), std::move(master_key)));
    const Result<Done> checked = vault->check_master_key();
    if (!checked) return checked.fault();
    return vault;
}

Result<Done> RocksDbVault::check_master_key() {
    std::string format;
    const rocksdb::Status status =
        database_->Get(rocksdb::ReadOptions(), slice(bytes_of(vault_format_key)), &format);
    if (status.IsNotFound()) return begin();
    if (!status.ok()) return read_fault(place_, status);
    const std::span<const std::byte> value = bytes_of(format);
    if (value.empty()) {
        return open_fault(place_, rocksdb::Status::Corruption("the format entry is empty"));
    }
    const auto version = std::to_integer<std::uint8_t>(value[0]);
    if (version > vault_version) {
        return newer_version(place_.field, {.name = "the vault", .known = vault_version}, version,
                             place_.directory);
    }
    const std::span<const std::byte> box = value.subspan(1);
    if (box.size() != wrapped_bytes) {
        return open_fault(place_, rocksdb::Status::Corruption("the format entry is malformed"));
    }
    Secret opened(aes_key_bytes);
    if (cipher_.open(master_key_, bytes_of(vault_format_key), box, opened.writable()) ==
            BoxOutcome::forged ||
        !std::ranges::equal(opened.bytes(), probe)) {
        return wrong_master_key("holds another key than the one that wraps this vault");
    }
    return Done{};
}

Result<Done> RocksDbVault::begin() {
    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(rocksdb::ReadOptions()));
    entry->SeekToFirst();
    if (!entry->status().ok()) return read_fault(place_, entry->status());
    if (entry->Valid()) {
        return open_fault(place_, rocksdb::Status::Corruption("keys without a format entry"));
    }
    std::vector<std::byte> value{static_cast<std::byte>(vault_version)};
    cipher_.seal(master_key_, bytes_of(vault_format_key), probe, value);
    const rocksdb::Status written =
        database_->Put(synced_write(), slice(bytes_of(vault_format_key)), slice(value));
    if (!written.ok()) return write_fault(place_.field, written);
    return Done{};
}

Result<Done> RocksDbVault::put(const VaultKeyId& id, const Secret& key) {
    CHECK(key.size() == aes_key_bytes);
    const std::lock_guard lock(mutex_);
    std::string present;
    const rocksdb::Status status =
        database_->Get(rocksdb::ReadOptions(), slice(id.bytes), &present);
    if (status.ok()) {
        return Fault{FaultKind::conflict, place_.field,
                     fmt::format("the key {} is in the vault already", to_hex(id.bytes)),
                     "Draw a new key id."};
    }
    if (!status.IsNotFound()) return read_fault(place_, status);
    std::vector<std::byte> value;
    cipher_.seal(master_key_, id.bytes, key.bytes(), value);
    const rocksdb::Status written = database_->Put(synced_write(), slice(id.bytes), slice(value));
    if (!written.ok()) return write_fault(place_.field, written);
    return Done{};
}

Result<Secret> RocksDbVault::get(const VaultKeyId& id) const {
    std::string value;
    const rocksdb::Status status = database_->Get(rocksdb::ReadOptions(), slice(id.bytes), &value);
    if (status.IsNotFound() || (status.ok() && value.empty())) {
        return Fault{FaultKind::not_found, place_.field,
                     fmt::format("the vault has no key {}", to_hex(id.bytes)),
                     "Treat what it sealed as erased."};
    }
    if (!status.ok()) return damaged_key(place_, id, status.ToString());
    return unwrap(id, value);
}

Result<KeyState> RocksDbVault::state_of(const VaultKeyId& id) const {
    std::string value;
    const rocksdb::Status status = database_->Get(rocksdb::ReadOptions(), slice(id.bytes), &value);
    if (status.IsNotFound()) return KeyState::unknown;
    if (!status.ok()) return read_fault(place_, status);
    return value.empty() ? KeyState::erased : KeyState::live;
}

Result<Secret> RocksDbVault::unwrap(const VaultKeyId& id, const rocksdb::Slice& value) const {
    if (value.size() != wrapped_bytes) return damaged_key(place_, id, "it has a wrong length");
    Secret key(aes_key_bytes);
    const std::lock_guard lock(mutex_);
    const BoxOutcome outcome = cipher_.open(master_key_, id.bytes, bytes_in(value), key.writable());
    if (outcome == BoxOutcome::forged) {
        return damaged_key(place_, id, "it does not open under the master key");
    }
    return key;
}

Result<Done> RocksDbVault::load_all(const KeyVisitor& visitor) const {
    const std::unique_ptr<rocksdb::Iterator> entry(database_->NewIterator(rocksdb::ReadOptions()));
    for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
        if (entry->key() == slice(bytes_of(vault_format_key))) continue;
        VaultKeyId id;
        if (entry->key().size() != id.bytes.size()) {
            return read_fault(place_, rocksdb::Status::Corruption("an entry is not a key"));
        }
        std::ranges::copy(bytes_in(entry->key()), id.bytes.begin());
        if (entry->value().empty()) continue;  // erased
        Result<Secret> key = unwrap(id, entry->value());
        if (!key) return key.fault();
        visitor(id, *std::move(key));
    }
    if (!entry->status().ok()) return read_fault(place_, entry->status());
    return Done{};
}

Result<Done> RocksDbVault::erase(const VaultKeyId& id) {
    const rocksdb::Slice key = slice(id.bytes);
    const rocksdb::Status erased = database_->Put(synced_write(), key, rocksdb::Slice());
    if (!erased.ok()) return write_fault(place_.field, erased);
    return drop_replaced(*database_, &key, &key, place_.field);
}

/// The flush ends the log that holds the values, and the compaction rewrites every table that does.
Result<Done> drop_replaced(rocksdb::DB& database, const rocksdb::Slice* first,
                           const rocksdb::Slice* last, std::string_view field) {
    const rocksdb::Status flushed = database.Flush(rocksdb::FlushOptions());
    if (!flushed.ok()) return write_fault(field, flushed);
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    const rocksdb::Status compacted = database.CompactRange(options, first, last);
    if (!compacted.ok()) return write_fault(field, compacted);
    return Done{};
}

}  // namespace carecard::journal
