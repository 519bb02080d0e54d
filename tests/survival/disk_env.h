#pragma once

#include <rocksdb/env.h>

#include <memory>

#include "tests/survival/disk.h"

namespace carecard::survival {

/// An environment in which RocksDB keeps its files on `disk`, which outlives it. Threads and
/// clocks are the machine's; RocksDB's own log is not written.
[[nodiscard]] std::unique_ptr<rocksdb::Env> env_on(Disk& disk);

}  // namespace carecard::survival
