#include "common/pan.h"

#include <array>
#include <cstddef>

#include "common/check.h"

namespace carecard {
namespace {

constexpr std::size_t pan_digits_min = 13;
constexpr std::size_t pan_digits_max = 19;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_separator(char c) { return c == ' ' || c == '-'; }

bool continues_after_separator(std::string_view text, std::size_t at) {
    return is_separator(text[at]) && at + 1 < text.size() && is_digit(text[at + 1]);
}

}  // namespace

bool luhn_holds(std::string_view digits) {
    CHECK(!digits.empty());
    int sum = 0;
    bool doubled = false;
    for (std::size_t index = digits.size(); index-- > 0;) {
        CHECK(is_digit(digits[index]));
        const int digit = digits[index] - '0';
        const int weighted = doubled ? digit * 2 : digit;
        sum += weighted > 9 ? weighted - 9 : weighted;
        doubled = !doubled;
    }
    return sum % 10 == 0;
}

bool contains_pan(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        std::array<char, pan_digits_max> run{};
        std::size_t count = 0;
        while (at < text.size()) {
            if (is_digit(text[at])) {
                if (count < run.size()) run[count] = text[at];
                ++count;
            } else if (!continues_after_separator(text, at)) {
                break;
            }
            ++at;
        }
        const bool length_fits = count >= pan_digits_min && count <= pan_digits_max;
        if (length_fits && luhn_holds({run.data(), count})) return true;
    }
    return false;
}

}  // namespace carecard
