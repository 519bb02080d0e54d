#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "common/limits.h"
#include "services/cli/card_number.h"
#include "services/cli/run_script.h"
#include "services/cli/session.h"
#include "services/cli/simulate/sample.h"
#include "services/cli/simulate/sample_reader.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct SampleArguments {
    std::string directory;
    std::uint64_t seed = 1;
    std::string month = "2026-07";
    std::uint32_t holders = 24;
};

struct PlayArguments {
    std::string directory;
    std::string programme = "sample";
    std::string council = "riverdale";
    std::size_t in_flight_max = 64;
};

Result<Done> write(const std::string& directory, const simulate::SampleFiles& files) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    for (const auto& [name, bytes] : files) {
        std::ofstream file(directory + "/" + name, std::ios::binary | std::ios::trunc);
        file << bytes;
        file.close();
        if (file) continue;
        return Fault{.kind = FaultKind::unavailable,
                     .field = "--directory",
                     .detail = fmt::format("{}/{} cannot be written", directory, name),
                     .remedy = "give a directory that you may write, on a disk with room"};
    }
    return Done{};
}

Result<Done> sample(const Session& session, const SampleArguments& arguments) {
    const auto month = rpc::parse_day(arguments.month + "-01", "--month");
    if (!month) return month.fault();
    const simulate::SampleFiles files = simulate::make_sample(
        {.seed = arguments.seed, .month = *month, .holders = arguments.holders});
    const Result<Done> written = write(arguments.directory, files);
    if (!written) return written.fault();
    if (session.form == OutputForm::json) {
        nlohmann::ordered_json object{{"seed", arguments.seed}, {"month", arguments.month}};
        for (const auto& [name, bytes] : files) object["files"].push_back(name);
        print(object.dump() + "\n");
        return Done{};
    }
    print(fmt::format("seed={} month={} holders={}\n", arguments.seed, arguments.month,
                      arguments.holders));
    for (const auto& [name, bytes] : files) print(arguments.directory + "/" + name + "\n");
    return Done{};
}

Result<Done> play(const Session& session, const PlayArguments& arguments) {
    const Result<Secret> key = read_token_key(session.settings.certificates);
    if (!key) return key.fault();
    const auto script = simulate::read_sample(arguments.directory, *key);
    if (!script) return script.fault();
    Connection connection(session.settings);
    return run_script(connection, *script,
                      {.programme = arguments.programme,
                       .programme_name = "Sample programme",
                       .council = arguments.council,
                       .in_flight_max = arguments.in_flight_max,
                       .title = "play"},
                      session.form);
}

void add_sample(CLI::App& app, Session& session) {
    const auto arguments = std::make_shared<SampleArguments>();
    CLI::App& command = add_command(
        app, session, "sample", "invents a month of card payments, for trying things out",
        "Example:\n"
        "  carecard sample --directory month --seed 7 --month 2026-07\n"
        "Writes onboard.csv, agreements.csv, loads.csv, cards.csv and payments.csv: people with\n"
        "care by an agency, a personal assistant, taxis and a day centre, groceries, equipment, a\n"
        "refund, agreed cash, and payments that must be declined. The same seed gives the same\n"
        "files. Play them with carecard play.",
        [&session, arguments] { return sample(session, *arguments); });
    command.add_option("--directory", arguments->directory, "where to")->required();
    command.add_option("--seed", arguments->seed, "chooses the month's events")
        ->capture_default_str();
    command.add_option("--month", arguments->month, "YYYY-MM")->capture_default_str();
    command.add_option("--holders", arguments->holders, "how many people")
        ->check(CLI::Range(1U, simulate::sample_holders_max))
        ->capture_default_str();
}

void add_play(CLI::App& app, Session& session) {
    const auto arguments = std::make_shared<PlayArguments>();
    CLI::App& command = add_command(
        app, session, "play", "plays a sample month through running services",
        "Example:\n"
        "  carecard play month --programme riverdale-care --council riverdale\n"
        "Creates the programme when there is none, onboards, loads, pays, presents and refunds on\n"
        "each day of the month, closes the batches, downloads and verifies them as an auditor,\n"
        "and shows that all agrees to the penny. The services' clock must be simulated and not\n"
        "past the month's first day. Exit status 5 when totals or decisions are not as expected.",
        [&session, arguments] { return play(session, *arguments); });
    command.add_option("DIR", arguments->directory, "made by carecard sample")->required();
    command.add_option("--programme", arguments->programme, "programme code")
        ->envname("CARECARD_PROGRAMME")
        ->capture_default_str();
    command.add_option("--council", arguments->council, "council code of the certificates")
        ->envname("CARECARD_COUNCIL")
        ->capture_default_str();
    command.add_option("--concurrency", arguments->in_flight_max, "requests unanswered at a time")
        ->check(CLI::Range(std::size_t{1}, calls_in_flight_max))
        ->capture_default_str();
}

}  // namespace

void add_sample_commands(CLI::App& app, Session& session) {
    add_sample(app, session);
    add_play(app, session);
}

}  // namespace carecard::cli
