#pragma once

#include <optional>
#include <string_view>

#include "common/secret.h"

namespace carecard {

/// Reads a key from the text of its file: 64 lower-case hexadecimal digits, and nothing after them
/// but ends of lines.
///
/// Pure. Leaves no copy of the key behind but the one it returns.
/// @return the 32 bytes; nothing for any other text.
[[nodiscard]] std::optional<Secret> secret_from_hex(std::string_view text);

}  // namespace carecard
