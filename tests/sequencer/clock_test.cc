#include "services/sequencer/clock.h"

#include <gtest/gtest.h>

#include "common/limits.h"
#include "tests/rules/fixture.h"

namespace carecard::sequencer {
namespace {

using Verdict = ClockGuard::Verdict;

constexpr DurationNs just{1};

ClockReading reading(TimestampNs wall, DurationNs since_start) {
    return {.wall = wall, .monotonic_ns = 77'000 + since_start.value};
}

class Guard : public testing::Test {
   protected:
    const TimestampNs start_ = rules::utc(2024, 6, 3, 9);
    const ClockReading first_ = reading(start_, {});
};

TEST_F(Guard, BelievesAClockThatGoesWithTheMonotonicOne) {
    ClockGuard guard(start_, first_);
    for (const DurationNs passed : {seconds(0), seconds(1), hours(1), days(20)}) {
        EXPECT_EQ(guard.judge(reading(start_ + passed, passed)), Verdict::believed);
    }
}

TEST_F(Guard, BelievesStepsUpToTheLimitAndNoneBeyondIt) {
    for (const std::int64_t sign : {1, -1}) {
        const DurationNs limit{sign * clock_step_max.value};
        const DurationNs beyond{limit.value + sign * just.value};
        ClockGuard guard(start_, first_);
        EXPECT_EQ(guard.judge(reading(start_ + hours(1) + beyond, hours(1))), Verdict::jumped);
        EXPECT_EQ(guard.judge(reading(start_ + hours(1) + limit, hours(1))), Verdict::believed);
    }
}

TEST_F(Guard, BelievesAgainWhenTheClockReturns) {
    ClockGuard guard(start_, first_);
    EXPECT_EQ(guard.judge(reading(start_ + hours(3), hours(1))), Verdict::jumped);
    EXPECT_EQ(guard.judge(reading(start_ + hours(4), hours(2))), Verdict::jumped);
    EXPECT_EQ(guard.judge(reading(start_ + hours(3), hours(3))), Verdict::believed);
}

TEST_F(Guard, TakesWhatIsAcceptedAsRight) {
    ClockGuard guard(start_, first_);
    const ClockReading jumped = reading(start_ + days(2), hours(1));
    EXPECT_EQ(guard.judge(jumped), Verdict::jumped);
    guard.accept(jumped);
    EXPECT_EQ(guard.judge(reading(start_ + days(2) + hours(1), hours(2))), Verdict::believed);
}

TEST_F(Guard, DisbelievesAStartTooLongAfterTheLastStamp) {
    ClockGuard late(start_ - clock_gap_max - just, first_);
    EXPECT_EQ(late.judge(first_), Verdict::jumped);
    ClockGuard in_time(start_ - clock_gap_max, first_);
    EXPECT_EQ(in_time.judge(first_), Verdict::believed);
}

TEST_F(Guard, DisbelievesAStartBeforeTheLastStamp) {
    ClockGuard early(start_ + clock_step_max + just, first_);
    EXPECT_EQ(early.judge(first_), Verdict::jumped);
    ClockGuard close(start_ + clock_step_max, first_);
    EXPECT_EQ(close.judge(first_), Verdict::believed);
}

TEST_F(Guard, BelievesAnyClockForAnEmptyJournal) {
    ClockGuard guard(TimestampNs{}, first_);
    EXPECT_EQ(guard.judge(first_), Verdict::believed);
}

TEST(SimulatedClock, StandsStillUntilItIsSet) {
    SimulatedClock clock;
    clock.set({5});
    EXPECT_EQ(clock.read().wall, (TimestampNs{5}));
    EXPECT_EQ(clock.read().wall, (TimestampNs{5}));
    const std::int64_t before = clock.read().monotonic_ns;
    EXPECT_GE(clock.read().monotonic_ns, before);
}

TEST(Deadline, IsAsFarAwayByEitherClock) {
    const auto now = std::chrono::system_clock::now();
    const std::int64_t before = monotonic_ns();
    const std::int64_t deadline = monotonic_deadline_ns(now + std::chrono::seconds(10));
    EXPECT_LE(deadline, monotonic_ns() + seconds(10).value);
    EXPECT_GT(deadline, before + seconds(9).value);
    EXPECT_LT(monotonic_deadline_ns(now - std::chrono::seconds(1)), monotonic_ns());
}

TEST(Deadline, IsNoneBeyondAYear) {
    using Instant = std::chrono::system_clock::time_point;
    EXPECT_EQ(monotonic_deadline_ns(Instant::max()), 0);
    EXPECT_EQ(monotonic_deadline_ns(Instant::max() - std::chrono::hours(1)), 0);
}

}  // namespace
}  // namespace carecard::sequencer
