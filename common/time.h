#pragma once

#include <compare>
#include <cstdint>

namespace carecard {

/// Nanoseconds since 1970-01-01T00:00:00Z, as stamped on a group by the sequencer.
struct TimestampNs {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(TimestampNs, TimestampNs) = default;
};

struct DurationNs {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(DurationNs, DurationNs) = default;
};

constexpr TimestampNs operator+(TimestampNs t, DurationNs d) { return {t.value + d.value}; }
constexpr TimestampNs operator-(TimestampNs t, DurationNs d) { return {t.value - d.value}; }
constexpr DurationNs operator-(TimestampNs a, TimestampNs b) { return {a.value - b.value}; }

inline constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr DurationNs seconds(std::int64_t n) { return {n * ns_per_second}; }
constexpr DurationNs minutes(std::int64_t n) { return seconds(n * 60); }
constexpr DurationNs hours(std::int64_t n) { return minutes(n * 60); }
constexpr DurationNs days(std::int64_t n) { return hours(n * 24); }

/// A calendar day of the proleptic Gregorian calendar, counted from 1970-01-01 (day 0).
struct DayNumber {
    std::int32_t value = 0;
    friend constexpr auto operator<=>(DayNumber, DayNumber) = default;
};

/// A calendar day as people write it.
struct Date {
    std::int32_t year = 1970;
    std::uint8_t month = 1;  ///< 1 to 12
    std::uint8_t day = 1;    ///< 1 to 31
    friend constexpr auto operator<=>(const Date&, const Date&) = default;
};

/// The last month in which a card is valid (ISO 8583 field 14, YYMM, with the century).
struct ExpiryMonth {
    std::int16_t year = 0;   ///< Four digits.
    std::uint8_t month = 0;  ///< 1 to 12; 0 is "none".
    friend constexpr auto operator<=>(ExpiryMonth, ExpiryMonth) = default;
};

}  // namespace carecard
