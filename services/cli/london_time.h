#pragma once

#include <string_view>

#include "common/result.h"
#include "common/time.h"

/// The programme's local time, Europe/London, from the machine's time zone files.
namespace carecard::cli {

/// A time of day on the clock on the wall.
struct WallTime {
    int hour = 0;
    int minute = 0;
};

/// The instant at which a London clock shows `time` on `day`. In the hour that comes twice, the
/// first; in the one that never comes, the change itself.
/// @return `unavailable` on field "tzdata" when the machine has no time zone files.
[[nodiscard]] Result<TimestampNs> london_instant(DayNumber day, WallTime time);

/// The day that a London calendar shows at `at`. Faults as above.
[[nodiscard]] Result<DayNumber> london_day(TimestampNs at);

/// The first day of the day's month.
[[nodiscard]] DayNumber first_of_month(DayNumber day);

[[nodiscard]] Date date_of(DayNumber day);
[[nodiscard]] DayNumber day_of(const Date& date);

}  // namespace carecard::cli
