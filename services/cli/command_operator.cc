#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct AdvanceOptions {
    std::string to;
    std::string reason;
};

Result<Done> show_status(const Session& session) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    const auto status = call(**stub, &v1::AdminService::Stub::ReadStatus, v1::ReadStatusRequest{});
    if (!status) return status.fault();
    if (session.form == OutputForm::json) {
        print_json(*status);
        return Done{};
    }
    Table table({{"what"}, {"value", Align::right}});
    table.add({"version", status->version()});
    table.add({"epoch", std::to_string(status->epoch())});
    table.add({"serving", status->serving() ? "yes" : "no"});
    if (status->inspection()) {
        table.add({"inspection copy, as of", time_of(status->last_stamp())});
    }
    table.add({"clock", word_of(status->clock())});
    table.add({"now", time_of(status->now())});
    table.add({"clock believed", status->clock_believed() ? "yes" : "no"});
    table.add_rule();
    table.add({"received", std::to_string(status->received())});
    table.add({"decided", std::to_string(status->decided())});
    table.add({"durable", std::to_string(status->durable())});
    table.add({"replied", std::to_string(status->replied())});
    for (const v1::ProjectionWatermark& mark : status->projected()) {
        table.add({"projected: " + mark.name(), std::to_string(mark.sequence())});
    }
    table.add_rule();
    for (const v1::NamedCount& count : status->counters()) {
        table.add({count.name(), std::to_string(count.value())});
    }
    for (const v1::NamedCount& size : status->sizes()) {
        table.add({size.name(), std::to_string(size.value())});
    }
    print(table.render());
    return Done{};
}

Result<Done> advance(const Session& session, const AdvanceOptions& options) {
    const auto to = rpc::parse_timestamp(options.to, "TIME");
    if (!to) return to.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    v1::AdvanceClockRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    rpc::set_timestamp(*to, *request.mutable_to());
    const auto answer = call(**stub, &v1::AdminService::Stub::AdvanceClock, request, minutes(10));
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
    } else {
        print(fmt::format("the clock shows {}\n", time_of(answer->now())));
    }
    return Done{};
}

Result<Done> accept_clock(const Session& session, const std::string& reason) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::operator_);
    if (!stub) return stub.fault();
    v1::AcceptClockRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(reason);
    const auto answer = call(**stub, &v1::AdminService::Stub::AcceptClock, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
    } else {
        print(fmt::format("the clock is believed; it shows {}\n", time_of(answer->now())));
    }
    return Done{};
}

}  // namespace

void add_operator_commands(CLI::App& app, Session& session) {
    add_command(app, session, "status", "shows the service's clock, watermarks and counters",
                "Example:\n  carecard status --json\nNo payment, balance or person is shown. "
                "Role: operator.",
                [&session] { return show_status(session); });

    CLI::App& group = *app.add_subcommand("clock", "the service's clock");
    group.require_subcommand(1);
    group.fallthrough();
    const auto options = std::make_shared<AdvanceOptions>();
    CLI::App& command = add_command(
        group, session, "advance", "moves a simulated clock forward",
        "Example:\n"
        "  carecard clock advance 2026-07-31T22:30:00Z --reason 'end of the month'\n"
        "All that falls due on the way happens in order. Refused when the service goes by the\n"
        "system's clock. Role: operator.",
        [&session, options] { return advance(session, *options); });
    command.add_option("TIME", options->to, "UTC, e.g. 2026-07-31T22:30:00Z")->required();
    add_change_options(command, session, options->reason);

    const auto reason = std::make_shared<std::string>();
    CLI::App& accept = add_command(
        group, session, "accept", "confirms that the system's clock is right although it jumped",
        "Example:\n"
        "  carecard clock accept --reason 'compared with two other machines'\n"
        "Nothing is decided while the clock is not believed: see `carecard status`. Compare it\n"
        "with another machine's first, and never accept one that is in the future: every event\n"
        "carries its time, and time does not go back. Role: operator.",
        [&session, reason] { return accept_clock(session, *reason); });
    add_change_options(accept, session, *reason);
}

}  // namespace carecard::cli
