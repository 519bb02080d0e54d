#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace carecard::cli {

/// Says whether `text` is UTF-8: no overlong form, no surrogate, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// How many characters `text` takes on a terminal, each code point one.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// `text` for a terminal: control characters, which could move the cursor or colour what follows,
/// are shown as "?"; so is a byte that is no UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace carecard::cli
