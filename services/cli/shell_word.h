#pragma once

#include <string>
#include <string_view>

namespace carecard::cli {

/// `text` as a POSIX shell reads it back as one word: as it is, or in single quotes when a space,
/// a quote or another sign that a shell acts on stands in it.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace carecard::cli
