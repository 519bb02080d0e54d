#include "services/cli/london_time.h"

#include <gtest/gtest.h>

namespace carecard::cli {
namespace {

// 2026-03-29: the clocks go forward at 01:00. 2026-10-25: they go back at 02:00.
const DayNumber forward = day_of({2026, 3, 29});
const DayNumber back = day_of({2026, 10, 25});

std::int64_t utc_hours_into(DayNumber day, WallTime time) {
    return (london_instant(day, time)->value - days(day.value).value) / hours(1).value;
}

TEST(LondonTime, FollowsTheChangesOfTheClocks) {
    EXPECT_EQ(utc_hours_into(day_of({2026, 1, 15}), {12, 0}), 12);
    EXPECT_EQ(utc_hours_into(day_of({2026, 7, 15}), {12, 0}), 11);
    EXPECT_EQ(utc_hours_into(forward, {23, 0}), 22);
    EXPECT_EQ(utc_hours_into(back, {23, 0}), 23);
    EXPECT_EQ(*london_instant(forward, {0, 5}), TimestampNs{} + days(forward.value) + minutes(5));
}

TEST(LondonTime, KnowsTheDayOfAnInstant) {
    const TimestampNs late = TimestampNs{} + days(day_of({2026, 7, 15}).value) + hours(23);
    EXPECT_EQ(*london_day(late), day_of({2026, 7, 16}));
    EXPECT_EQ(*london_day(TimestampNs{0}), DayNumber{0});
}

TEST(LondonTime, FindsTheFirstOfAMonth) {
    EXPECT_EQ(first_of_month(day_of({2024, 2, 29})), day_of({2024, 2, 1}));
    EXPECT_EQ(date_of(day_of({2013, 11, 12})), (Date{2013, 11, 12}));
}

}  // namespace
}  // namespace carecard::cli
