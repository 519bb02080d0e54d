#pragma once

#include <cstddef>
#include <span>

#include "common/id.h"
#include "common/secret.h"

namespace carecard::journal {

/// Fills `out` with random bytes for salts and nonces, from a small store of the thread that the
/// operating system's generator refills. A machine without randomness aborts the process.
/// Cost: about 20 ns for 16 bytes on average; allocates nothing.
void fill_random(std::span<std::byte> out);

/// Draws a key of `size` bytes straight from OpenSSL's private generator; no copy stays behind.
[[nodiscard]] Secret random_secret(std::size_t size);

/// Draws the name of a new account key.
[[nodiscard]] VaultKeyId random_vault_key_id();

}  // namespace carecard::journal
