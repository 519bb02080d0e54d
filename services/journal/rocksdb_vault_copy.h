#pragma once

#include "common/result.h"
#include "services/journal/rocksdb_settings.h"
#include "services/journal/vault.h"

namespace carecard::journal {

/// Brings a copy of a vault up to date, as it is stored: the keys stay wrapped, and no master key
/// is needed. The vault may be in use by a running service, and is not changed.
///
/// A key that was erased since is erased from the copy as well: on return its bytes are in no file
/// of the copy, and the mark stands there. A key that only the copy has is kept.
///
/// @param from  a vault: of a service or a copy.
/// @param to    begun when there is none.
/// @return what was copied, every entry read back; `not_found` when `from` holds no vault;
///         `conflict` on the field of `to`, with nothing changed, when it holds something else or
///         a copy of another vault; `fenced` when another process has `to` open; `corrupt` or
///         `unavailable` when either cannot be read, which copying again may mend while a service
///         writes to `from`.
[[nodiscard]] Result<VaultCopied> copy_vault(const RocksDbPlace& from, const RocksDbPlace& to);

}  // namespace carecard::journal
