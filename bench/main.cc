#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "bench/council.h"
#include "bench/disk.h"
#include "bench/load.h"
#include "bench/report.h"
#include "bench/target.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"

namespace carecard::bench {
namespace {

constexpr const char* program = "carecard-bench";
constexpr int rounds = 2;  // of service and echo in turn at each point

constexpr Point points[] = {
    {.mode = Mode::unary, .in_flight = 1},
    {.mode = Mode::unary, .in_flight = 8},
    {.mode = Mode::unary, .in_flight = 64},
    {.mode = Mode::unary, .in_flight = 256},
    {.mode = Mode::stream, .in_flight = 1},
    {.mode = Mode::stream, .in_flight = 8},
    {.mode = Mode::stream, .in_flight = 64},
    {.mode = Mode::stream, .in_flight = 256},
    {.mode = Mode::stream, .in_flight = 1'024},
    {.mode = Mode::batch, .in_flight = 16 * 32, .batch = 32},
    {.mode = Mode::batch, .in_flight = 16 * 64, .batch = 64},
};

struct Options {
    std::string front;
    std::string back;
    std::string echo;
    std::string certificates;
    std::string council;
    std::string directory;
    std::string json;
    std::string mode;
    std::size_t accounts = 10'000;
    double seconds = 3;
};

void describe(CLI::App& app, Options& options) {
    app.add_option("--front", options.front, "The service's address for the network")->required();
    app.add_option("--back", options.back, "Its address for staff")->required();
    app.add_option("--echo", options.echo, "The echo server's address")->required();
    app.add_option("--certificates", options.certificates, "Directory of the certificates")
        ->required();
    app.add_option("--council", options.council, "The council they are for")->required();
    app.add_option("--directory", options.directory, "Where to time the disk: beside the journal")
        ->required();
    app.add_option("--json", options.json, "File to write the rows to, as JSON");
    app.add_option("--mode", options.mode, "Measure this mode's points only")
        ->check(CLI::IsMember({"unary", "stream", "batch"}));
    app.add_option("--accounts", options.accounts, "How many accounts to open")
        ->check(CLI::Range(100, 1'000'000))
        ->capture_default_str();
    app.add_option("--seconds", options.seconds, "How long to measure each server at each point")
        ->check(CLI::Range(0.1, 60.0))
        ->capture_default_str();
}

/// The two servers, and what to send them.
struct Bench {
    std::shared_ptr<grpc::Channel> service;
    std::shared_ptr<grpc::Channel> echo;
    Deck deck;
};

Recorder::Span span_of(double seconds) {
    constexpr double warm_up_seconds_max = 0.25;
    const double measured = seconds / rounds;
    const double warm_up = std::min(measured / 4, warm_up_seconds_max);
    return {.warm_up_ns = static_cast<std::int64_t>(warm_up * 1e9),
            .measured_ns = static_cast<std::int64_t>(measured * 1e9)};
}

Result<Row> measure(Bench& bench, const Point& point, double seconds) {
    Sample service;
    Sample echo;
    for (int round = 0; round < rounds; ++round) {
        const Result<Sample> served = put_load(bench.service, bench.deck, point, span_of(seconds));
        if (!served) return served.fault();
        service.add(*served);
        const Result<Sample> echoed = put_load(bench.echo, bench.deck, point, span_of(seconds));
        if (!echoed) return echoed.fault();
        echo.add(*echoed);
    }
    return make_row(point, std::move(service), std::move(echo));
}

Result<Done> write_json(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::trunc);
    file << text << std::flush;
    if (file) return Done{};
    return Fault{.kind = FaultKind::unavailable,
                 .field = "json",
                 .detail = "cannot write " + path,
                 .remedy = "give a file in a directory that may be written to"};
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

Result<Done> run_all(const Options& options) {
    const Result<double> fsync_p50_us = measure_fsync_p50_us(options.directory);
    if (!fsync_p50_us) return fsync_p50_us.fault();
    const std::vector<std::string> card_tokens = make_card_tokens(options.accounts);
    const Result<Done> opened = open_council(
        {.address = options.back, .certificates = options.certificates, .council = options.council},
        card_tokens);
    if (!opened) return opened.fault();
    const auto service = connect(options.certificates, "gateway", options.front);
    if (!service) return service.fault();
    const auto echo = connect(options.certificates, "gateway", options.echo);
    if (!echo) return echo.fault();

    Bench bench{.service = *service, .echo = *echo, .deck = Deck(card_tokens, "bench")};
    const Setting setting{.accounts = options.accounts, .fsync_p50_us = *fsync_p50_us};
    print(table_head(setting));
    std::vector<Row> rows;
    for (const Point& point : points) {
        if (!options.mode.empty() && options.mode != name_of(point.mode)) continue;
        const Result<Row> row = measure(bench, point, options.seconds);
        if (!row) return row.fault();
        print(table_row(*row));
        rows.push_back(*row);
    }
    return options.json.empty() ? Done{} : write_json(options.json, to_json(rows, setting));
}

int run(int argc, char** argv) {
    CLI::App app{"Measures a service with an empty journal beside an echo server. See bench/run.",
                 program};
    Options options;
    describe(app, options);
    CLI11_PARSE(app, argc, argv);
    const Result<Done> ran = run_all(options);
    if (ran) return EXIT_SUCCESS;
    rpc::log(program, "{}", rpc::explain(ran.fault()));
    return EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::bench

int main(int argc, char** argv) {
    try {
        return carecard::bench::run(argc, argv);
    } catch (const std::exception& error) {
        carecard::rpc::log("carecard-bench", "ended by an error: {}", error.what());
        return EXIT_FAILURE;
    }
}
