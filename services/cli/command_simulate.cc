#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "common/limits.h"
#include "services/cli/card_number.h"
#include "services/cli/run_script.h"
#include "services/cli/session.h"
#include "services/cli/simulate/council_file.h"
#include "services/cli/simulate/services.h"
#include "services/cli/simulate/stop.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string input;
    std::optional<std::int64_t> monthly_load;
    bool onboard = false;
    bool server = false;
    std::string programme = "simulation";
    std::string council = "simulation";
    std::size_t in_flight_max = 64;
};

Result<Done> run(const Session& session, const Options& options) {
    std::unique_ptr<simulate::OwnServices> services;
    ConnectionSettings settings = session.settings;
    std::optional<AmountMinor> monthly_load;
    if (options.monthly_load) monthly_load = AmountMinor{*options.monthly_load};
    const simulate::CouncilFileOptions file{.programme = options.programme,
                                            .monthly_load = monthly_load};
    // A file that cannot be played is refused before anything is started; its cards' tokens need
    // the key that the services' certificates come with.
    if (!options.server) {
        const auto readable = simulate::read_council_file(options.input, file, Secret(32));
        if (!readable) return readable.fault();
        // Their directory holds private keys: an interrupt must not leave it behind.
        simulate::stop_on_signals();
        auto started = simulate::OwnServices::start(options.council);
        if (!started) return started.fault();
        services = *std::move(started);
        settings = services->settings();
    }
    const Result<Secret> key = read_token_key(settings.certificates);
    if (!key) return key.fault();
    const auto script = simulate::read_council_file(options.input, file, *key);
    if (!script) return script.fault();
    Connection connection(std::move(settings));
    const bool onboard = options.onboard || !options.server;
    return run_script(
        connection, *script,
        {.programme = options.programme,
         .programme_name = "Simulation",
         .council = options.council,
         .onboarding = onboard ? simulate::Onboarding::needed : simulate::Onboarding::done,
         .in_flight_max = options.in_flight_max,
         .title = "simulate"},
        session.form);
}

}  // namespace

void add_simulate_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "simulate", "plays a council's published payments as the network would",
        "Examples:\n"
        "  carecard simulate --input payments.csv.gz --onboard\n"
        "  carecard simulate --input payments.csv --onboard --monthly-load 50000 --json\n" +
            std::string(simulate::council_file_help) +
            "\n\n"
            "Starts its own pair of services on a fresh store with a simulated clock, and ends\n"
            "them. A positive row is authorised and, if approved, presented one or two days "
            "later;\n"
            "a negative one is a refund. A batch is closed for each day that cleared anything,\n"
            "downloaded and verified. With --json the last line of stdout is one object, sums in\n"
            "minor units. Exit status 5 when totals do not agree.",
        [&session, options] { return run(session, *options); });
    command.add_option("--input", options->input, "the payments: CSV, plain or gzip")->required();
    command.add_flag("--onboard", options->onboard,
                     "open the programme, accounts and cards first, without merchant limits; a "
                     "fresh store always needs it");
    command
        .add_option("--monthly-load", options->monthly_load,
                    "pence loaded on the first of each month in which a card pays, instead of "
                    "exactly what its rows need")
        ->check(CLI::Range(std::int64_t{0}, load_minor_max.value));
    command.add_option("--concurrency", options->in_flight_max, "requests unanswered at a time")
        ->check(CLI::Range(std::size_t{1}, calls_in_flight_max))
        ->capture_default_str();
    command.add_flag("--server", options->server,
                     "use the running services of the connection settings, whose clock is "
                     "simulated and not past the first row's month");
    command.add_option("--programme", options->programme, "programme code")->capture_default_str();
    command.add_option("--council", options->council, "council code of the certificates")
        ->envname("CARECARD_COUNCIL")
        ->capture_default_str();
}

}  // namespace carecard::cli
