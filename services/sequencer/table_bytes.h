#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace carecard::sequencer {

/// Appends an integer, most significant byte first, so that keys sort by number.
template <std::unsigned_integral Integer>
void append_big_endian(std::string& out, Integer value) {
    for (std::size_t index = sizeof(Integer); index-- > 0;) {
        out.push_back(static_cast<char>((std::uint64_t{value} >> (8 * index)) & 0xff));
    }
}

/// Reads integers and runs of bytes from the front of a row. Once something was not there,
/// everything is zero or empty and `whole` is false.
class RowReader {
   public:
    explicit RowReader(std::string_view bytes) : rest_(bytes) {}

    template <std::unsigned_integral Integer>
    Integer number() {
        std::uint64_t value = 0;
        for (const char byte : take(sizeof(Integer))) {
            value = (value << 8) | static_cast<unsigned char>(byte);
        }
        return static_cast<Integer>(value);
    }

    std::string_view take(std::size_t size) {
        if (size > rest_.size()) {
            short_ = true;
            rest_ = {};
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    [[nodiscard]] std::string_view rest() const { return rest_; }
    /// Whether all that was asked for was there, and nothing is left.
    [[nodiscard]] bool whole() const { return !short_ && rest_.empty(); }
    [[nodiscard]] bool enough() const { return !short_; }

   private:
    std::string_view rest_;
    bool short_ = false;
};

}  // namespace carecard::sequencer
