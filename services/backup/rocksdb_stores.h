#pragma once

#include "services/backup/stores.h"

namespace carecard::backup {

/// The databases on disk. Has no state; one object serves the process.
class RocksDbStores final : public Stores {
   public:
    Result<std::unique_ptr<journal::Store>> look_at(const journal::NamedPath& journal) override;
    Result<std::unique_ptr<journal::Store>> open(const journal::NamedPath& journal) override;
    Result<settlement::Seen> read_settlement(const journal::NamedPath& data) override;
    Result<journal::VaultCopied> copy_vault(const journal::NamedPath& from,
                                            const journal::NamedPath& to) override;
};

}  // namespace carecard::backup
