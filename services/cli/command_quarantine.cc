#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "services/cli/words.h"

namespace carecard::cli {
namespace {

Result<Done> list(const Session& session) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    const auto answer =
        call(**stub, &v1::AdminService::Stub::ListQuarantine, v1::ListQuarantineRequest{});
    if (!answer) return answer.fault();
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    Table table({{"id"}, {"command"}, {"died while"}, {"signal", Align::right}, {"since"}});
    for (const v1::QuarantinedCommand& command : answer->commands()) {
        table.add({command.id(), command.command(), word_of(command.stage()),
                   std::to_string(command.signal()), time_of(command.since())});
    }
    print(table.empty() ? "nothing is quarantined\n" : table.render());
    return Done{};
}

Result<Done> release(const Session& session, const std::string& id) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    v1::ReleaseQuarantinedRequest request;
    request.set_id(id);
    const auto answer = call(**stub, &v1::AdminService::Stub::ReleaseQuarantined, request);
    if (!answer) return answer.fault();
    if (session.form == OutputForm::json) {
        print_json(*answer);
    } else {
        print(fmt::format("released {} ({}); its repeat is decided like any other\n",
                          answer->released().id(), answer->released().command()));
    }
    return Done{};
}

}  // namespace

void add_quarantine_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand(
        "quarantine", "commands that are set aside because deciding them ended the service");
    group.require_subcommand(1);
    group.fallthrough();
    add_command(group, session, "list", "lists what is set aside, the oldest first",
                "Example:\n  carecard quarantine list\n"
                "A caller whose request is set aside is told its id. Neither caller nor content\n"
                "is known here: only a keyed fingerprint is kept. Role: operator.",
                [&session] { return list(session); });
    const auto id = std::make_shared<std::string>();
    CLI::App& command = add_command(
        group, session, "release", "has a command's repeat decided again",
        "Example:\n  carecard quarantine release 0f3a5c7e9b1d2846\n"
        "Release it only when a release of the service that mends the defect is running:\n"
        "otherwise the service ends again, and the command is set aside again.\n"
        "Role: operator.",
        [&session, id] { return release(session, *id); });
    command.add_option("ID", *id, "as `quarantine list` and the caller's error name it")
        ->required();
}

}  // namespace carecard::cli
