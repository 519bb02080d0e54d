#pragma once

#include <string_view>

#include "common/result.h"
#include "common/time.h"
#include "services/cli/london_time.h"

namespace carecard::scenarios {

/// A minute on the clock on the wall in London.
struct Moment {
    DayNumber day;
    cli::WallTime time;
};

/// Reads "Mon 2 Mar 2026 09:00". Each part but the time of day may be left out, from the left or,
/// for the year, by itself: the year, and the whole day, are then those of `before`. An empty text
/// is `before`.
/// @return `malformed` for other texts, for a weekday that is not the day's, and for a moment that
///         is before `before`; `unavailable` when the machine has no time zones.
[[nodiscard]] Result<Moment> parse_moment(std::string_view text, const Moment& before);

/// When it is. Faults as `cli::london_instant`.
[[nodiscard]] Result<TimestampNs> instant_of(const Moment& moment);

}  // namespace carecard::scenarios
