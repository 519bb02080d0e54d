#pragma once

#include <span>
#include <string>

#include "bench/load.h"
#include "common/result.h"

namespace carecard::bench {

/// What was measured at one point.
struct Row {
    Point point;
    double rate = 0;       ///< Durable authorisations a second.
    double echo_rate = 0;  ///< Answers of the echo server a second.
    double p50_us = 0;
    double p99_us = 0;
    double echo_p50_us = 0;
    double echo_p99_us = 0;

    /// The service's share of the echo server's rate; 0 when that answered nothing.
    [[nodiscard]] double ratio() const { return echo_rate > 0 ? rate / echo_rate : 0; }
};

/// Makes a row of the two servers' samples at `point`.
[[nodiscard]] Row make_row(const Point& point, Sample service, Sample echo);

/// What was alike at all points.
struct Setting {
    std::size_t accounts = 0;
    double fsync_p50_us = 0;
};

/// For people: the lines above the rows, and one row; with line ends.
[[nodiscard]] std::string table_head(const Setting& setting);
[[nodiscard]] std::string table_row(const Row& row);

/// For programs: an array of objects with the keys mode, in_flight, batch, rate, echo_rate, ratio,
/// p50_us, p99_us, echo_p50_us, echo_p99_us, accounts and fsync_p50_us. Numbers have at most three
/// decimal places.
[[nodiscard]] std::string to_json(std::span<const Row> rows, const Setting& setting);

}  // namespace carecard::bench
