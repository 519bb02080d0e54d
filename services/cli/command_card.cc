#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "common/sha256.h"
#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/words.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::string last_four;
    std::uint32_t card_id = 0;
    std::string reason;
    v1::CardStatus status = v1::CARD_STATUS_UNSPECIFIED;
};

bool names_one_card(const Options& options) {
    return options.card_id != 0 || !options.last_four.empty();
}

/// Of a request for several cards: each is a request of its own, with a key that the same command
/// makes again from the same key.
std::string key_for_card(std::string_view key, std::uint32_t card_id) {
    const Hash32 hash = sha256({bytes_of(key), bytes_of("\n"), bytes_of(std::to_string(card_id))});
    return fmt::format("card-{}", to_hex(hash).substr(0, 40));
}

/// Chooses the cards that the options mean.
Result<std::vector<v1::Card>> choose(const v1::ReadAccountResponse& account,
                                     const Options& options) {
    std::vector<v1::Card> chosen;
    for (const v1::Card& card : account.cards()) {
        if (card.status() == v1::CARD_STATUS_CLOSED) continue;
        const bool meant = options.card_id != 0
                               ? card.card_id() == options.card_id
                               : options.last_four.empty() || card.last_four() == options.last_four;
        if (meant) chosen.push_back(card);
    }
    if (chosen.empty()) {
        return Fault{.kind = FaultKind::not_found,
                     .field = "--card",
                     .detail = "the account has no such card that is not closed",
                     .remedy = "look at its cards with carecard show"};
    }
    if (chosen.size() > 1 && !options.last_four.empty()) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "--card",
                     .detail = "several cards of the account end in these digits",
                     .remedy = "name one by --card-id; carecard show lists them"};
    }
    return chosen;
}

Result<Done> run(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    v1::ReadAccountRequest read;
    read.mutable_account()->set_programme(session.programme);
    read.mutable_account()->set_reference(options.account);
    const auto account = call(**stub, &v1::AdminService::Stub::ReadAccount, read);
    if (!account) return account.fault();
    const auto cards = choose(*account, options);
    if (!cards) return cards.fault();
    const std::string key = request_key_of(session);
    std::vector<v1::SetCardStatusResponse> answers;
    for (const v1::Card& card : *cards) {
        v1::SetCardStatusRequest request;
        request.set_request_key(names_one_card(options) ? key : key_for_card(key, card.card_id()));
        request.set_reason(options.reason);
        request.set_card_id(card.card_id());
        request.set_status(options.status);
        const auto answer = call(**stub, &v1::AdminService::Stub::SetCardStatus, request);
        if (!answer) return with_key(answer.fault(), key);
        answers.push_back(*answer);
        if (session.form == OutputForm::table) {
            print(fmt::format("{}: card {} (ends in {}) is {}\n", options.account, card.card_id(),
                              card.last_four(), word_of(options.status)));
        }
    }
    if (session.form == OutputForm::table) return Done{};
    if (names_one_card(options)) {
        print_json(answers.front());
    } else {
        print_json(answers);
    }
    return Done{};
}

void add(CLI::App& app, Session& session, const std::string& name, const std::string& summary,
         v1::CardStatus status) {
    const auto options = std::make_shared<Options>();
    options->status = status;
    CLI::App& command = add_command(
        app, session, name, summary,
        fmt::format("Example:\n"
                    "  carecard {} DP-1001 --card 1234 --reason 'reported by telephone'\n"
                    "Without --card all of the account's cards that are not closed. What is held\n"
                    "stays held and may still clear. With --json the answer for a card that was\n"
                    "named, or else a list with one answer for each card. Role: support.",
                    name),
        [&session, options] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    add_programme_option(command, session);
    command.add_option("--card", options->last_four, "the last four digits of the card");
    command.add_option("--card-id", options->card_id, "the card's id, as carecard show lists it");
    add_change_options(command, session, options->reason);
}

}  // namespace

void add_card_commands(CLI::App& app, Session& session) {
    add(app, session, "freeze", "stops a card for now", v1::CARD_STATUS_FROZEN);
    add(app, session, "unfreeze", "lets a frozen card be used again", v1::CARD_STATUS_ACTIVE);
}

}  // namespace carecard::cli
