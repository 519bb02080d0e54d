#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "services/cli/call.h"
#include "services/cli/session.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::vector<std::string> tokens;
    std::string last_four;
    std::string expiry;
    std::string helper;
    bool activate = false;
    bool single_use = false;
    std::string reason;
};

v1::IssueCardRequest request_of(const Session& session, const Options& options) {
    v1::IssueCardRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.reason);
    request.mutable_account()->set_programme(session.programme);
    request.mutable_account()->set_reference(options.account);
    for (const std::string& token : options.tokens) request.add_card_tokens(token);
    request.set_last_four(options.last_four);
    request.set_expiry(options.expiry);
    request.set_holder(options.helper.empty() ? v1::CARD_HOLDER_PERSON : v1::CARD_HOLDER_HELPER);
    request.set_holder_reference(options.helper);
    request.set_activation_required(options.activate);
    request.set_single_use(options.single_use);
    return request;
}

Result<Done> issue(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const v1::IssueCardRequest request = request_of(session, options);
    const auto answer = call(**stub, &v1::AdminService::Stub::IssueCard, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{}: card {} (ends in {}) is issued{}\n", options.account, answer->card_id(),
                      options.last_four,
                      options.activate ? ", and pays once it is activated" : ""));
    return Done{};
}

}  // namespace

void add_card_issue_command(CLI::App& group, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        group, session, "issue", "gives an account one card more",
        "Example, of a helper's card with rules of its own:\n"
        "  carecard card issue DP-1001 --token 0001... --last-four 5678 --expiry 2029-06 \\\n"
        "      --helper H-17 --activate --reason 'shopping with a helper'\n"
        "  carecard card rules DP-1001 --card 5678 --allow groceries --day-max 30 --reason agreed\n"
        "The token is the bureau's, of the card's number. Role: support.",
        [&session, options] { return issue(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    add_programme_option(command, session);
    command.add_option("--token", options->tokens, "the card's token, one for each live key")
        ->required();
    command.add_option("--last-four", options->last_four, "of the card's number")->required();
    command.add_option("--expiry", options->expiry, "the card's last month: YYYY-MM")->required();
    command.add_option("--helper", options->helper,
                       "the council's reference of the helper who holds it; never a name");
    command.add_flag("--activate", options->activate,
                     "the card is to be activated before it is spent");
    command.add_flag("--single-use", options->single_use, "the card is for one payment");
    add_change_options(command, session, options->reason);
}

}  // namespace carecard::cli
