#pragma once

// How a value of each shape stands in an event; the grammar is at the top of codec.h. Each of the
// functions takes any value whose type is made of these shapes, and structs through `fields`.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "common/check.h"
#include "common/money.h"
#include "services/journal/fields.h"
#include "services/journal/ranges.h"
#include "services/journal/shape.h"
#include "services/journal/wire.h"

namespace carecard::journal {

template <class T>
inline constexpr bool is_wide = std::same_as<T, int128>;

// --- Facts about a type -----------------------------------------------------------------------

template <class T>
consteval std::size_t bytes_max();
template <class T>
consteval std::size_t free_text_count();

/// What is known of a struct from the list of its members.
template <class... Members>
struct Listed {
    static constexpr std::size_t count = sizeof...(Members);
    static consteval std::size_t bytes_max() { return (journal::bytes_max<Members>() + ... + 0); }
    static consteval std::size_t free_text_count() {
        return (journal::free_text_count<Members>() + ... + 0);
    }
};

struct List {
    template <class... Members>
    constexpr Listed<Members...> operator()(const Members&...) const {
        return {};
    }
};

template <class Struct>
consteval auto listed() {
    static_assert(
        requires(Struct& value) { fields(value, List{}); }, "fields.h has no list for this struct");
    using Members = decltype(fields(std::declval<Struct&>(), List{}));
    static_assert(Members::count == member_count<Struct>(),
                  "the list in fields.h and the struct differ in their number of members");
    return Members{};
}

/// The most items that a list of type `Items` may have.
template <class Items>
consteval std::size_t items_max() {
    if constexpr (is_inline_list<Items>) {
        return Items::capacity;
    } else {
        return list_count_max<typename Items::value_type>;
    }
}

template <class Items>
using ItemOf = std::remove_cvref_t<decltype(std::declval<Items&>()[0])>;

/// The most bytes that a `T` takes in the clear part.
template <class T>
consteval std::size_t bytes_max() {
    if constexpr (is_since<T>) {
        return bytes_max<typename T::Member>();
    } else if constexpr (is_free_text<T>) {
        return 0;
    } else if constexpr (std::same_as<T, bool> || std::is_enum_v<T>) {
        return 1;
    } else if constexpr (std::integral<T> || is_wide<T>) {
        return (sizeof(T) * 8 + 6) / 7;
    } else if constexpr (is_text<T>) {
        return varint_bytes_max<std::uint16_t> + T::capacity;
    } else if constexpr (is_raw<T>) {
        return sizeof(T);
    } else if constexpr (is_array<T>) {
        return std::tuple_size_v<T> * bytes_max<typename T::value_type>();
    } else if constexpr (is_list<T>) {
        return varint_bytes_max<std::uint32_t> + items_max<T>() * bytes_max<ItemOf<T>>();
    } else if constexpr (is_optional<T>) {
        return 1 + bytes_max<typename T::value_type>();
    } else {
        return listed<T>().bytes_max();
    }
}

/// How many members of `T`, at any depth, are personal texts. A list of them has no place in the
/// format: an event's number of commitments follows from its kind.
template <class T>
consteval std::size_t free_text_count() {
    if constexpr (is_since<T>) {
        return free_text_count<typename T::Member>();
    } else if constexpr (is_free_text<T>) {
        return 1;
    } else if constexpr (is_list<T> || (is_array<T> && !is_raw<T>)) {
        static_assert(free_text_count<ItemOf<T>>() == 0);
        return 0;
    } else if constexpr (is_optional<T>) {
        static_assert(free_text_count<typename T::value_type>() == 0);
        return 0;
    } else if constexpr (std::is_class_v<T> && !is_text<T> && !is_raw<T>) {
        return listed<T>().free_text_count();
    } else {
        return 0;
    }
}

// --- Writing ----------------------------------------------------------------------------------

/// Writes `value`, which takes at most `bytes_max<T>()`. A value that could not be read again is
/// a bug, and aborts.
template <class T>
void write(Writer& writer, const T& value) {
    if constexpr (is_since<T>) {
        write(writer, value.member);
    } else if constexpr (is_free_text<T>) {
        return;
    } else if constexpr (std::same_as<T, bool>) {
        writer.byte(value ? 1 : 0);
    } else if constexpr (std::is_enum_v<T>) {
        static_assert(sizeof(T) == 1);
        CHECK(in_range(value));
        writer.byte(static_cast<std::uint8_t>(value));
    } else if constexpr (is_wide<T>) {
        writer.varint(zigzag_wide(value));
    } else if constexpr (std::signed_integral<T>) {
        writer.varint(zigzag(value));
    } else if constexpr (std::unsigned_integral<T>) {
        writer.varint(std::uint64_t{value});
    } else if constexpr (is_text<T>) {
        writer.varint(value.view().size());
        writer.raw(value.view().data(), value.view().size());
    } else if constexpr (is_raw<T>) {
        writer.raw(value.data(), value.size());
    } else if constexpr (is_array<T>) {
        for (const auto& item : value) write(writer, item);
    } else if constexpr (is_list<T>) {
        CHECK(value.size() <= items_max<T>());
        writer.varint(value.size());
        for (const auto& item : value) write(writer, item);
    } else if constexpr (is_optional<T>) {
        writer.byte(value.has_value() ? 1 : 0);
        if (value.has_value()) write(writer, *value);
    } else {
        CHECK(in_range(value));
        fields(value, [&](const auto&... members) { (write(writer, members), ...); });
    }
}

// --- Reading ----------------------------------------------------------------------------------

template <class T>
[[nodiscard]] bool read(Reader& reader, T& value);

[[nodiscard]] inline bool read_flag(Reader& reader, bool& flag) {
    std::uint8_t byte = 0;
    if (!reader.byte(byte)) return false;
    if (byte > 1) return reader.fail("a flag is neither 0 nor 1");
    flag = byte == 1;
    return true;
}

template <class Enum>
[[nodiscard]] bool read_enum(Reader& reader, Enum& value) {
    std::uint8_t number = 0;
    if (!reader.byte(number)) return false;
    value = static_cast<Enum>(number);
    return in_range(value) || reader.fail("an enumeration has a number that is not known");
}

template <class Integer>
[[nodiscard]] bool read_integer(Reader& reader, Integer& value) {
    std::uint64_t bits = 0;
    if (!reader.varint<std::uint64_t>(bits,
                                      std::numeric_limits<std::make_unsigned_t<Integer>>::max())) {
        return false;
    }
    if constexpr (std::signed_integral<Integer>) {
        value = static_cast<Integer>(unzigzag(bits));
    } else {
        value = static_cast<Integer>(bits);
    }
    return true;
}

template <class Text>
[[nodiscard]] bool read_text(Reader& reader, Text& text) {
    std::uint64_t size = 0;
    std::span<const std::byte> bytes;
    if (!reader.varint<std::uint64_t>(size, Text::capacity)) return false;
    if (!reader.take(size, bytes)) return false;
    text = Text::of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return true;
}

template <class Items>
[[nodiscard]] bool read_list(Reader& reader, Items& items) {
    std::uint64_t count = 0;
    if (!reader.varint<std::uint64_t>(count, items_max<Items>())) return false;
    // Every item takes a byte or more, so a short input cannot ask for much memory.
    if (count > reader.left()) return reader.fail("it ends too early");
    items.clear();
    if constexpr (!is_inline_list<Items>) items.reserve(count);
    for (std::uint64_t index = 0; index < count; ++index) {
        ItemOf<Items> item{};
        if (!read(reader, item)) return false;
        items.push_back(item);
    }
    return true;
}

template <class Optional>
[[nodiscard]] bool read_optional(Reader& reader, Optional& value) {
    value.reset();
    if (reader.version() < first_version<typename Optional::value_type>) return true;
    bool present = false;
    if (!read_flag(reader, present)) return false;
    return !present || read(reader, value.emplace());
}

template <class Struct>
[[nodiscard]] bool read_struct(Reader& reader, Struct& value) {
    const bool complete =
        fields(value, [&](auto&&... members) { return (read(reader, members) && ...); });
    if (!complete) return false;
    return in_range(value) || reader.fail("a value is out of its range");
}

/// Reads what `write` wrote, and nothing that `write` would have written otherwise. Personal
/// texts are left as they are.
/// @return whether it succeeded; if not, `value` is part old, part new, and `reader.problem()`
///         says why.
template <class T>
bool read(Reader& reader, T& value) {
    if constexpr (is_since<T>) {
        return reader.version() < T::version || read(reader, value.member);
    } else if constexpr (is_free_text<T>) {
        return true;
    } else if constexpr (std::same_as<T, bool>) {
        return read_flag(reader, value);
    } else if constexpr (std::is_enum_v<T>) {
        return read_enum(reader, value);
    } else if constexpr (is_wide<T>) {
        uint128 bits = 0;
        if (!reader.varint<uint128>(bits, ~uint128{0})) return false;
        value = unzigzag_wide(bits);
        return true;
    } else if constexpr (std::integral<T>) {
        return read_integer(reader, value);
    } else if constexpr (is_text<T>) {
        return read_text(reader, value);
    } else if constexpr (is_raw<T>) {
        std::span<const std::byte> bytes;
        if (!reader.take(value.size(), bytes)) return false;
        std::ranges::copy(bytes, value.begin());
        return true;
    } else if constexpr (is_array<T>) {
        return std::ranges::all_of(value, [&](auto& item) { return read(reader, item); });
    } else if constexpr (is_list<T>) {
        return read_list(reader, value);
    } else if constexpr (is_optional<T>) {
        return read_optional(reader, value);
    } else {
        return read_struct(reader, value);
    }
}

}  // namespace carecard::journal
