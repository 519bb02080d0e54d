#pragma once

#include <memory>
#include <optional>

#include "common/result.h"
#include "services/journal/head_file.h"
#include "services/journal/rocksdb_store.h"

namespace carecard::journal {

/// Opens the journal for work, only when it holds what the head file says. RocksDB cuts a damaged
/// log when it opens one for writing, and a journal that is refused must stay as it is, so it is
/// looked at read-only first.
///
/// @param head  from `read_head`; nothing when there is no head file, and then nothing is compared.
/// @return as `RocksDbStore::open`, and what `check_head` and `RocksDbStore::open_read_only`
/// refuse.
[[nodiscard]] Result<std::unique_ptr<RocksDbStore>> open_journal(const RocksDbPlace& place,
                                                                 const std::optional<Head>& head);

}  // namespace carecard::journal
