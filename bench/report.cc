#include "bench/report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace carecard::bench {
namespace {

double rounded(double value) { return std::round(value * 1e3) / 1e3; }

/// "12,345": without decimal places.
std::string grouped(double value) {
    std::string digits = fmt::format("{:.0f}", value);
    for (std::ptrdiff_t place = std::ssize(digits) - 3; place > 0; place -= 3) {
        digits.insert(static_cast<std::size_t>(place), 1, ',');
    }
    return digits;
}

}  // namespace

Row make_row(const Point& point, Sample service, Sample echo) {
    return {.point = point,
            .rate = service.rate(),
            .echo_rate = echo.rate(),
            .p50_us = percentile_us(service.latencies_ns, 50),
            .p99_us = percentile_us(service.latencies_ns, 99),
            .echo_p50_us = percentile_us(echo.latencies_ns, 50),
            .echo_p99_us = percentile_us(echo.latencies_ns, 99)};
}

std::string table_head(const Setting& setting) {
    return fmt::format(
        "{} accounts, fdatasync {:.0f} us at p50. Rates in answers a second, times in us.\n\n"
        "{:<6} {:>9} {:>5} | {:>9} {:>9} {:>9} | {:>9} {:>9} {:>9} | {:>6}\n"
        "{:-<23}+{:-<31}+{:-<31}+{:-<7}\n",
        grouped(static_cast<double>(setting.accounts)), setting.fsync_p50_us, "mode", "in flight",
        "batch", "service/s", "p50", "p99", "echo/s", "p50", "p99", "ratio", "", "", "", "");
}

std::string table_row(const Row& row) {
    return fmt::format("{:<6} {:>9} {:>5} | {:>9} {:>9} {:>9} | {:>9} {:>9} {:>9} | {:>6.2f}\n",
                       name_of(row.point.mode), grouped(static_cast<double>(row.point.in_flight)),
                       row.point.batch, grouped(row.rate), grouped(row.p50_us), grouped(row.p99_us),
                       grouped(row.echo_rate), grouped(row.echo_p50_us), grouped(row.echo_p99_us),
                       row.ratio());
}

std::string to_json(std::span<const Row> rows, const Setting& setting) {
    auto array = nlohmann::ordered_json::array();
    for (const Row& row : rows) {
        array.push_back({{"mode", name_of(row.point.mode)},
                         {"in_flight", row.point.in_flight},
                         {"batch", row.point.batch},
                         {"rate", rounded(row.rate)},
                         {"echo_rate", rounded(row.echo_rate)},
                         {"ratio", rounded(row.ratio())},
                         {"p50_us", rounded(row.p50_us)},
                         {"p99_us", rounded(row.p99_us)},
                         {"echo_p50_us", rounded(row.echo_p50_us)},
                         {"echo_p99_us", rounded(row.echo_p99_us)},
                         {"accounts", setting.accounts},
                         {"fsync_p50_us", rounded(setting.fsync_p50_us)}});
    }
    return array.dump(1) + "\n";
}

}  // namespace carecard::bench
