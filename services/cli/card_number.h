#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.h"
#include "common/secret.h"

namespace carecard::cli {

/// Which key the file token-1.key holds.
inline constexpr std::uint8_t token_key_id = 1;

/// Reads the key that turns card numbers into tokens: 64 hexadecimal digits in
/// DIRECTORY/token-1.key.
/// @return the 32 bytes; `not_found`, `denied` (others may read it) or `malformed` on field
///         "token_key".
[[nodiscard]] Result<Secret> read_token_key(const std::string& directory);

/// The token's text form for a card number under the key of `read_token_key`.
[[nodiscard]] std::string token_of(const Secret& key, std::string_view pan);

/// A card number of 16 digits in the range that no network gives out: 999999, five digits, one that
/// makes the Luhn check hold, and `last_four`.
///
/// @param serial     0 to 99,999; different ones give different numbers.
/// @param last_four  4 digits.
[[nodiscard]] std::string test_card_number(std::uint32_t serial, std::string_view last_four);

inline constexpr std::uint32_t test_card_serials = 100'000;

/// Says whether `text` can be a card number: 13 to 19 digits whose check digit is right.
[[nodiscard]] bool is_card_number(std::string_view text);

}  // namespace carecard::cli
