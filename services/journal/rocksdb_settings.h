#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"

namespace carecard::journal {

/// A RocksDB directory as the configuration names it.
struct RocksDbPlace {
    std::string field;      ///< The configuration's name for it, e.g. "journal_directory".
    std::string directory;  ///< Created when it does not exist; its parent must.
    rocksdb::Env* env = rocksdb::Env::Default();  ///< Must outlive what is opened.
};

/// Options for a database whose acknowledged writes must survive a power cut. The reasons for
/// each stand beside it; no caller loosens them.
[[nodiscard]] rocksdb::Options durable_options(rocksdb::Env* env);

/// Options for a write that returns only when it is on the disk.
[[nodiscard]] rocksdb::WriteOptions synced_write();

enum class Access : unsigned char { write, read_only };

/// Opens a database of which every write was synced before the next one began.
///
/// Without a torn end it is opened strictly, so that a read which goes wrong once changes nothing.
/// A torn end is cut, since what was in it was never acknowledged; but not when a write follows the
/// damage: that befell acknowledged bytes. For writing, the directory's own name is durable on
/// return: RocksDB syncs what is in its directory and never the one above, so that a power cut
/// could take a new database with all that it acknowledged.
///
/// @param options  from `durable_options`.
/// @return the database; `corrupt` naming the log, and then no log has changed; the fault of
///         `open_fault`.
[[nodiscard]] Result<std::unique_ptr<rocksdb::DB>> open_durable(const RocksDbPlace& place,
                                                                rocksdb::Options options,
                                                                Access access);

/// Makes the name of the place's directory durable in the directory above.
[[nodiscard]] rocksdb::Status sync_name(const RocksDbPlace& place);

/// The fault for a database that could not be opened: `fenced` when another process holds it,
/// `corrupt` when RocksDB finds damage, `unavailable` otherwise.
[[nodiscard]] Fault open_fault(const RocksDbPlace& place, const rocksdb::Status& status);

/// The fault for a write that was answered with an error: `unavailable`, outcome unknown.
[[nodiscard]] Fault write_fault(std::string_view field, const rocksdb::Status& status);

}  // namespace carecard::journal
