#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "common/id.h"
#include "common/sha256.h"

namespace carecard {

/// Returns the Merkle leaf of one event: SHA-256(0x00 || clear part), as in RFC 6962.
///
/// It covers the clear part only, so it can be computed, and proved, after the key of the sealed
/// part has been erased. The leading zero keeps a leaf from being taken for an inner node.
[[nodiscard]] inline Hash32 leaf_hash(std::span<const std::byte> clear) {
    constexpr std::array<std::byte, 1> leaf_prefix{std::byte{0x00}};
    return sha256({leaf_prefix, clear});
}

}  // namespace carecard
