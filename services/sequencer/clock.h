#pragma once

#include <chrono>
#include <cstdint>

#include "common/time.h"

namespace carecard::sequencer {

/// One reading of the two clocks, taken together.
struct ClockReading {
    TimestampNs wall;             ///< Nanoseconds since 1970-01-01T00:00:00Z, UTC.
    std::int64_t monotonic_ns{};  ///< From an arbitrary start; never goes back.
};

enum class ClockKind : unsigned char { system, simulated };

/// Where time comes from. Read by the sequencer's thread only.
class Clock {
   public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual ClockReading read() const = 0;
    [[nodiscard]] virtual ClockKind kind() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
   public:
    [[nodiscard]] ClockReading read() const override;
    [[nodiscard]] ClockKind kind() const override { return ClockKind::system; }
};

/// Stands still at the journal's last stamp until an operator's `AdvanceClock` moves it. Only its
/// monotonic half runs, for deadlines.
class SimulatedClock final : public Clock {
   public:
    [[nodiscard]] ClockReading read() const override;
    [[nodiscard]] ClockKind kind() const override { return ClockKind::simulated; }
    void set(TimestampNs now) { now_ = now; }

   private:
    TimestampNs now_;
};

/// Nanoseconds of the machine's monotonic clock: the base of every deadline.
[[nodiscard]] std::int64_t monotonic_ns();

/// The same base for a deadline of the system clock's.
/// @return 0, no deadline, for one that is more than a year away.
[[nodiscard]] std::int64_t monotonic_deadline_ns(std::chrono::system_clock::time_point deadline);

/// Believes the system clock only while it agrees with the monotonic one.
///
/// A step of more than `clock_step_max` between two readings, a start later than the journal's
/// last stamp by more than `clock_gap_max`, or before it by more than `clock_step_max`, is not
/// believed; nothing is decided until the clock returns or an operator accepts what it shows.
class ClockGuard {
   public:
    /// @param last   the journal's last stamp; zero for an empty journal, which believes any clock.
    /// @param first  the first reading.
    ClockGuard(TimestampNs last, const ClockReading& first);

    enum class Verdict : unsigned char { believed, jumped };

    /// Judges a reading. A believed one becomes the base of the next comparison.
    [[nodiscard]] Verdict judge(const ClockReading& reading);

    /// Takes what the clock shows as right.
    void accept(const ClockReading& reading) { base_ = reading; }

   private:
    ClockReading base_;
};

}  // namespace carecard::sequencer
