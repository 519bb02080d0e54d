#include "bench/sample.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace carecard::bench {

std::int64_t monotonic_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void Sample::add(const Sample& other) {
    latencies_ns.insert(latencies_ns.end(), other.latencies_ns.begin(), other.latencies_ns.end());
    elapsed_ns += other.elapsed_ns;
}

double Sample::rate() const {
    if (elapsed_ns == 0) return 0;
    return static_cast<double>(latencies_ns.size()) * 1e9 / static_cast<double>(elapsed_ns);
}

double percentile_us(std::vector<std::uint32_t>& latencies_ns, double percent) {
    if (latencies_ns.empty()) return 0;
    const double place = percent / 100 * static_cast<double>(latencies_ns.size());
    const auto index = std::min(static_cast<std::size_t>(place), latencies_ns.size() - 1);
    const auto at = latencies_ns.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(latencies_ns.begin(), at, latencies_ns.end());
    return static_cast<double>(*at) / 1e3;
}

Recorder::Recorder(const Span& span)
    : begin_ns_(monotonic_ns() + span.warm_up_ns), end_ns_(begin_ns_ + span.measured_ns) {
    sample_.elapsed_ns = span.measured_ns;
}

void Recorder::add(const Answered& answered) {
    if (answered.now_ns < begin_ns_ || answered.now_ns >= end_ns_) return;
    constexpr std::int64_t latency_ns_max = std::numeric_limits<std::uint32_t>::max();
    const std::int64_t latency_ns = std::min(answered.now_ns - answered.sent_ns, latency_ns_max);
    sample_.latencies_ns.push_back(static_cast<std::uint32_t>(latency_ns));
}

}  // namespace carecard::bench
