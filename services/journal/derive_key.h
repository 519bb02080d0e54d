#pragma once

#include <cstddef>
#include <string_view>

#include "common/secret.h"

namespace carecard::journal {

/// A key for one purpose, made from the master key by HKDF-SHA-256 (RFC 5869, without a salt): the
/// same at every start, stored nowhere, and it tells nothing of the master key.
///
/// @param purpose  a name that no other use has, e.g. "request-key fingerprints".
/// @param size     bytes to make.
[[nodiscard]] Secret derive_key(const Secret& master_key, std::string_view purpose,
                                std::size_t size);

}  // namespace carecard::journal
