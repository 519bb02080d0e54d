#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct ProposeOptions {
    std::string account;
    std::string authorisation;
    std::string kind;
    std::string amount;
    std::string currency = "GBP";
    std::string notice_until;
    std::string role = "support";
    std::string reason;
};

struct DecideOptions {
    std::string account;
    std::uint64_t proposal = 0;
    std::string role = "finance";
    std::string reason;
};

rpc::Role role_of(const std::string& name) {
    return name == "finance" ? rpc::Role::finance : rpc::Role::support;
}

template <class Request>
Request change_of(const Session& session, const std::string& account, const std::string& reason) {
    Request request;
    request.set_request_key(request_key_of(session));
    request.set_reason(reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(account);
    return request;
}

/// Calls in the role that was asked for, and prints the response, or what `words` makes of it.
template <class Request, class Response, class Words>
Result<Done> send(const Session& session, const std::string& role,
                  grpc::Status (v1::AdminService::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                  const Request& request, Words words) {
    Connection connection(session.settings);
    const auto stub = connection.admin(role_of(role));
    if (!stub) return stub.fault();
    const auto answer = call(**stub, method, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
    } else {
        print(words(*answer));
    }
    return Done{};
}

Result<Done> propose(const Session& session, const ProposeOptions& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto amount = rpc::parse_amount(options.amount, *currency, "AMOUNT");
    if (!amount) return amount.fault();
    auto request =
        change_of<v1::ProposeResolutionRequest>(session, options.account, options.reason);
    request.set_authorisation_id(options.authorisation);
    request.set_kind(options.kind == "recovery" ? v1::RESOLUTION_KIND_RECOVERY
                                                : v1::RESOLUTION_KIND_WRITE_OFF);
    rpc::set_money({*amount, *currency}, *request.mutable_amount());
    request.set_notice_until(options.notice_until);
    return send(session, options.role, &v1::AdminService::Stub::ProposeResolution, request,
                [&](const v1::ProposeResolutionResponse& answer) {
                    return fmt::format(
                        "proposal {} about {} of the {} that the programme bears; another person "
                        "decides:\n  carecard exposure approve {} {}\n",
                        answer.proposal(), money_of(request.amount()), money_of(answer.exposure()),
                        options.account, answer.proposal());
                });
}

Result<Done> decide(const Session& session, const DecideOptions& options, bool approve) {
    auto request = change_of<v1::DecideResolutionRequest>(session, options.account, options.reason);
    request.set_proposal(options.proposal);
    request.set_approve(approve);
    return send(session, options.role, &v1::AdminService::Stub::DecideResolution, request,
                [&](const v1::DecideResolutionResponse& answer) {
                    if (!approve) return fmt::format("proposal {} is rejected\n", options.proposal);
                    return fmt::format("approved {}; the programme still bears {} of the payment\n",
                                       money_of(answer.amount()), money_of(answer.exposure()));
                });
}

Result<Done> recover(const Session& session, const DecideOptions& options) {
    auto request = change_of<v1::RecoverExposureRequest>(session, options.account, options.reason);
    request.set_proposal(options.proposal);
    return send(session, options.role, &v1::AdminService::Stub::RecoverExposure, request,
                [](const v1::RecoverExposureResponse& answer) {
                    return fmt::format(
                        "recovered {}; the programme still bears {} of the payment, and the holder "
                        "has {}\n",
                        money_of(answer.amount()), money_of(answer.exposure()),
                        money_of(answer.available()));
                });
}

void add_role_option(CLI::App& command, std::string& role) {
    command.add_option("--as", role, "the role whose certificate is used: support or finance")
        ->check(CLI::IsMember({"support", "finance"}))
        ->capture_default_str();
}

void add_propose(CLI::App& group, Session& session) {
    const auto options = std::make_shared<ProposeOptions>();
    CLI::App& command = add_command(
        group, session, "propose", "proposes to write an exposure off, or to recover it",
        "Example:\n"
        "  carecard exposure propose DP-1001 1-4711 write-off 30.00 --reason 'hotel has closed'\n"
        "  carecard exposure propose DP-1001 1-4711 recovery 30.00 --notice-until 2026-07-01 \\\n"
        "      --reason 'letter of 1 June'\n"
        "carecard show has the payment's id. Nothing moves until another person approves. A\n"
        "recovery gives at least 28 days of notice. Role: support or finance.",
        [&session, options] { return propose(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("ID", options->authorisation, "the payment's id")->required();
    command.add_option("WHAT", options->kind, "write-off or recovery")
        ->check(CLI::IsMember({"write-off", "recovery"}))
        ->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 30.00")->required();
    add_programme_option(command, session);
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command.add_option("--notice-until", options->notice_until,
                       "of a recovery: the first day on which money may be taken: YYYY-MM-DD");
    add_role_option(command, options->role);
    add_change_options(command, session, options->reason);
}

template <class Run>
void add_about_proposal(CLI::App& group, Session& session, const char* name, const char* does,
                        const char* says, Run run) {
    const auto options = std::make_shared<DecideOptions>();
    CLI::App& command = add_command(
        group, session, name, does,
        fmt::format("Example:\n"
                    "  carecard exposure {} DP-1001 4750 --reason 'agreed with the team lead'\n"
                    "carecard show lists the open proposals. {}Role: support or finance.",
                    name, says),
        [&session, options, run] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("PROPOSAL", options->proposal, "the proposal's number")->required();
    add_programme_option(command, session);
    add_role_option(command, options->role);
    add_change_options(command, session, options->reason);
}

}  // namespace

void add_exposure_commands(CLI::App& app, Session& session) {
    CLI::App& group =
        *app.add_subcommand("exposure", "what the programme bears beyond a holder's money");
    group.require_subcommand(1);
    group.fallthrough();
    add_propose(group, session);
    add_about_proposal(
        group, session, "approve", "approves what another person has proposed",
        "A write-off\nis done by it; a recovery waits for the end of its notice.\n",
        [](const Session& to, const DecideOptions& options) { return decide(to, options, true); });
    add_about_proposal(
        group, session, "reject", "rejects what another person has proposed", "Nothing moves.\n",
        [](const Session& to, const DecideOptions& options) { return decide(to, options, false); });
    add_about_proposal(group, session, "recover", "takes an approved recovery after its notice",
                       "If the\nholder has less, that is taken, and the rest stays open.\n",
                       recover);
}

}  // namespace carecard::cli
