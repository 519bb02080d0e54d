#include "services/journal/rocksdb_vault_copy.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/newer_version.h"
#include "services/journal/rocksdb_vault.h"

namespace carecard::journal {
namespace {

constexpr std::uint64_t entries_per_write = 1'024;
constexpr const char* keep_both = "Keep both directories as they are, and call an operator.";

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

rocksdb::ReadOptions checked_read() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    return options;
}

Fault read_fault(const RocksDbPlace& place, const rocksdb::Status& status) {
    return {status.IsCorruption() ? FaultKind::corrupt : FaultKind::unavailable, place.field,
            fmt::format("the vault in {} cannot be read: {}", place.directory, status.ToString()),
            "Copy again; if it is still so, keep the directory as it is and call an operator."};
}

Fault no_vault(const RocksDbPlace& place) {
    return {FaultKind::not_found, place.field,
            fmt::format("the directory {} holds no vault", place.directory),
            "Name the directory that has it, and run as the user that owns it."};
}

Fault other_vault(const RocksDbPlace& to) {
    return {FaultKind::conflict, to.field,
            fmt::format("the directory {} holds something else, or keys of another vault",
                        to.directory),
            "Name a new directory, or the one that this vault was copied to before."};
}

bool is_mark(const rocksdb::Slice& value) { return value.empty(); }

/// A vault opened to be copied, or a copy opened to be brought up to date.
struct Opened {
    RocksDbPlace place;
    std::unique_ptr<rocksdb::DB> database;
    std::string format;

    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> entries() const {
        return std::unique_ptr<rocksdb::Iterator>(database->NewIterator(checked_read()));
    }
    [[nodiscard]] rocksdb::Status get(const rocksdb::Slice& key, std::string& value) const {
        return database->Get(checked_read(), key, &value);
    }
};

bool has_database(const RocksDbPlace& place) {
    return place.env->FileExists(place.directory + "/CURRENT").ok();
}

Result<Opened> open(const RocksDbPlace& place, Access access) {
    rocksdb::Options options = durable_options(place.env);
    options.create_if_missing = access == Access::write;
    auto database = open_durable(place, options, access);
    if (!database) return database.fault();
    Opened opened{.place = place, .database = *std::move(database)};
    const rocksdb::Status status = opened.get(slice(vault_format_key), opened.format);
    if (!status.ok() && !status.IsNotFound()) return read_fault(place, status);
    return opened;
}

Result<Opened> open_vault(const RocksDbPlace& from) {
    if (!has_database(from)) return no_vault(from);
    Result<Opened> vault = open(from, Access::read_only);
    if (!vault) return vault.fault();
    if (vault->format.empty()) return no_vault(from);
    const auto version = static_cast<std::uint8_t>(vault->format[0]);
    if (version > vault_version)
        return newer_version(from.field, {.name = "the vault", .known = vault_version}, version,
                             from.directory);
    return vault;
}

/// Looks before it opens for writing, so that another's directory stays as it is.
Result<Opened> open_copy(const RocksDbPlace& to, const std::string& format) {
    if (has_database(to)) {
        const Result<Opened> look = open(to, Access::read_only);
        if (!look) return look.fault();
        const auto entry = look->entries();
        entry->SeekToFirst();
        if (!entry->status().ok()) return read_fault(to, entry->status());
        const bool begun = entry->Valid();
        if (begun && look->format != format) return other_vault(to);
    }
    Result<Opened> copy = open(to, Access::write);
    if (!copy) return copy.fault();
    if (!copy->format.empty()) return copy;
    const rocksdb::Status written =
        copy->database->Put(synced_write(), slice(vault_format_key), slice(format));
    if (!written.ok()) return write_fault(to.field, written);
    copy->format = format;
    return copy;
}

/// Puts into the copy what the vault has and the copy lacks.
class Update {
   public:
    Update(const Opened& vault, const Opened& copy, VaultCopied& done)
        : vault_(vault), copy_(copy), done_(done) {}

    Result<Done> run() {
        const auto entry = vault_.entries();
        for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
            const Result<Done> put = bring(entry->key(), entry->value());
            if (!put) return put.fault();
        }
        if (!entry->status().ok()) return read_fault(vault_.place, entry->status());
        return write();
    }

   private:
    Result<Done> bring(const rocksdb::Slice& key, const rocksdb::Slice& value) {
        std::string present;
        const rocksdb::Status status = copy_.get(key, present);
        if (!status.ok() && !status.IsNotFound()) return read_fault(copy_.place, status);
        if (status.ok() && is_mark(present)) return Done{};  // erased once is erased for good
        if (status.ok() && value == slice(present)) return Done{};
        if (status.ok() && !is_mark(value)) {
            return Fault{FaultKind::corrupt, copy_.place.field,
                         "a key in the copy is another one than in the vault", keep_both};
        }
        if (!is_mark(value)) ++done_.added;
        if (is_mark(value) && status.ok()) ++done_.erased;
        batch_.Put(key, value);
        if (++waiting_ < entries_per_write) return Done{};
        return write();
    }

    Result<Done> write() {
        const rocksdb::Status written = copy_.database->Write(synced_write(), &batch_);
        if (!written.ok()) return write_fault(copy_.place.field, written);
        batch_.Clear();
        waiting_ = 0;
        return Done{};
    }

    const Opened& vault_;
    const Opened& copy_;
    VaultCopied& done_;
    rocksdb::WriteBatch batch_;
    std::uint64_t waiting_ = 0;
};

/// Every mark of the vault must stand in the copy, and every key of it, unless the copy knows that
/// it was erased.
Result<Done> check_copy(const Opened& vault, const Opened& copy) {
    const auto entry = vault.entries();
    std::string present;
    for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
        const rocksdb::Status status = copy.get(entry->key(), present);
        if (!status.ok()) return read_fault(copy.place, status);
        if (slice(present) != entry->value() && !is_mark(present)) {
            return Fault{FaultKind::corrupt, copy.place.field,
                         "the copy of the vault does not hold what was written to it", keep_both};
        }
    }
    if (!entry->status().ok()) return read_fault(vault.place, entry->status());
    return Done{};
}

/// Counts what the copy holds.
/// @return how many marks of erased keys.
Result<std::uint64_t> count(const Opened& vault, const Opened& copy, VaultCopied& done) {
    std::uint64_t marks = 0;
    const auto entry = copy.entries();
    std::string present;
    for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
        if (entry->key() == slice(vault_format_key)) continue;
        if (is_mark(entry->value())) {
            ++marks;
            continue;
        }
        ++done.live;
        const rocksdb::Status status = vault.get(entry->key(), present);
        if (status.IsNotFound()) ++done.only_in_copy;
        if (!status.ok() && !status.IsNotFound()) return read_fault(vault.place, status);
    }
    if (!entry->status().ok()) return read_fault(copy.place, entry->status());
    return marks;
}

}  // namespace

Result<VaultCopied> copy_vault(const RocksDbPlace& from, const RocksDbPlace& to) {
    const Result<Opened> vault = open_vault(from);
    if (!vault) return vault.fault();
    const Result<Opened> copy = open_copy(to, vault->format);
    if (!copy) return copy.fault();
    VaultCopied done;
    const Result<Done> updated = Update(*vault, *copy, done).run();
    if (!updated) return updated.fault();
    const Result<std::uint64_t> marks = count(*vault, *copy, done);
    if (!marks) return marks.fault();
    // Each time, since an earlier copying may have ended between its marks and this.
    if (*marks > 0) {
        const Result<Done> dropped = drop_replaced(*copy->database, nullptr, nullptr, to.field);
        if (!dropped) return dropped.fault();
    }
    const Result<Done> checked = check_copy(*vault, *copy);
    if (!checked) return checked.fault();
    return done;
}

}  // namespace carecard::journal
