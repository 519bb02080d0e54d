#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "services/backup/rocksdb_stores.h"
#include "services/cli/exit_codes.h"
#include "services/cli/session.h"
#include "services/rpc/private_process.h"

namespace {

using carecard::Done;
using carecard::Fault;
using carecard::Result;
using carecard::cli::ExitCode;
using carecard::cli::OutputForm;
using carecard::cli::Session;

int status(ExitCode code) { return static_cast<int>(code); }

void add_commands(CLI::App& app, Session& session, carecard::backup::Stores& stores) {
    add_programme_commands(app, session);
    add_onboard_command(app, session);
    add_load_command(app, session);
    add_purse_commands(app, session);
    add_exposure_commands(app, session);
    add_dispute_commands(app, session);
    add_earmark_commands(app, session);
    add_provider_command(app, session);
    add_agree_command(app, session);
    add_card_commands(app, session);
    add_show_command(app, session);
    add_explain_command(app, session);
    add_batch_commands(app, session);
    add_operator_commands(app, session);
    add_quarantine_commands(app, session);
    add_simulate_command(app, session);
    add_sample_commands(app, session);
    add_backup_command(app, session, stores);
    add_restore_command(app, session, stores);
}

int fail(const Fault& fault) {
    const std::string prefix = fault.field.empty() ? "" : fault.field + ": ";
    fmt::print(stderr, "carecard: {}{}\n  {}\n", prefix, fault.detail, fault.remedy);
    return status(carecard::cli::exit_code_of(fault));
}

int run(int argc, char** argv) {
    Session session;
    carecard::backup::RocksDbStores stores;
    CLI::App app("carecard: prepaid care cards from the command line", "carecard");
    app.require_subcommand(1);
    app.fallthrough();
    app.footer("\ncarecard COMMAND --help teaches each command.\n" +
               std::string(carecard::cli::exit_code_help));
    add_connection_options(app, session.settings);
    app.add_flag_callback(
        "--json", [&session] { session.form = OutputForm::json; }, "one JSON document on stdout");
    add_commands(app, session, stores);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? status(ExitCode::done) : status(ExitCode::usage);
    }
    const Result<Done> done = session.action();
    return done ? status(ExitCode::done) : fail(done.fault());
}

}  // namespace

int main(int argc, char** argv) {
    carecard::rpc::keep_memory_private();
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "carecard: {}\n", error.what());
        return status(ExitCode::unknown);
    }
}
