#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/limits.h"
#include "services/cli/card_number.h"
#include "services/cli/onboard.h"
#include "services/cli/session.h"
#include "services/cli/table.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string file;
    std::string reason = "onboarding";
    std::size_t in_flight_max = 64;
};

void report(const OnboardTotals& totals, OutputForm form) {
    const std::pair<const char*, std::uint64_t> lines[] = {
        {"accounts_opened", totals.accounts_opened}, {"cards_issued", totals.cards_issued},
        {"purses_added", totals.purses_added},       {"accounts_found", totals.accounts_found},
        {"cards_found", totals.cards_found},
    };
    if (form == OutputForm::json) {
        nlohmann::ordered_json object;
        for (const auto& [name, count] : lines) object[name] = count;
        print(object.dump() + "\n");
        return;
    }
    Table table({{"what"}, {"count", Align::right}});
    for (const auto& [name, count] : lines) {
        std::string words(name);
        for (char& c : words) c = c == '_' ? ' ' : c;
        table.add({std::move(words), std::to_string(count)});
    }
    print(table.render());
}

Result<Done> run(const Session& session, const Options& options) {
    const Result<Secret> key = read_token_key(session.settings.certificates);
    if (!key) return key.fault();
    const auto budgets = read_onboard_file(options.file, *key);
    if (!budgets) return budgets.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto totals = onboard(**stub, *budgets,
                                {.programme = session.programme,
                                 .reason = options.reason,
                                 .in_flight_max = options.in_flight_max});
    if (!totals) return totals.fault();
    report(*totals, session.form);
    return Done{};
}

}  // namespace

void add_onboard_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "onboard", "opens accounts and issues cards from a file",
        std::string(onboard_columns_help) +
            "  carecard onboard people.csv --programme riverdale-care\n"
            "Role: support. The key token-1.key of the certificates' directory makes the tokens.",
        [&session, options] { return run(session, *options); });
    command.add_option("FILE", options->file, "CSV, plain or gzip")->required();
    add_programme_option(command, session);
    command.add_option("--reason", options->reason, "why; stored with each account and card")
        ->capture_default_str();
    command.add_option("--concurrency", options->in_flight_max, "requests unanswered at a time")
        ->check(CLI::Range(std::size_t{1}, calls_in_flight_max))
        ->capture_default_str();
}

}  // namespace carecard::cli
