#include "bench/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "bench/sample.h"

namespace carecard::bench {
namespace {

constexpr std::size_t appended_bytes = 4'096;
constexpr int syncs_max = 300;
constexpr std::int64_t measured_ns_max = 1'000'000'000;

Fault not_writable(const std::string& directory) {
    return {.kind = FaultKind::unavailable,
            .field = "directory",
            .detail = "cannot write a file in " + directory,
            .remedy = "give a directory on a disk with free space"};
}

/// Appends and syncs; fewer latencies than asked for when the disk is slow, none when it fails.
std::vector<std::uint32_t> time_syncs(int file) {
    const std::array<char, appended_bytes> bytes{};
    const std::int64_t began_ns = monotonic_ns();
    std::vector<std::uint32_t> latencies_ns;
    for (int done = 0; done < syncs_max; ++done) {
        if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) break;
        const std::int64_t sent_ns = monotonic_ns();
        if (fdatasync(file) != 0) break;
        const std::int64_t now_ns = monotonic_ns();
        latencies_ns.push_back(static_cast<std::uint32_t>(now_ns - sent_ns));
        if (now_ns - began_ns > measured_ns_max) break;
    }
    return latencies_ns;
}

}  // namespace

Result<double> measure_fsync_p50_us(const std::string& directory) {
    std::string path = directory + "/fsync-XXXXXX";
    const int file = mkstemp(path.data());
    if (file < 0) return not_writable(directory);
    std::vector<std::uint32_t> latencies_ns = time_syncs(file);
    close(file);
    unlink(path.c_str());
    if (latencies_ns.empty()) return not_writable(directory);
    return percentile_us(latencies_ns, 50);
}

}  // namespace carecard::bench
