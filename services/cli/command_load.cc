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

struct Options {
    std::string account;
    std::string amount;
    std::string currency = "GBP";
    std::string purse;
    std::string reference;
    std::string reason;
};

Result<Done> run(const Session& session, const Options& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto amount = rpc::parse_amount(options.amount, *currency, "AMOUNT");
    if (!amount) return amount.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::finance);
    if (!stub) return stub.fault();
    v1::LoadPurseRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_purse(options.purse);
    rpc::set_money({*amount, *currency}, *request.mutable_amount());
    request.set_reference(options.reference);
    const auto answer = call(**stub, &v1::AdminService::Stub::LoadPurse, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{} {} into {}; available now {}\n",
                      answer->receipt().replay() ? "was loaded before:" : "loaded",
                      money_of(request.amount()), options.account, money_of(answer->available())));
    return Done{};
}

}  // namespace

void add_load_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "load", "puts money into a purse",
        "Example:\n"
        "  carecard load DP-1001 412.50 --reference PAY-2026-07 --reason 'four weeks from 6 July'\n"
        "A second load with the same reference changes nothing. Role: finance.",
        [&session, options] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 412.50")->required();
    add_programme_option(command, session);
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command.add_option("--purse", options->purse, "the purse's name; the first without");
    command
        .add_option("--reference", options->reference,
                    "the council's reference of the payment, unique in the account")
        ->required();
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
