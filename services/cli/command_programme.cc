#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/tolerance_options.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string council;
    std::string name;
    std::string currency = "GBP";
    std::string cut_off = "23:00";
    std::uint32_t hold_days = 7;
    ToleranceText tolerance;
    std::string reason;
};

Result<Done> create(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    v1::CreateProgrammeRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.set_programme(session.programme);
    request.set_council(options.council);
    request.set_name(options.name);
    request.set_currency(options.currency);
    request.set_cut_off(options.cut_off);
    request.set_hold_lifetime_days(options.hold_days);
    request.mutable_defaults();
    const auto currency = rpc::parse_currency(options.currency, "currency");
    if (!currency) return currency.fault();
    const auto tolerance = to_tolerance(options.tolerance, *currency);
    if (!tolerance) return tolerance.fault();
    *request.mutable_tolerance() = *tolerance;
    const auto answer = call(**stub, &v1::AdminService::Stub::CreateProgramme, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
    } else {
        print(fmt::format("programme {} is open (event {})\n", session.programme,
                          answer->receipt().event_id()));
    }
    return Done{};
}

}  // namespace

void add_programme_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand("programme", "a council's scheme");
    group.require_subcommand(1);
    group.fallthrough();
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        group, session, "create", "opens a council's programme",
        "Example:\n"
        "  carecard programme create --programme riverdale-care --council riverdale \\\n"
        "      --name 'Riverdale care cards' --reason 'new scheme'\n"
        "Role: operator.",
        [&session, options] { return create(session, *options); });
    add_programme_option(command, session);
    command.add_option("--council", options->council, "council code of its certificates")
        ->envname("CARECARD_COUNCIL")
        ->required();
    command.add_option("--name", options->name, "its name for people")->required();
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command.add_option("--cut-off", options->cut_off, "when a settlement day ends, local hh:mm")
        ->capture_default_str();
    command
        .add_option("--hold-days", options->hold_days,
                    "days for which an approved amount is held, 1 to 31")
        ->capture_default_str();
    command.add_option("--tolerance", options->tolerance.rules,
                       "how far clearings may exceed what was approved, e.g. 5812-5814=20 or "
                       "7512-7513=15,60.00; not given: as the scheme publishes");
    command.add_option("--foreign-tolerance", options->tolerance.foreign_percent,
                       "per cent for the rate of another currency to move; not given: 5");
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
