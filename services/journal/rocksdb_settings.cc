#include "services/journal/rocksdb_settings.h"

#include <fmt/format.h>
#include <rocksdb/sst_file_reader.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "services/journal/rocksdb_log.h"

namespace carecard::journal {
namespace {

bool lock_is_held(const rocksdb::Status& status) {
    const std::string text = status.ToString();
    return text.starts_with("IO error: While lock file") ||
           text.starts_with("IO error: lock hold by current process");
}

std::string parent_of(std::string_view directory) {
    while (directory.size() > 1 && directory.ends_with('/')) directory.remove_suffix(1);
    const std::size_t slash = directory.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return std::string(directory.substr(0, slash == 0 ? 1 : slash));
}

rocksdb::Status open_as(const RocksDbPlace& place, const rocksdb::Options& options, Access access,
                        std::unique_ptr<rocksdb::DB>& database) {
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status =
        access == Access::write ? rocksdb::DB::Open(options, place.directory, &opened)
                                : rocksdb::DB::OpenForReadOnly(options, place.directory, &opened);
    database.reset(opened);
    return status;
}

/// Of a table that cannot be opened RocksDB may name the manifest that lists it.
/// @return the path of the first such table; empty when all can be opened.
std::string unreadable_table(const RocksDbPlace& place, const rocksdb::Options& options) {
    std::vector<std::string> names;
    if (!place.env->GetChildren(place.directory, &names).ok()) return {};
    for (const std::string& name : names) {
        if (!name.ends_with(".sst")) continue;
        const std::string path = place.directory + "/" + name;
        if (!rocksdb::SstFileReader(options).Open(path).ok()) return path;
    }
    return {};
}

rocksdb::Status with_its_table(const RocksDbPlace& place, const rocksdb::Options& options,
                               const rocksdb::Status& status) {
    const std::string table = status.IsCorruption() ? unreadable_table(place, options) : "";
    if (table.empty()) return status;
    return rocksdb::Status::Corruption(
        fmt::format("the table {} cannot be read: {}", table, status.ToString()));
}

/// Says whether the logs are damaged otherwise than by a torn end.
Result<Done> check_logs(const RocksDbPlace& place) {
    std::vector<std::string> names;
    rocksdb::Status status = place.env->GetChildren(place.directory, &names);
    if (!status.ok()) return open_fault(place, status);
    std::string log;
    for (const std::string& name : names) {
        if (!name.ends_with(".log")) continue;
        status = rocksdb::ReadFileToString(place.env, place.directory + "/" + name, &log);
        if (!status.ok()) return open_fault(place, status);
        const std::optional<std::size_t> damage = damage_before_a_write(log);
        if (!damage) continue;
        return open_fault(
            place, rocksdb::Status::Corruption(fmt::format(
                       "the log {} is damaged at byte {}, before the last write", name, *damage)));
    }
    return Done{};
}

}  // namespace

rocksdb::Options durable_options(rocksdb::Env* env) {
    rocksdb::Options options;
    options.env = env;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    // A background error ends the process: what was written is unknown until a restart reads it.
    options.max_bgerror_resume_count = 0;
    // A newer WAL must not reach the disk before an older one, nor reuse an old one's blocks.
    options.wal_bytes_per_sync = 0;
    options.recycle_log_file_num = 0;
    options.manual_wal_flush = false;
    // Cuts a torn tail; `open_durable` asks first whether it is one, and the head file then says
    // whether what was cut had been acknowledged.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    options.db_host_id = "";  // else each table names the machine
    options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    options.keep_log_file_num = 5;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

rocksdb::WriteOptions synced_write() {
    rocksdb::WriteOptions options;
    options.sync = true;
    return options;
}

rocksdb::Status sync_name(const RocksDbPlace& place) {
    std::unique_ptr<rocksdb::Directory> parent;
    const rocksdb::Status status = place.env->NewDirectory(parent_of(place.directory), &parent);
    return status.ok() ? parent->Fsync() : status;
}

Result<std::unique_ptr<rocksdb::DB>> open_durable(const RocksDbPlace& place,
                                                  rocksdb::Options options, Access access) {
    std::unique_ptr<rocksdb::DB> database;
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
    rocksdb::Status status = open_as(place, options, access, database);
    if (status.IsCorruption()) {
        const Result<Done> torn_at_most = check_logs(place);
        if (!torn_at_most) return torn_at_most.fault();
        options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
        status = open_as(place, options, access, database);
    }
    if (!status.ok()) return open_fault(place, with_its_table(place, options, status));
    if (access == Access::write) status = sync_name(place);
    if (!status.ok()) return open_fault(place, status);
    return database;
}

Fault open_fault(const RocksDbPlace& place, const rocksdb::Status& status) {
    if (lock_is_held(status)) {
        return {FaultKind::fenced, place.field,
                fmt::format("the directory {} is in use by another service", place.directory),
                "Stop the other service, or name another directory."};
    }
    if (status.IsCorruption()) {
        return {FaultKind::corrupt, place.field,
                fmt::format("the directory {} is damaged: {}", place.directory, status.ToString()),
                "Keep the directory as it is, and restore from a backup beside it."};
    }
    return {
        FaultKind::unavailable, place.field,
        fmt::format("the directory {} cannot be opened: {}", place.directory, status.ToString()),
        "Check that it exists, has free space, and belongs to the service's user."};
}

Fault write_fault(std::string_view field, const rocksdb::Status& status) {
    return {
        FaultKind::unavailable, std::string(field),
        fmt::format("a write failed, and whether it is stored is unknown: {}", status.ToString()),
        "Stop the process and start it again; it reads what is stored."};
}

}  // namespace carecard::journal
