#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/table.h"
#include "services/cli/words.h"

namespace carecard::cli {
namespace {

std::string limit_of(const v1::RuleCheck& check) {
    if (check.has_amount_limit()) return money_of(check.amount_limit());
    return check.has_count_limit() ? std::to_string(check.count_limit()) : std::string();
}

std::string counted_of(const v1::RuleCheck& check) {
    if (check.has_amount_counted()) return money_of(check.amount_counted());
    return check.has_count_counted() ? std::to_string(check.count_counted()) : std::string();
}

void show_purses(const v1::ExplainDecisionResponse& answer) {
    Table table({{"purse"}, {"could pay", Align::right}, {"in words"}});
    for (const v1::PurseCheck& purse : answer.purses()) {
        table.add({purse.name(), money_of(purse.spendable()), purse.text()});
    }
    if (!table.empty()) print("\nPurses, in the order in which they pay\n" + table.render());
}

/// The purse that was short, or came nearest to paying, by its name.
std::string purse_of(const v1::ExplainDecisionResponse& answer) {
    for (const v1::PurseCheck& purse : answer.purses()) {
        if (purse.number() == answer.decline().purse_number()) {
            return fmt::format(" The purse: {}.", purse.name());
        }
    }
    return {};
}

std::string verdict_of(const v1::ExplainDecisionResponse& answer) {
    if (answer.has_decline()) {
        return "declined. " + answer.decline().text() + purse_of(answer);
    }
    if (answer.cashback_refused()) {
        return fmt::format("approved without the cashback: {}", money_of(answer.approved()));
    }
    if (answer.outcome() == v1::AUTHORISE_OUTCOME_APPROVED_PARTLY) {
        return fmt::format(
            "approved in part: {}. No more was available, and the terminal could "
            "take a part; the rules were asked about that part",
            money_of(answer.approved()));
    }
    return "approved";
}

Result<Done> run(const Session& session, const std::string& id) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    v1::ExplainDecisionRequest request;
    request.set_authorisation_id(id);
    const auto answer = call(**stub, &v1::AdminService::Stub::ExplainDecision, request);
    if (!answer) return answer.fault();
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{}  {} at {} (mcc {}), {}\n", answer->authorisation_id(),
                      money_of(answer->amount()), merchant_of(answer->merchant()), answer->mcc(),
                      time_of(answer->decided_at())));
    print(fmt::format("account {}: {}{}\n", answer->account().reference(),
                      answer->increment() ? "an increase of a hold, " : "", verdict_of(*answer)));
    Table table({{"rule"},
                 {"set by"},
                 {"outcome"},
                 {"limit", Align::right},
                 {"counted before", Align::right},
                 {"in words"}});
    for (const v1::RuleCheck& check : answer->checks()) {
        table.add({check.rule(), word_of(check.level()), word_of(check.outcome()), limit_of(check),
                   counted_of(check), check.text()});
    }
    print("\n" + table.render());
    show_purses(*answer);
    return Done{};
}

}  // namespace

void add_explain_command(CLI::App& app, Session& session) {
    const auto id = std::make_shared<std::string>();
    CLI::App& command =
        add_command(app, session, "explain", "shows how a payment was decided, rule by rule",
                    "Example:\n"
                    "  carecard explain 1-42\n"
                    "The id stands in carecard show. Role: support.",
                    [&session, id] { return run(session, *id); });
    command.add_option("AUTHORISATION", *id, "the authorisation's id")->required();
}

}  // namespace carecard::cli
