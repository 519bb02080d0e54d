#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::string authorisation;
    std::string amount;
    std::string currency = "GBP";
    std::string category;
    bool credit_now = false;
    std::string outcome;
    std::string role = "support";
    std::string reason;
};

const std::map<std::string, v1::DisputeCategory> categories{
    {"not-recognised", v1::DISPUTE_CATEGORY_NOT_RECOGNISED},
    {"duplicate", v1::DISPUTE_CATEGORY_DUPLICATE},
    {"wrong-amount", v1::DISPUTE_CATEGORY_WRONG_AMOUNT},
    {"not-received", v1::DISPUTE_CATEGORY_NOT_RECEIVED},
    {"refund-not-processed", v1::DISPUTE_CATEGORY_REFUND_NOT_PROCESSED},
    {"cash-not-dispensed", v1::DISPUTE_CATEGORY_CASH_NOT_DISPENSED}};
const std::map<std::string, v1::DisputeOutcome> outcomes{
    {"won", v1::DISPUTE_OUTCOME_WON},
    {"lost", v1::DISPUTE_OUTCOME_LOST},
    {"withdrawn", v1::DISPUTE_OUTCOME_WITHDRAWN}};

template <class Request>
Request named(const Session& session, const Options& options) {
    Request request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_authorisation_id(options.authorisation);
    return request;
}

/// Calls in the role that was asked for, and prints the response, or what `words` makes of it.
template <class Request, class Response, class Words>
Result<Done> send(const Session& session, const std::string& role,
                  grpc::Status (v1::AdminService::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                  const Request& request, Words words) {
    Connection connection(session.settings);
    const auto stub = connection.admin(role == "finance" ? rpc::Role::finance : rpc::Role::support);
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

Result<Done> open(const Session& session, const Options& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto amount = rpc::parse_amount(options.amount, *currency, "AMOUNT");
    if (!amount) return amount.fault();
    auto request = named<v1::OpenDisputeRequest>(session, options);
    rpc::set_money({*amount, *currency}, *request.mutable_amount());
    request.set_category(categories.at(options.category));
    request.set_provisional(options.credit_now);
    return send(session, options.role, &v1::AdminService::Stub::OpenDispute, request,
                [&](const v1::OpenDisputeResponse& answer) {
                    return fmt::format(
                        "the dispute of {} is open; the holder is credited {} now and has {}\n",
                        money_of(request.amount()), money_of(answer.credited()),
                        money_of(answer.available()));
                });
}

std::string told(const v1::CloseDisputeResponse& answer) {
    if (answer.due().minor_units() != 0) {
        return fmt::format("won; {} is to come, and the dispute is over when it has come\n",
                           money_of(answer.due()));
    }
    std::string words = fmt::format("closed; {} was taken back, and the holder has {}\n",
                                    money_of(answer.taken_back()), money_of(answer.available()));
    if (answer.exposure().minor_units() != 0) {
        words +=
            fmt::format("{} had been spent: the programme bears it\n", money_of(answer.exposure()));
    }
    return words;
}

Result<Done> close(const Session& session, const Options& options) {
    auto request = named<v1::CloseDisputeRequest>(session, options);
    request.set_outcome(outcomes.at(options.outcome));
    return send(session, options.role, &v1::AdminService::Stub::CloseDispute, request, told);
}

void add_common(CLI::App& command, Session& session, Options& options) {
    add_programme_option(command, session);
    command.add_option("--as", options.role, "the role whose certificate is used")
        ->check(CLI::IsMember({"support", "finance"}))
        ->capture_default_str();
    add_change_options(command, session, options.reason);
}

void add_open(CLI::App& group, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        group, session, "open", "disputes what a payment took, or a part of it",
        "Example:\n"
        "  carecard dispute open DP-1001 1-4711 30.00 not-received --credit-now \\\n"
        "      --reason 'the chair never came'\n"
        "carecard show has the payment's id. With --credit-now the holder has the money before "
        "the\n"
        "network has paid; it is taken back if the dispute is lost. Role: support or finance.",
        [&session, options] { return open(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("ID", options->authorisation, "the payment's id")->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 30.00")->required();
    command
        .add_option("WHY", options->category,
                    "not-recognised, duplicate, wrong-amount, not-received, refund-not-processed "
                    "or cash-not-dispensed")
        ->check(CLI::IsMember(categories))
        ->required();
    command.add_flag("--credit-now", options->credit_now, "credit the holder before anyone paid");
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    add_common(command, session, *options);
}

void add_close(CLI::App& group, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        group, session, "close", "says how a dispute ended",
        "Example:\n"
        "  carecard dispute close DP-1001 1-4711 lost --reason 'the merchant has a signature'\n"
        "carecard show lists the open disputes. One that was won stays listed until its money has\n"
        "come; of the others what was credited is taken back. Role: support or finance.",
        [&session, options] { return close(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("ID", options->authorisation, "the payment's id")->required();
    command.add_option("HOW", options->outcome, "won, lost or withdrawn")
        ->check(CLI::IsMember(outcomes))
        ->required();
    add_common(command, session, *options);
}

}  // namespace

void add_dispute_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand("dispute", "payments that a holder disputes");
    group.require_subcommand(1);
    group.fallthrough();
    add_open(group, session);
    add_close(group, session);
}

}  // namespace carecard::cli
