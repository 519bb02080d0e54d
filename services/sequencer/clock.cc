#include "services/sequencer/clock.h"

#include <chrono>

#include "common/limits.h"

namespace carecard::sequencer {
namespace {

bool within(DurationNs difference, DurationNs limit) {
    return difference <= limit && difference >= DurationNs{-limit.value};
}

}  // namespace

std::int64_t monotonic_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::int64_t monotonic_deadline_ns(std::chrono::system_clock::time_point deadline) {
    // Not `deadline - now()`: that overflows for a deadline at the end of time.
    const auto now = std::chrono::system_clock::now();
    if (deadline > now + std::chrono::hours(365 * 24)) return 0;
    return monotonic_ns() +
           std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - now).count();
}

ClockReading SystemClock::read() const {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {.wall = {std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()},
            .monotonic_ns = monotonic_ns()};
}

ClockReading SimulatedClock::read() const { return {.wall = now_, .monotonic_ns = monotonic_ns()}; }

ClockGuard::ClockGuard(TimestampNs last, const ClockReading& first) : base_(first) {
    if (last.value == 0) return;
    const DurationNs gap = first.wall - last;
    const bool believable = gap <= clock_gap_max && gap >= DurationNs{-clock_step_max.value};
    // A base at the last stamp makes every later reading a jump until the clock comes back to it.
    if (!believable) base_.wall = last;
}

ClockGuard::Verdict ClockGuard::judge(const ClockReading& reading) {
    const DurationNs by_wall = reading.wall - base_.wall;
    const DurationNs by_monotonic{reading.monotonic_ns - base_.monotonic_ns};
    if (!within({by_wall.value - by_monotonic.value}, clock_step_max)) return Verdict::jumped;
    base_ = reading;
    return Verdict::believed;
}

}  // namespace carecard::sequencer
