#include "rules/local_time.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace carecard::rules {
namespace {

struct Utc {
    int year;
    int month;
    int day;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

/// The civil-date formula of days since 1970, worked out without the code under test.
std::int64_t days_since_1970(int year, int month, int day) {
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const int year_of_era = shifted - era * 400;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

TimestampNs at(const Utc& utc) {
    const std::int64_t day = days_since_1970(utc.year, utc.month, utc.day);
    return TimestampNs{(day * 86'400 + utc.hour * 3'600 + utc.minute * 60 + utc.second) *
                       ns_per_second};
}

/// Summer time in London, 2023 to 2026, from the published dates.
OffsetTable london() {
    return {{{at({2023, 3, 26, 1}), 3'600},
             {at({2023, 10, 29, 1}), 0},
             {at({2024, 3, 31, 1}), 3'600},
             {at({2024, 10, 27, 1}), 0},
             {at({2025, 3, 30, 1}), 3'600},
             {at({2025, 10, 26, 1}), 0},
             {at({2026, 3, 29, 1}), 3'600},
             {at({2026, 10, 25, 1}), 0}}};
}

TEST(OffsetSecondsAt, ChangesAtTheInstantOfEachEntry) {
    struct Row {
        std::string name;
        TimestampNs instant;
        std::int32_t offset_seconds;
    };
    const std::vector<Row> rows{
        {"long before the first entry it is UTC", at({1970, 1, 1}), 0},
        {"a nanosecond before spring", at({2026, 3, 29, 1}) - DurationNs{1}, 0},
        {"spring", at({2026, 3, 29, 1}), 3'600},
        {"midsummer", at({2026, 6, 21, 12}), 3'600},
        {"a nanosecond before autumn", at({2026, 10, 25, 1}) - DurationNs{1}, 3'600},
        {"autumn", at({2026, 10, 25, 1}), 0},
        {"long after the last entry", at({2099, 7, 1}), 0},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(offset_seconds_at(london(), row.instant), row.offset_seconds) << row.name;
    }
    EXPECT_EQ(offset_seconds_at({}, at({2026, 7, 1})), 0);
}

TEST(LocalDay, EndsAtLocalMidnight) {
    struct Row {
        std::string name;
        TimestampNs instant;
        Date day;
    };
    const std::vector<Row> rows{
        {"winter, last second", at({2026, 1, 31, 23, 59, 59}), {2026, 1, 31}},
        {"winter, midnight", at({2026, 2, 1}), {2026, 2, 1}},
        {"summer, last second", at({2026, 6, 30, 22, 59, 59}), {2026, 6, 30}},
        {"summer, midnight is 23:00 UTC", at({2026, 6, 30, 23}), {2026, 7, 1}},
        {"the short day begins at 00:00 UTC", at({2026, 3, 29}), {2026, 3, 29}},
        {"the short day ends at 23:00 UTC", at({2026, 3, 29, 23}), {2026, 3, 30}},
        {"the long day begins at 23:00 UTC", at({2026, 10, 24, 23}), {2026, 10, 25}},
        {"the long day's last second", at({2026, 10, 25, 23, 59, 59}), {2026, 10, 25}},
        {"29 February of a leap year", at({2024, 2, 29, 12}), {2024, 2, 29}},
        {"the day after 28 February of another", at({2026, 3, 1}), {2026, 3, 1}},
        {"before 1970", at({1969, 12, 31, 23, 59, 59}), {1969, 12, 31}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(local_day(london(), row.instant), day_of(row.day)) << row.name;
    }
}

TEST(LocalDay, IsTheDayBeforeANanosecondBefore1970) {
    EXPECT_EQ(local_day({}, TimestampNs{-1}), DayNumber{-1});
    EXPECT_EQ(local_day({}, TimestampNs{0}), DayNumber{0});
}

TEST(LocalWindows, CountWeeksFromMondayAndMonthsFromJanuary1970) {
    struct Row {
        std::string name;
        TimestampNs instant;
        std::int32_t week;
        std::int32_t month;
    };
    const std::vector<Row> rows{
        {"1 January 1970, a Thursday", at({1970, 1, 1}), -1, 0},
        {"the first Monday", at({1970, 1, 5}), 0, 0},
        {"a nanosecond before it", at({1970, 1, 5}) - DurationNs{1}, -1, 0},
        {"the second Monday", at({1970, 1, 12}), 1, 0},
        {"1 February 1970", at({1970, 2, 1}), 3, 1},
        {"December 1969", at({1969, 12, 31}), -1, -1},
        {"Sunday 28 June 2026, last local second", at({2026, 6, 28, 22, 59, 59}), 2946, 677},
        {"Monday 29 June 2026, local midnight", at({2026, 6, 28, 23}), 2947, 677},
        {"the month ends at local midnight", at({2026, 6, 30, 23}), 2947, 678},
        {"and not before", at({2026, 6, 30, 22, 59, 59}), 2947, 677},
        {"the year ends", at({2026, 12, 31, 23, 59, 59}), 2973, 683},
        {"and the next begins", at({2027, 1, 1}), 2973, 684},
    };
    for (const Row& row : rows) {
        const WindowNumbers windows = local_windows(london(), row.instant);
        EXPECT_EQ(windows.day, local_day(london(), row.instant)) << row.name;
        EXPECT_EQ(windows.week, row.week) << row.name;
        EXPECT_EQ(windows.month, row.month) << row.name;
    }
}

TEST(InstantOf, IsWhenTheLocalClockShowsTheTime) {
    struct Row {
        std::string name;
        Date day;
        std::int32_t second_of_day;
        TimestampNs instant;
    };
    const std::vector<Row> rows{
        {"23:00 in winter", {2026, 1, 15}, 23 * 3'600, at({2026, 1, 15, 23})},
        {"23:00 in summer", {2026, 7, 15}, 23 * 3'600, at({2026, 7, 15, 22})},
        {"23:00 on the eve of spring", {2026, 3, 28}, 23 * 3'600, at({2026, 3, 28, 23})},
        {"23:00 on the short day", {2026, 3, 29}, 23 * 3'600, at({2026, 3, 29, 22})},
        {"23:00 on the eve of autumn", {2026, 10, 24}, 23 * 3'600, at({2026, 10, 24, 22})},
        {"23:00 on the long day", {2026, 10, 25}, 23 * 3'600, at({2026, 10, 25, 23})},
        {"the last second before the jump", {2026, 3, 29}, 3'599, at({2026, 3, 29, 0, 59, 59})},
        {"01:00 never comes: the jump", {2026, 3, 29}, 3'600, at({2026, 3, 29, 1})},
        {"01:30 never comes: the jump", {2026, 3, 29}, 5'400, at({2026, 3, 29, 1})},
        {"01:59:59 never comes: the jump", {2026, 3, 29}, 7'199, at({2026, 3, 29, 1})},
        {"02:00 is the jump itself", {2026, 3, 29}, 7'200, at({2026, 3, 29, 1})},
        {"00:59:59 comes once", {2026, 10, 25}, 3'599, at({2026, 10, 24, 23, 59, 59})},
        {"01:00 comes twice: the first", {2026, 10, 25}, 3'600, at({2026, 10, 25, 0})},
        {"01:30 comes twice: the first", {2026, 10, 25}, 5'400, at({2026, 10, 25, 0, 30})},
        {"01:59:59 comes twice: the first", {2026, 10, 25}, 7'199, at({2026, 10, 25, 0, 59, 59})},
        {"02:00 comes once", {2026, 10, 25}, 7'200, at({2026, 10, 25, 2})},
        {"midnight on 29 February", {2024, 2, 29}, 0, at({2024, 2, 29})},
        {"long after the table", {2099, 7, 1}, 3'600, at({2099, 7, 1, 1})},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(instant_of(london(), day_of(row.day), row.second_of_day), row.instant)
            << row.name;
    }
}

TEST(InstantOf, CountsTheShortAndTheLongDay) {
    struct Row {
        std::string name;
        Date day;
        DurationNs length;
    };
    const std::vector<Row> rows{
        {"an ordinary day", {2026, 3, 28}, hours(24)},
        {"the day that loses an hour", {2026, 3, 29}, hours(23)},
        {"the day that gains an hour", {2026, 10, 25}, hours(25)},
    };
    for (const Row& row : rows) {
        const DayNumber day = day_of(row.day);
        const DayNumber next{day.value + 1};
        EXPECT_EQ(instant_of(london(), next, 0) - instant_of(london(), day, 0), row.length)
            << row.name;
    }
}

TEST(InstantOf, FallsOnTheDayAskedForAtEveryCutOffThatIsPermitted) {
    for (DayNumber day = day_of({2023, 1, 1}); day <= day_of({2027, 12, 31}); ++day.value) {
        for (const std::int32_t second : {0, 3'599, 7'200, 43'200, 23 * 3'600, 86'399}) {
            const TimestampNs instant = instant_of(london(), day, second);
            ASSERT_EQ(local_day(london(), instant), day) << day.value << " " << second;
            const std::int64_t local =
                instant.value / ns_per_second + offset_seconds_at(london(), instant);
            ASSERT_EQ(local % 86'400, second) << day.value;
        }
    }
}

TEST(InstantOf, WorksInAZoneFarFromUtc) {
    const OffsetTable auckland{
        {{at({2025, 9, 27, 14}), 13 * 3'600}, {at({2026, 4, 4, 14}), 12 * 3'600}}};
    EXPECT_EQ(instant_of(auckland, day_of({2026, 1, 2}), 0), at({2026, 1, 1, 11}));
    EXPECT_EQ(instant_of(auckland, day_of({2026, 4, 5}), 9'000), at({2026, 4, 4, 13, 30}));
    EXPECT_EQ(instant_of(auckland, day_of({2026, 4, 6}), 0), at({2026, 4, 5, 12}));
}

TEST(DateOf, UndoesDayOfOnEveryDayOfEightCenturies) {
    Date before = date_of(DayNumber{-146'098});
    for (DayNumber day{-146'097}; day.value <= 146'097; ++day.value) {
        const Date date = date_of(day);
        ASSERT_EQ(day_of(date), day);
        ASSERT_EQ(days_since_1970(date.year, date.month, date.day), day.value);
        ASSERT_TRUE(exists(date));
        ASSERT_LT(before, date);
        before = date;
    }
}

TEST(Exists, KnowsMonthEndsAndLeapYears) {
    struct Row {
        Date date;
        bool exists;
    };
    const std::vector<Row> rows{
        {{2024, 2, 29}, true},  {{2026, 2, 29}, false},  {{2000, 2, 29}, true},
        {{2100, 2, 29}, false}, {{2026, 4, 30}, true},   {{2026, 4, 31}, false},
        {{2026, 12, 31}, true}, {{2026, 12, 32}, false}, {{2026, 13, 1}, false},
        {{2026, 0, 1}, false},  {{2026, 1, 0}, false},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(exists(row.date), row.exists)
            << row.date.year << "-" << int{row.date.month} << "-" << int{row.date.day};
    }
}

TEST(FirstDayOfWindow, BeginsTheWindowThatADayIsIn) {
    EXPECT_EQ(first_day_of_week(0), day_of({1970, 1, 5}));
    EXPECT_EQ(first_day_of_week(2947), day_of({2026, 6, 29}));
    EXPECT_EQ(first_day_of_month(0), day_of({1970, 1, 1}));
    EXPECT_EQ(first_day_of_month(677), day_of({2026, 6, 1}));
    EXPECT_EQ(first_day_of_month(683), day_of({2026, 12, 1}));
    EXPECT_EQ(first_day_of_month(684), day_of({2027, 1, 1}));
    EXPECT_EQ(first_day_of_month(-1), day_of({1969, 12, 1}));
    for (TimestampNs noon = at({2023, 1, 1, 12}); noon < at({2027, 1, 1}); noon = noon + days(1)) {
        const WindowNumbers windows = local_windows(london(), noon);
        ASSERT_LE(first_day_of_week(windows.week), windows.day);
        ASSERT_GT(first_day_of_week(windows.week + 1), windows.day);
        ASSERT_LE(first_day_of_month(windows.month), windows.day);
        ASSERT_GT(first_day_of_month(windows.month + 1), windows.day);
    }
}

}  // namespace
}  // namespace carecard::rules
