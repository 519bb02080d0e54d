#pragma once

#include <cstdint>
#include <utility>
#include <vector>

/// Measures the service beside an echo server. See `bench/run --help`.
namespace carecard::bench {

/// Nanoseconds from an arbitrary start; never goes back.
[[nodiscard]] std::int64_t monotonic_ns();

/// What was measured at one point of one server.
struct Sample {
    std::vector<std::uint32_t> latencies_ns;  ///< Of each answer, in no order.
    std::int64_t elapsed_ns = 0;

    void add(const Sample& other);
    /// Answers in a second; 0 when nothing was measured.
    [[nodiscard]] double rate() const;
};

/// The latency below which `percent` of the answers came, in microseconds; 0 when there is none.
/// Reorders `latencies_ns`.
/// @param percent  0 to 100; 50 is the median.
[[nodiscard]] double percentile_us(std::vector<std::uint32_t>& latencies_ns, double percent);

/// Counts the answers between the end of the warm-up and the end of the measurement.
class Recorder {
   public:
    struct Span {
        std::int64_t warm_up_ns = 0;
        std::int64_t measured_ns = 0;
    };
    explicit Recorder(const Span& span);

    /// Whether no further request is to be sent.
    [[nodiscard]] bool over(std::int64_t now_ns) const { return now_ns >= end_ns_; }

    struct Answered {
        std::int64_t sent_ns = 0;
        std::int64_t now_ns = 0;
    };
    void add(const Answered& answered);

    /// Once, at the end.
    [[nodiscard]] Sample take() { return std::move(sample_); }

   private:
    std::int64_t begin_ns_;
    std::int64_t end_ns_;
    Sample sample_;
};

}  // namespace carecard::bench
