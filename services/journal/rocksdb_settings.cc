#include "services/journal/rocksdb_settings.h"

#include <fmt/format.h>

namespace carecard::journal {
namespace {

bool lock_is_held(const rocksdb::Status& status) {
    const std::string text = status.ToString();
    return text.starts_with("IO error: While lock file") ||
           text.starts_with("IO error: lock hold by current process");
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
    // Cuts a torn tail; the head file then says whether what was cut had been acknowledged.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
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

Fault newer_format_fault(const RocksDbPlace& place) {
    return {FaultKind::conflict, place.field,
            fmt::format("the directory {} was written by a newer release", place.directory),
            "Run the release that wrote it, or a newer one."};
}

}  // namespace carecard::journal
