#include "services/cli/shell_word.h"

#include <algorithm>

namespace carecard::cli {
namespace {

bool is_plain(char letter) {
    constexpr std::string_view signs = "-_./:,+@%";
    const bool digit = letter >= '0' && letter <= '9';
    const bool small = letter >= 'a' && letter <= 'z';
    const bool large = letter >= 'A' && letter <= 'Z';
    return digit || small || large || signs.find(letter) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
    std::string word = "'";
    for (const char letter : text) {
        if (letter == '\'') {
            word += "'\\''";
        } else {
            word += letter;
        }
    }
    return word + "'";
}

}  // namespace carecard::cli
