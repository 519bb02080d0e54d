#pragma once

#include <memory>

#include "common/result.h"
#include "services/journal/file_system.h"
#include "services/journal/store.h"
#include "services/journal/vault.h"
#include "services/settlement/seen.h"

namespace carecard::backup {

/// The databases of data directories, as backup and restore need them.
class Stores {
   public:
    virtual ~Stores() = default;

    /// Opens a journal to look at it, also while a service writes to it: shows what was stored at
    /// that moment. Files that the service replaces meanwhile can make reading fail; opening again
    /// mends that.
    /// @return `not_found` when there is none; `corrupt`, `conflict` or `unavailable`.
    virtual Result<std::unique_ptr<journal::Store>> look_at(const journal::NamedPath& journal) = 0;

    /// Opens a journal to append to it, or begins an empty one.
    /// @return as above; `fenced` when another process has it open.
    virtual Result<std::unique_ptr<journal::Store>> open(const journal::NamedPath& journal) = 0;

    /// What the settlement service has seen; see services/settlement/seen.h.
    /// @param data  its data directory.
    virtual Result<settlement::Seen> read_settlement(const journal::NamedPath& data) = 0;

    /// Brings a copy of a vault up to date; see services/journal/rocksdb_vault_copy.h.
    virtual Result<journal::VaultCopied> copy_vault(const journal::NamedPath& from,
                                                    const journal::NamedPath& to) = 0;
};

}  // namespace carecard::backup
