#pragma once

// What the codec must know of a type at compile time: which of the few shapes it has, and how
// many members a struct has.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/inline_text.h"
#include "common/inline_vector.h"
#include "rules/command.h"

namespace carecard::journal {

template <class T>
inline constexpr bool is_text = false;
template <std::size_t bytes_max>
inline constexpr bool is_text<InlineText<bytes_max>> = true;

/// Personal data: never in the clear part.
template <class T>
inline constexpr bool is_free_text = false;
template <std::size_t bytes_max>
inline constexpr bool is_free_text<rules::FreeText<bytes_max>> = true;

template <class T>
inline constexpr bool is_raw = false;
template <std::size_t size>
inline constexpr bool is_raw<std::array<std::byte, size>> = true;

template <class T>
inline constexpr bool is_array = false;
template <class Item, std::size_t count>
inline constexpr bool is_array<std::array<Item, count>> = true;

template <class T>
inline constexpr bool is_inline_list = false;
template <class Item, std::size_t count_max>
inline constexpr bool is_inline_list<InlineVector<Item, count_max>> = true;

template <class T>
inline constexpr bool is_list = is_inline_list<T>;
template <class Item>
inline constexpr bool is_list<std::vector<Item>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// A member that events have from version `first` on. Older ones have no byte of it, and it keeps
/// the value that its struct begins with.
template <std::uint8_t first, class T>
struct Since {
    static constexpr std::uint8_t version = first;
    using Member = std::remove_const_t<T>;
    T& member;
};
template <std::uint8_t first, class T>
constexpr Since<first, T> since(T& member) {
    return {member};
}

template <class T>
inline constexpr bool is_since = false;
template <std::uint8_t first, class T>
inline constexpr bool is_since<Since<first, T>> = true;

/// Stands for a member of any type, to count how many initialisers a struct accepts. Optionals
/// are left to convert from their value's type, since two ways would be ambiguous.
struct AnyMember {
    template <class T>
        requires(!is_optional<T>)
    operator T() const;  // NOLINT(google-explicit-constructor)
};

template <class Struct, std::size_t... index>
consteval bool accepts(std::index_sequence<index...>) {
    return requires { Struct{(static_cast<void>(index), AnyMember{})...}; };
}

/// How many members the aggregate `Struct` has.
template <class Struct, std::size_t count = 0>
consteval std::size_t member_count() {
    static_assert(std::is_aggregate_v<Struct>);
    if constexpr (accepts<Struct>(std::make_index_sequence<count + 1>{})) {
        return member_count<Struct, count + 1>();
    } else {
        return count;
    }
}

/// A type of its own around one value, such as `AccountId`: stands as the value does.
template <class T>
concept Wrapper = std::is_aggregate_v<T> && requires(T& t) { t.value; } &&
                  member_count<std::remove_const_t<T>>() == 1;

}  // namespace carecard::journal
