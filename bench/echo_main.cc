#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <thread>

#include "bench/echo_server.h"
#include "services/journal/file_system.h"
#include "services/rpc/credentials.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"

namespace carecard::bench {
namespace {

constexpr const char* program = "carecard-bench-echo";

struct Options {
    rpc::TlsFiles tls;
    std::string ports_file;
};

Result<Done> write_port(const std::string& path, int port) {
    journal::PosixFileSystem files;
    const std::string text = fmt::format("{{\"echo\": \"127.0.0.1:{}\"}}\n", port);
    return files.write_atomically({.field = "ports-file", .path = path},
                                  std::as_bytes(std::span(text)),
                                  journal::FileMode::everyone_reads);
}

Result<Done> serve(const Options& options, const sigset_t& signals) {
    const auto credentials = rpc::server_credentials(options.tls);
    if (!credentials) return credentials.fault();
    const auto echo = EchoServer::listen(*credentials);
    if (!echo) return echo.fault();
    const Result<Done> written = write_port(options.ports_file, (*echo)->port());
    if (!written) return written.fault();
    std::thread stopper([&] {
        int signal = 0;
        sigwait(&signals, &signal);
        (*echo)->stop();
    });
    (*echo)->run();
    stopper.join();
    return Done{};
}

int run(int argc, char** argv) {
    CLI::App app{"Approves every payment and keeps nothing: what gRPC alone costs. See bench/run.",
                 program};
    Options options;
    app.add_option("--ca", options.tls.ca, "Certificate authority of all callers")->required();
    app.add_option("--certificate", options.tls.certificate, "Certificate to serve with")
        ->required();
    app.add_option("--key", options.tls.key, "Its private key")->required();
    app.add_option("--ports-file", options.ports_file, "File to write the address to, as JSON")
        ->required();
    CLI11_PARSE(app, argc, argv);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const Result<Done> served = serve(options, signals);
    if (served) return EXIT_SUCCESS;
    rpc::log(program, "{}", rpc::explain(served.fault()));
    return EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::bench

int main(int argc, char** argv) {
    try {
        return carecard::bench::run(argc, argv);
    } catch (const std::exception& error) {
        carecard::rpc::log("carecard-bench-echo", "ended by an error: {}", error.what());
        return EXIT_FAILURE;
    }
}
