#pragma once

#include <string>

#include "common/result.h"
#include "services/journal/file_system.h"

/// The directories of a backup or restore, and what they may not be to each other.
namespace carecard::backup {

/// The parts of a directory that a service, a backup or a restored copy has.
[[nodiscard]] journal::NamedPath journal_of(const journal::NamedPath& directory);
[[nodiscard]] journal::NamedPath vault_of(const journal::NamedPath& directory);
[[nodiscard]] journal::NamedPath head_of(const journal::NamedPath& directory);

/// Whether the two are one directory, or one of them lies within the other, however they are
/// spelled.
[[nodiscard]] bool overlap(const std::string& one, const std::string& other);

/// @return `Done`; `malformed` on the field of `one`, saying `why`, when the two overlap.
[[nodiscard]] Result<Done> keep_apart(const journal::NamedPath& one,
                                      const journal::NamedPath& other, const std::string& why);

}  // namespace carecard::backup
