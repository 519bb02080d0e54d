#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/check.h"

namespace carecard {

/// Text of at most `bytes_max` bytes, stored in place: copying it allocates nothing, so commands
/// and events are plain values. Unused bytes are zero.
template <std::size_t bytes_max>
class InlineText {
   public:
    static constexpr std::size_t capacity = bytes_max;
    static_assert(bytes_max <= 0xffff);

    constexpr InlineText() = default;

    /// @return the text, or nothing when it is longer than `bytes_max` bytes.
    [[nodiscard]] static constexpr std::optional<InlineText> from(std::string_view text) {
        if (text.size() > bytes_max) return std::nullopt;
        InlineText result;
        std::copy(text.begin(), text.end(), result.bytes_.begin());
        result.size_ = static_cast<std::uint16_t>(text.size());
        return result;
    }

    /// For text that is known to fit, such as a literal. Aborts when it does not.
    [[nodiscard]] static constexpr InlineText of(std::string_view text) {
        const std::optional<InlineText> result = from(text);
        CHECK(result.has_value());
        return *result;
    }

    [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] std::string str() const { return std::string(view()); }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }

    friend constexpr bool operator==(const InlineText& a, const InlineText& b) {
        return a.view() == b.view();
    }
    friend constexpr auto operator<=>(const InlineText& a, const InlineText& b) {
        return a.view() <=> b.view();
    }

   private:
    std::array<char, bytes_max> bytes_{};
    std::uint16_t size_ = 0;
};

}  // namespace carecard
