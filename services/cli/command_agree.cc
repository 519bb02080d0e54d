#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/spending_options.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::string currency = "GBP";
    SpendingText rules;
    std::string reason;
};

Result<Done> run(const Session& session, const Options& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto rules = to_rules(options.rules, *currency);
    if (!rules) return rules.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::social_worker);
    if (!stub) return stub.fault();
    v1::SetAgreementRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    *request.mutable_rules() = *rules;
    const auto answer = call(**stub, &v1::AdminService::Stub::SetAgreement, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{}: agreement {} holds\n  {}\n", options.account,
                      answer->agreement_version(), fmt::join(lines_of(*rules), "\n  ")));
    return Done{};
}

}  // namespace

void add_agree_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "agree", "sets how an account may be spent",
        "Example:\n"
        "  carecard agree DP-1001 --allow core_care,taxis,groceries --single-max 120 \\\n"
        "      --month-max 900 --day-count 5 --cash refused --reason 'review of 6 July'\n"
        "The whole of the new rules: what is left out is not limited, whatever held before.\n"
        "Merchants are named by group (groceries, taxis, core_care, ...), by code (5411) or by\n"
        "range (5411-5499). Without --cash agreed there is no cash. Role: social_worker.",
        [&session, options] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    add_programme_option(command, session);
    add_spending_options(command, options->rules);
    command.add_option("--currency", options->currency, "of the amounts; the programme's")
        ->capture_default_str();
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
