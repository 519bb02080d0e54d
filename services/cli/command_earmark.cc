#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

struct SetOptions {
    std::string account;
    std::string reference;
    std::string amount;
    std::string currency = "GBP";
    std::string purse;
    std::string payee;
    bool council_run = false;
    std::string due;
    std::string until;
    std::string reason;
};

struct WithdrawOptions {
    std::string account;
    std::string reference;
    std::string reason;
};

Result<Done> set(const Session& session, const SetOptions& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto amount = rpc::parse_amount(options.amount, *currency, "AMOUNT");
    if (!amount) return amount.fault();
    v1::SetEarmarkRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_reference(options.reference);
    request.set_purse(options.purse);
    rpc::set_money({*amount, *currency}, *request.mutable_amount());
    request.set_payee(options.payee);
    request.set_council_run(options.council_run);
    request.set_due(options.due);
    request.set_until(options.until);
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto answer = call(**stub, &v1::AdminService::Stub::SetEarmark, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    const std::string for_whom = options.council_run ? "the council's own payment of " + options.due
                                                     : options.payee + " until " + answer->until();
    print(fmt::format("{} {} for {}; {} of the purse stays free\n",
                      answer->receipt().replay() ? "was kept before:" : "keeps",
                      money_of(request.amount()), for_whom, money_of(answer->unearmarked())));
    return Done{};
}

Result<Done> withdraw(const Session& session, const WithdrawOptions& options) {
    v1::WithdrawEarmarkRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    request.set_reference(options.reference);
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto answer = call(**stub, &v1::AdminService::Stub::WithdrawEarmark, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{} of {} may be spent on anything\n", money_of(answer->freed()),
                      options.account));
    return Done{};
}

Result<Done> list(const Session& session, const std::string& account) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    v1::ReadAccountRequest request;
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(account);
    const auto answer = call(**stub, &v1::AdminService::Stub::ReadAccount, request);
    if (!answer) return answer.fault();
    if (session.form == OutputForm::json) {
        std::vector<v1::Earmark> earmarks(answer->earmarks().begin(), answer->earmarks().end());
        print_json(earmarks);
        return Done{};
    }
    if (answer->earmarks().empty()) print("nothing is kept for anyone\n");
    for (const v1::Earmark& one : answer->earmarks()) print(line_of(one) + "\n");
    return Done{};
}

void add_set(CLI::App& group, Session& session) {
    const auto options = std::make_shared<SetOptions>();
    CLI::App& command = add_command(
        group, session, "set", "keeps money for a payee ahead of its day",
        "Example:\n"
        "  carecard earmark set DP-1001 'wages June' 420.00 --payee PAYROLL42 \\\n"
        "      --due 2026-06-26 --reason 'the pay run of June'\n"
        "Other payments are declined when only this money is left. A reference is used once.\n"
        "Role: support.",
        [&session, options] { return set(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("REFERENCE", options->reference, "what it is for, unique in the account")
        ->required();
    command.add_option("AMOUNT", options->amount, "in major units, e.g. 420.00")->required();
    add_programme_option(command, session);
    command.add_option("--currency", options->currency, "ISO 4217 code")->capture_default_str();
    command.add_option("--purse", options->purse, "the purse's name; without, the first");
    CLI::Option& payee =
        *command.add_option("--payee", options->payee, "the payee's merchant number (field 42)");
    command
        .add_flag("--council-run", options->council_run,
                  "the council pays it itself on the day, through the settlement batch")
        ->excludes(&payee);
    command.add_option("--due", options->due, "the day it is to be paid: YYYY-MM-DD")->required();
    command.add_option("--until", options->until,
                       "the last day it is kept: YYYY-MM-DD; without, seven days later; what the "
                       "council pays is kept until it is paid");
    add_change_options(command, session, options->reason);
}

void add_withdraw(CLI::App& group, Session& session) {
    const auto options = std::make_shared<WithdrawOptions>();
    CLI::App& command =
        add_command(group, session, "withdraw", "lets what is kept be spent on anything",
                    "Example:\n"
                    "  carecard earmark withdraw DP-1001 'wages June' --reason 'paid by cheque'\n"
                    "Role: support.",
                    [&session, options] { return withdraw(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    command.add_option("REFERENCE", options->reference, "as it was set")->required();
    add_programme_option(command, session);
    add_change_options(command, session, options->reason);
}

void add_list(CLI::App& group, Session& session) {
    const auto account = std::make_shared<std::string>();
    CLI::App& command = add_command(group, session, "list", "shows what is kept, and for whom",
                                    "Example:\n"
                                    "  carecard earmark list DP-1001\n"
                                    "Role: support.",
                                    [&session, account] { return list(session, *account); });
    command.add_option("ACCOUNT", *account, "the council's reference")->required();
    add_programme_option(command, session);
}

}  // namespace

void add_earmark_commands(CLI::App& app, Session& session) {
    CLI::App& group = *app.add_subcommand("earmark", "money kept for a payee, such as wages");
    group.require_subcommand(1);
    group.fallthrough();
    add_set(group, session);
    add_withdraw(group, session);
    add_list(group, session);
}

}  // namespace carecard::cli
