#pragma once

#include <cstdint>
#include <vector>

#include "common/time.h"

namespace carecard::rules {

/// From `from` on, local time is UTC plus `offset_seconds`, until the next entry.
struct OffsetEntry {
    TimestampNs from;
    std::int32_t offset_seconds = 0;
    friend constexpr bool operator==(const OffsetEntry&, const OffsetEntry&) = default;
};

/// The UTC offsets of one zone, oldest first. Built from tzdata by a tool and journaled, so that
/// next year's tzdata cannot rewrite last year's days. Before the first entry, and in an empty
/// table, local time is UTC.
struct OffsetTable {
    std::vector<OffsetEntry> entries;
    friend bool operator==(const OffsetTable&, const OffsetTable&) = default;
};

/// The local windows an instant falls in. Weeks are counted from the Monday of 1970-01-05 (week
/// 0), months from January 1970 (month 0).
struct WindowNumbers {
    DayNumber day;
    std::int32_t week = 0;
    std::int32_t month = 0;
    friend constexpr bool operator==(const WindowNumbers&, const WindowNumbers&) = default;
};

[[nodiscard]] std::int32_t offset_seconds_at(const OffsetTable& table, TimestampNs at);
[[nodiscard]] DayNumber local_day(const OffsetTable& table, TimestampNs at);
[[nodiscard]] WindowNumbers local_windows(const OffsetTable& table, TimestampNs at);

/// The instant at which the local clock shows `second_of_day` on `day`. A local time that comes
/// twice means its first coming; one that never comes means the instant the clock jumps past it.
[[nodiscard]] TimestampNs instant_of(const OffsetTable& table, DayNumber day,
                                     std::int32_t second_of_day);

[[nodiscard]] Date date_of(DayNumber day);
[[nodiscard]] DayNumber day_of(const Date& date);
/// Whether `date` exists in the calendar.
[[nodiscard]] bool exists(const Date& date);

/// The first day of the window after the one given: where a limit starts afresh.
[[nodiscard]] DayNumber first_day_of_week(std::int32_t week);
[[nodiscard]] DayNumber first_day_of_month(std::int32_t month);

}  // namespace carecard::rules
