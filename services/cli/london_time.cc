#include "services/cli/london_time.h"

#include <date/tz.h>

#include <chrono>
#include <exception>

namespace carecard::cli {
namespace {

constexpr const char* zone = "Europe/London";

Fault no_zone() {
    return {.kind = FaultKind::unavailable,
            .field = "tzdata",
            .detail = "this machine does not know the time in Europe/London",
            .remedy = "install the package tzdata"};
}

std::chrono::year_month_day civil(DayNumber day) {
    return std::chrono::sys_days{std::chrono::days{day.value}};
}

}  // namespace

Result<TimestampNs> london_instant(DayNumber day, WallTime time) {
    try {
        const date::local_seconds local{std::chrono::days{day.value} +
                                        std::chrono::hours{time.hour} +
                                        std::chrono::minutes{time.minute}};
        const auto instant = date::locate_zone(zone)->to_sys(local, date::choose::earliest);
        return TimestampNs{instant.time_since_epoch().count() * ns_per_second};
    } catch (const std::exception&) {
        return no_zone();
    }
}

Result<DayNumber> london_day(TimestampNs at) {
    try {
        const date::sys_seconds instant{std::chrono::seconds{at.value / ns_per_second}};
        const auto local = date::locate_zone(zone)->to_local(instant);
        const auto day = date::floor<date::days>(local).time_since_epoch().count();
        return DayNumber{static_cast<std::int32_t>(day)};
    } catch (const std::exception&) {
        return no_zone();
    }
}

DayNumber first_of_month(DayNumber day) {
    Date date = date_of(day);
    date.day = 1;
    return day_of(date);
}

Date date_of(DayNumber day) {
    const std::chrono::year_month_day date = civil(day);
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
            .day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()))};
}

DayNumber day_of(const Date& date) {
    const std::chrono::sys_days days = std::chrono::year_month_day{
        std::chrono::year{date.year}, std::chrono::month{date.month}, std::chrono::day{date.day}};
    return {static_cast<std::int32_t>(days.time_since_epoch().count())};
}

}  // namespace carecard::cli
