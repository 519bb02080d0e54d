#pragma once

#include "common/result.h"
#include "common/secret.h"
#include "services/journal/file_system.h"

namespace carecard::journal {

/// Reads the key that wraps the vault: a file of mode 0600 with 64 hexadecimal digits.
/// @return the key's 32 bytes; `malformed` on the file's field when it holds anything else; the
///         fault of `FileSystem::read_secret`.
[[nodiscard]] Result<Secret> read_master_key(FileSystem& files, const NamedPath& file);

}  // namespace carecard::journal
