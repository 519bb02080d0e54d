#include "rules/forms.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/pan.h"

namespace carecard::rules::forms {
namespace {

constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t code_bytes_max = 32;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter_or_digit(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
constexpr bool is_key_mark(char c) { return c == '.' || c == '_' || c == ':' || c == '-'; }

/// A character class as a table: one load for each byte on the hot path.
using ByteClass = std::array<bool, 256>;
template <class Member>
consteval ByteClass byte_class(Member member) {
    ByteClass table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        table[byte] = member(static_cast<char>(byte));
    }
    return table;
}
constexpr ByteClass key_bytes =
    byte_class([](char c) { return is_letter_or_digit(c) || is_key_mark(c); });
constexpr ByteClass alphanumeric_bytes = byte_class(is_letter_or_digit);

bool all_in(const ByteClass& table, std::string_view text) {
    for (const char c : text) {
        if (!table[static_cast<std::uint8_t>(c)]) return false;
    }
    return true;
}

bool all_within(std::string_view text, char first, char last) {
    for (const char c : text) {
        if (c < first || c > last) return false;
    }
    return true;
}

int two_digits(std::string_view text, std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 0;  ///< Zero: not UTF-8.
};

/// Reads one code point as RFC 3629 has it: no overlong form, no surrogate, at most U+10FFFF.
CodePoint first_code_point(std::string_view text) {
    const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    struct Lead {
        std::uint8_t mask;
        std::uint8_t bits;
        std::uint32_t value_min;
    };
    constexpr std::array<Lead, 3> leads{
        {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}}};
    for (std::size_t more = 1; more <= leads.size(); ++more) {
        const Lead& lead = leads[more - 1];
        if ((byte(0) & lead.mask) != lead.bits) continue;
        if (text.size() <= more) return {};
        auto value = static_cast<std::uint32_t>(byte(0) & ~lead.mask & 0xff);
        for (std::size_t at = 1; at <= more; ++at) {
            if ((byte(at) & 0xc0) != 0x80) return {};
            value = (value << 6) | (byte(at) & 0x3fU);
        }
        const bool surrogate = value >= 0xd800 && value <= 0xdfff;
        if (value < lead.value_min || value > 0x10ffff || surrogate) return {};
        return {.value = value, .bytes = more + 1};
    }
    return {};
}

}  // namespace

bool is_key(std::string_view text) {
    return !text.empty() && text.size() <= key_bytes_max && all_in(key_bytes, text);
}

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= code_bytes_max &&
           std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_digits(std::string_view text) { return all_within(text, '0', '9'); }

bool is_digits(std::string_view text, std::size_t size) {
    return text.size() == size && is_digits(text);
}

bool is_alphanumeric(std::string_view text) { return all_in(alphanumeric_bytes, text); }

bool is_capitals(std::string_view text) { return all_within(text, 'A', 'Z'); }

bool is_capitals_or_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c); });
}

bool is_printable(std::string_view text) { return all_within(text, ' ', '~'); }

bool is_zone(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || c == '/' || c == '_' || c == '+' || c == '-';
    });
}

bool is_month_and_day(std::string_view text) {
    if (!is_digits(text, 4)) return false;
    constexpr std::array<int, 12> days_max{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int month = two_digits(text, 0);
    const int day = two_digits(text, 2);
    if (month < 1 || month > 12) return false;
    return day >= 1 && day <= days_max[static_cast<std::size_t>(month - 1)];
}

bool is_time_of_day(std::string_view text) {
    return is_digits(text, 6) && two_digits(text, 0) < 24 && two_digits(text, 2) < 60 &&
           two_digits(text, 4) < 60;
}

FreeTextFlaw free_text_flaw(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] >= ' ' && text[at] <= '~') {
            ++at;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(text[at]);
        if (byte < 0x80) return FreeTextFlaw::control_character;
        const CodePoint point = first_code_point(text.substr(at));
        if (point.bytes == 0) return FreeTextFlaw::not_utf8;
        if (point.value < 0xa0) return FreeTextFlaw::control_character;
        at += point.bytes;
    }
    return contains_pan(text) ? FreeTextFlaw::card_number : FreeTextFlaw::none;
}

}  // namespace carecard::rules::forms
