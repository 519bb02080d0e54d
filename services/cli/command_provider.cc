#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string provider_register;
    std::string acceptor;
    std::string from;
    std::string until;
    std::string reason;
};

Result<Done> run(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    v1::SetProviderRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.set_programme(session.programme);
    request.set_provider_register(options.provider_register);
    request.set_acceptor(options.acceptor);
    request.set_from(options.from);
    request.set_until(options.until);
    const auto answer = call(**stub, &v1::AdminService::Stub::SetProvider, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{} stands on {} from {} {}\n", options.acceptor, options.provider_register,
                      options.from,
                      options.until.empty() ? "on, without an end" : "until " + options.until));
    return Done{};
}

}  // namespace

void add_provider_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "provider", "puts a provider on a register, or ends its place there",
        "Example:\n"
        "  carecard provider colleges 000000012345678 --from 2026-09-01 --until 2027-07-31 \\\n"
        "      --reason 'accredited for the year'\n"
        "Purses with a register pay those alone that stand on it on the day. To end a place, give\n"
        "the same first day and the last one. Payments that were made stay. Role: support.",
        [&session, options] { return run(session, *options); });
    command.add_option("REGISTER", options->provider_register, "e.g. colleges")->required();
    command
        .add_option("ACCEPTOR", options->acceptor,
                    "the merchant's number: field 42 of its messages")
        ->required();
    add_programme_option(command, session);
    command.add_option("--from", options->from, "the first day: YYYY-MM-DD")->required();
    command.add_option("--until", options->until, "the last day; without, no end is known");
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
