#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace carecard {

/// A signed amount in minor units (pence, cents). It never holds a fraction. Its currency is
/// that of the programme it belongs to, unless a `CurrencyCode` stands beside it.
struct AmountMinor {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(AmountMinor, AmountMinor) = default;
    constexpr AmountMinor operator-() const { return {-value}; }
};

/// No stored amount or balance is outside ±amount_minor_max. A sanity bound, not a business
/// limit: sums of 2^20 such amounts still fit in 64 bits.
inline constexpr AmountMinor amount_minor_max{1'000'000'000'000};

/// Returns `a + b`, or nothing when the sum leaves ±amount_minor_max.
[[nodiscard]] constexpr std::optional<AmountMinor> checked_add(AmountMinor a, AmountMinor b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.value, b.value, &sum)) return std::nullopt;
    if (sum > amount_minor_max.value || sum < -amount_minor_max.value) return std::nullopt;
    return AmountMinor{sum};
}

static_assert(checked_add({1}, {2}) == AmountMinor{3});
static_assert(!checked_add(amount_minor_max, {1}));

__extension__ typedef __int128 int128;

/// A total over many accounts, wider than an amount so that no sum of valid amounts overflows.
struct TotalMinor {
    int128 value = 0;
    friend constexpr auto operator<=>(TotalMinor, TotalMinor) = default;
    constexpr void add(AmountMinor amount) { value += amount.value; }
    constexpr TotalMinor operator-() const { return {-value}; }
};

/// ISO 4217 numeric code, e.g. 826 for GBP (ISO 8583 fields 49 and 51). Zero means "none".
struct CurrencyCode {
    std::uint16_t value = 0;
    friend constexpr auto operator<=>(CurrencyCode, CurrencyCode) = default;
};

}  // namespace carecard
