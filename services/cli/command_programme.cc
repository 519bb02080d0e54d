#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

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
    std::string terms;
    ToleranceText tolerance;
    std::string reason;
};

Fault bad_terms(std::string detail) {
    return {.kind = FaultKind::malformed,
            .field = "--terms",
            .detail = std::move(detail),
            .remedy =
                "give a JSON file of hold_rules, partial and estimate_beyond_balance, as in "
                "CreateProgrammeRequest"};
}

/// Puts into `request` what the file of terms says. An empty name says nothing.
Result<Done> read_terms(const std::string& path, v1::CreateProgrammeRequest& request) {
    if (path.empty()) return Done{};
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return bad_terms("the file cannot be read");
    v1::CreateProgrammeRequest terms;
    const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &terms);
    if (!parsed.ok()) return bad_terms(std::string(parsed.message()));
    v1::CreateProgrammeRequest rest = terms;
    rest.clear_hold_rules();
    rest.clear_partial();
    rest.clear_estimate_beyond_balance();
    if (rest.ByteSizeLong() != 0) return bad_terms("it says more than the terms of holds");
    request.MergeFrom(terms);
    return Done{};
}

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
    const Result<Done> terms = read_terms(options.terms, request);
    if (!terms) return terms.fault();
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
        "How long what is approved is held, how much of an estimate, and whether a part may be\n"
        "approved, stand in a file for --terms, in the form of CreateProgrammeRequest:\n"
        "  {\"hold_rules\": [{\"mcc\": [\"7011\"], \"estimated\": true, \"lifetime_hours\": 720,\n"
        "                   \"uplift_basis_points\": 1500}], \"partial\": {\"allowed\": false}}\n"
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
    command.add_option("--terms", options->terms,
                       "JSON file: hold_rules, partial, estimate_beyond_balance");
    command.add_option("--tolerance", options->tolerance.rules,
                       "how far clearings may exceed what was approved, e.g. 5812-5814=20 or "
                       "7512-7513=15,60.00; not given: as the scheme publishes");
    command.add_option("--foreign-tolerance", options->tolerance.foreign_percent,
                       "per cent for the rate of another currency to move; not given: 5");
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
