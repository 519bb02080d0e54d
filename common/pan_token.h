#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/id.h"
#include "common/result.h"
#include "common/secret.h"

namespace carecard {

/// Makes the token that stands for a card number: HMAC-SHA-256(key, PAN) with the key's number.
///
/// Called by the gateway, the card import and the simulator, which alone see card numbers. Two
/// keys give two unrelated tokens for one card; a card may hold a token for each live key.
///
/// @param key_id  1 to 255: which key this is.
/// @param key     not empty; 32 random bytes are right.
/// @param pan     the card number's digits without separators, as on the card. Not kept.
/// Cost: about 0.5 µs; the thread's first call allocates.
[[nodiscard]] CardToken card_token(std::uint8_t key_id, const Secret& key, std::string_view pan);

/// The one text form of a token, used on the wire and in files: "k1:" and 64 lower-case
/// hexadecimal digits.
[[nodiscard]] std::string to_text(const CardToken& token);

/// Reads a token's text form.
/// @return the token; `malformed` on field `card_token` for anything but the one form, such as
///         key 0, a leading zero or upper case. The fault does not repeat the text.
[[nodiscard]] Result<CardToken> parse_card_token(std::string_view text);

}  // namespace carecard
