#include "rules/local_time.h"

#include <algorithm>
#include <chrono>

namespace carecard::rules {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int32_t monday_of_week_zero = 4;  // 1970-01-05

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

std::int64_t utc_seconds(TimestampNs at) { return floor_div(at.value, ns_per_second); }

year_month_day calendar(const Date& date) {
    return {std::chrono::year{date.year}, std::chrono::month{date.month},
            std::chrono::day{date.day}};
}

}  // namespace

std::int32_t offset_seconds_at(const OffsetTable& table, TimestampNs at) {
    const auto after = std::upper_bound(
        table.entries.begin(), table.entries.end(), at,
        [](TimestampNs instant, const OffsetEntry& entry) { return instant < entry.from; });
    return after == table.entries.begin() ? 0 : std::prev(after)->offset_seconds;
}

DayNumber local_day(const OffsetTable& table, TimestampNs at) {
    const std::int64_t local = utc_seconds(at) + offset_seconds_at(table, at);
    return {static_cast<std::int32_t>(floor_div(local, seconds_per_day))};
}

WindowNumbers local_windows(const OffsetTable& table, TimestampNs at) {
    const DayNumber day = local_day(table, at);
    const Date date = date_of(day);
    return {.day = day,
            .week = static_cast<std::int32_t>(floor_div(day.value - monday_of_week_zero, 7)),
            .month = (date.year - 1970) * 12 + date.month - 1};
}

TimestampNs instant_of(const OffsetTable& table, DayNumber day, std::int32_t second_of_day) {
    const std::int64_t local = day.value * seconds_per_day + second_of_day;
    const auto at_offset = [&](std::int32_t offset) {
        return TimestampNs{(local - offset) * ns_per_second};
    };
    // No zone changes its offset twice within two days, so one of these two is in force.
    const std::int32_t before = offset_seconds_at(table, at_offset(0) - days(1));
    const TimestampNs first = at_offset(before);
    if (offset_seconds_at(table, first) == before) return first;
    const std::int32_t after = offset_seconds_at(table, first);
    const TimestampNs second = at_offset(after);
    if (offset_seconds_at(table, second) == after) return second;
    // The clock jumps past this local time: the jump is the first instant at the new offset.
    const auto jump = std::find_if(
        table.entries.begin(), table.entries.end(),
        [&](const OffsetEntry& entry) { return entry.from > second && entry.from <= first; });
    return jump == table.entries.end() ? first : jump->from;
}

Date date_of(DayNumber day) {
    const year_month_day date{sys_days{std::chrono::days{day.value}}};
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
            .day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()))};
}

DayNumber day_of(const Date& date) {
    return {static_cast<std::int32_t>(sys_days{calendar(date)}.time_since_epoch().count())};
}

bool exists(const Date& date) { return calendar(date).ok(); }

DayNumber first_day_of_week(std::int32_t week) { return {week * 7 + monday_of_week_zero}; }

DayNumber first_day_of_month(std::int32_t month) {
    const auto year = static_cast<std::int32_t>(floor_div(month, 12));
    return day_of(
        {.year = 1970 + year, .month = static_cast<std::uint8_t>(month - year * 12 + 1), .day = 1});
}

}  // namespace carecard::rules
