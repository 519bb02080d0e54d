#pragma once

// The two primitives under the event codec: how a number and a run of bytes stand in an event.
//
//     varint  := (byte with its high bit set)* (byte without), seven bits each, low ones first
//
// A number has exactly one form: the shortest. Signed numbers are zigzagged first (0, -1, 1, -2
// become 0, 1, 2, 3), so that small ones of either sign are short.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include "common/money.h"

namespace carecard::journal {

__extension__ typedef unsigned __int128 uint128;

/// The most bytes that a number of `Unsigned` takes.
template <class Unsigned>
inline constexpr std::size_t varint_bytes_max = (sizeof(Unsigned) * 8 + 6) / 7;

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t bits) {
    return static_cast<std::int64_t>((bits >> 1) ^ (0 - (bits & 1)));
}
[[nodiscard]] constexpr uint128 zigzag_wide(int128 value) {
    return (static_cast<uint128>(value) << 1) ^ static_cast<uint128>(value >> 127);
}
[[nodiscard]] constexpr int128 unzigzag_wide(uint128 bits) {
    return static_cast<int128>((bits >> 1) ^ (0 - (bits & 1)));
}

/// Writes forward through a raw pointer. It checks no bounds: the caller has made room for the
/// most that the value can take.
class Writer {
   public:
    explicit Writer(std::byte* at) : at_(at) {}

    void byte(std::uint8_t value) { *at_++ = std::byte{value}; }

    template <class Unsigned>
    void varint(Unsigned value) {
        while (value >= 0x80) {
            byte(static_cast<std::uint8_t>((value & 0x7f) | 0x80));
            value >>= 7;
        }
        byte(static_cast<std::uint8_t>(value));
    }

    void raw(const void* bytes, std::size_t size) {
        if (size != 0) std::memcpy(at_, bytes, size);
        at_ += size;
    }

    [[nodiscard]] std::byte* at() const { return at_; }

   private:
    std::byte* at_;
};

/// Reads forward and never past the end. Every call answers whether it succeeded; after the first
/// that did not, `problem` says why and nothing more may be read.
class Reader {
   public:
    /// @param bytes  borrowed, and must outlive the reader and what `take` returned.
    explicit Reader(std::span<const std::byte> bytes)
        : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    /// The version of what is read: the newest, until another is set.
    [[nodiscard]] std::uint8_t version() const { return version_; }
    void set_version(std::uint8_t version) { version_ = version; }

    [[nodiscard]] bool byte(std::uint8_t& value) {
        if (at_ == end_) return fail("it ends too early");
        value = std::to_integer<std::uint8_t>(*at_++);
        return true;
    }

    /// A number of at most `max`.
    template <class Unsigned>
    [[nodiscard]] bool varint(Unsigned& value, Unsigned max) {
        constexpr unsigned bits = sizeof(Unsigned) * 8;
        value = 0;
        for (unsigned shift = 0; shift < bits; shift += 7) {
            std::uint8_t next = 0;
            if (!byte(next)) return false;
            const Unsigned part = next & 0x7f;
            if (shift + 7 > bits && (part >> (bits - shift)) != 0) break;
            value |= part << shift;
            if ((next & 0x80) != 0) continue;
            if (next == 0 && shift != 0) return fail("a number is not in its shortest form");
            if (value > max) break;
            return true;
        }
        return fail("a number is too large for its field");
    }

    /// The next `size` bytes, borrowed.
    [[nodiscard]] bool take(std::size_t size, std::span<const std::byte>& bytes) {
        if (size > left()) return fail("it ends too early");
        bytes = {at_, size};
        at_ += size;
        return true;
    }

    /// Notes what is wrong. Always false, so that it can be returned.
    [[nodiscard]] bool fail(const char* problem) {
        problem_ = problem;
        return false;
    }

    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
    [[nodiscard]] const char* problem() const { return problem_; }

   private:
    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    const char* problem_ = "";
    std::uint8_t version_ = std::numeric_limits<std::uint8_t>::max();
};

}  // namespace carecard::journal
