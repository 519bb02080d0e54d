#include "services/cli/utf8.h"

#include <algorithm>
#include <cstdint>

namespace carecard::cli {
namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t size = 0;  ///< Bytes; 0 when there is no whole one.
};

std::uint8_t byte_at(std::string_view text, std::size_t index) {
    return static_cast<std::uint8_t>(text[index]);
}

/// Reads the code point at the beginning of `text`, which is not empty.
CodePoint first_of(std::string_view text) {
    const std::uint8_t lead = byte_at(text, 0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
    std::uint32_t value = lead & (0x7fU >> size);
    for (std::size_t index = 1; index < size; ++index) {
        const std::uint8_t next = byte_at(text, index);
        if ((next & 0xc0U) != 0x80) return {};
        value = value << 6 | (next & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < smallest[size] || surrogate || value > 0x10ffff) return {};
    return {value, size};
}

bool is_control(std::uint32_t value) { return value < 0x20 || (value >= 0x7f && value < 0xa0); }

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const CodePoint point = first_of(text);
        if (point.size == 0) return false;
        text.remove_prefix(point.size);
    }
    return true;
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0U) != 0x80; }));
}

std::string printable(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const CodePoint point = first_of(text);
        const std::size_t size = std::max<std::size_t>(point.size, 1);
        if (point.size == 0 || is_control(point.value)) {
            result += '?';
        } else {
            result += text.substr(0, size);
        }
        text.remove_prefix(size);
    }
    return result;
}

}  // namespace carecard::cli
