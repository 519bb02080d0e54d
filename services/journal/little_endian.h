#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "common/check.h"

namespace carecard::journal {

/// Writes `value` to `at`, least significant byte first, whatever the machine's order.
/// @pre `at` has room for `sizeof(Integer)` bytes.
template <std::integral Integer>
void store_little_endian(std::span<std::byte> at, Integer value) {
    CHECK(at.size() >= sizeof(Integer));
    const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
    for (std::size_t index = 0; index < sizeof(Integer); ++index) {
        at[index] = static_cast<std::byte>((bits >> (8 * index)) & 0xff);
    }
}

template <std::integral Integer>
void append_little_endian(std::vector<std::byte>& out, Integer value) {
    out.resize(out.size() + sizeof(Integer));
    store_little_endian(std::span(out).last(sizeof(Integer)), value);
}

/// Reads what `store_little_endian` wrote.
/// @pre `at` has at least `sizeof(Integer)` bytes: the caller has compared lengths.
template <std::integral Integer>
[[nodiscard]] Integer load_little_endian(std::span<const std::byte> at) {
    CHECK(at.size() >= sizeof(Integer));
    std::make_unsigned_t<Integer> bits = 0;
    for (std::size_t index = sizeof(Integer); index-- > 0;) {
        bits = static_cast<std::make_unsigned_t<Integer>>(
            (static_cast<std::uint64_t>(bits) << 8) | std::to_integer<std::uint64_t>(at[index]));
    }
    return static_cast<Integer>(bits);
}

}  // namespace carecard::journal
