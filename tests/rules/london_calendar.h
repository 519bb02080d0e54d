#pragma once

#include <date/tz.h>

#include <array>
#include <chrono>

#include "common/time.h"

/// Europe/London as the machine's tzdata has it, by another library than the one under test.
/// Instants are nanoseconds since 1970 in UTC; days are counted from 1970-01-01.
namespace carecard::london_calendar {

inline const date::time_zone& zone() {
    static const date::time_zone& london = *date::locate_zone("Europe/London");
    return london;
}
inline auto local(long ns) {
    return zone().to_local(date::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(ns)));
}
inline int number_of(date::local_days day) {
    return static_cast<int>(day.time_since_epoch().count());
}

/// The local day of an instant.
inline int day_at(long ns) { return number_of(date::floor<date::days>(local(ns))); }

/// When the clock first shows this time; the end of the hour that is left out in March.
inline long instant(int day, int second) {
    const date::local_seconds shown =
        date::local_days(date::days(day)) + std::chrono::seconds(second);
    const auto utc = zone().to_sys(shown, date::choose::earliest);
    return utc.time_since_epoch().count() * ns_per_second;
}

/// The days on which a window began and on which the next one begins.
struct Window {
    int first, next;
};

/// The local day, week from Monday, and month that hold an instant.
inline std::array<Window, 3> windows_at(long ns) {
    const date::local_days today(date::days(day_at(ns)));
    const date::local_days monday = today - (date::weekday(today) - date::Monday);
    const date::year_month_day date(today);
    const date::year_month month = date.year() / date.month();
    const auto first_of = [](date::year_month one) { return number_of(date::local_days(one / 1)); };
    return {{{number_of(today), number_of(today) + 1},
             {number_of(monday), number_of(monday) + 7},
             {first_of(month), first_of(month + date::months(1))}}};
}

/// Whether the last month of a card has passed.
inline bool expired(const ExpiryMonth& last, long ns) {
    const date::year_month month = date::year(last.year) / last.month;
    return local(ns) >= date::local_days((month + date::months(1)) / 1);
}

}  // namespace carecard::london_calendar
