#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "common/sha256.h"
#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/spending_options.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::string last_four;
    std::uint32_t card_id = 0;
    std::string reason;
    v1::CardStatus status = v1::CARD_STATUS_UNSPECIFIED;
    std::string by = "council";
};

/// A card that takes another's place.
struct Replacement {
    Options card;
    std::string because;
    std::vector<std::string> tokens;
    std::string last_four;
    std::string expiry;
    bool activate = false;
};

/// A card's own rules.
struct OwnRules {
    Options card;
    std::string currency = "GBP";
    SpendingText rules;
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

/// It is never spent again.
bool has_ended(v1::CardStatus status) {
    return status != v1::CARD_STATUS_ACTIVE && status != v1::CARD_STATUS_FROZEN &&
           status != v1::CARD_STATUS_INACTIVE;
}

/// Chooses the cards that the options mean.
Result<std::vector<v1::Card>> choose(const v1::ReadAccountResponse& account,
                                     const Options& options) {
    std::vector<v1::Card> chosen;
    for (const v1::Card& card : account.cards()) {
        if (has_ended(card.status()) && !names_one_card(options)) continue;
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

/// The account's cards that the options mean.
Result<std::vector<v1::Card>> read_cards(const Session& session, const Options& options,
                                         v1::AdminService::Stub& stub) {
    v1::ReadAccountRequest read;
    read.mutable_account()->set_programme(session.programme);
    read.mutable_account()->set_reference(options.account);
    const auto account = call(stub, &v1::AdminService::Stub::ReadAccount, read);
    if (!account) return account.fault();
    return choose(*account, options);
}

/// The one card that the options mean.
Result<v1::Card> read_card(const Session& session, const Options& options,
                           v1::AdminService::Stub& stub) {
    const auto cards = read_cards(session, options, stub);
    if (!cards) return cards.fault();
    if (cards->size() == 1) return cards->front();
    return Fault{.kind = FaultKind::conflict,
                 .field = "--card",
                 .detail = "the account has several cards",
                 .remedy = "name one by --card or --card-id; carecard show lists them"};
}

Result<Done> run(const Session& session, const Options& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto cards = read_cards(session, options, **stub);
    if (!cards) return cards.fault();
    const std::string key = request_key_of(session);
    std::vector<v1::SetCardStatusResponse> answers;
    for (const v1::Card& card : *cards) {
        v1::SetCardStatusRequest request;
        request.set_request_key(names_one_card(options) ? key : key_for_card(key, card.card_id()));
        request.set_reason(options.reason);
        request.set_card_id(card.card_id());
        request.set_status(options.status);
        request.set_by(options.by == "holder" ? v1::CARD_ACTOR_HOLDER : v1::CARD_ACTOR_COUNCIL);
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

v1::CardReplacedBecause because_of(std::string_view word) {
    if (word == "lost") return v1::CARD_REPLACED_BECAUSE_LOST;
    if (word == "stolen") return v1::CARD_REPLACED_BECAUSE_STOLEN;
    if (word == "damaged") return v1::CARD_REPLACED_BECAUSE_DAMAGED;
    return v1::CARD_REPLACED_BECAUSE_RENEWAL;
}

Result<Done> replace(const Session& session, const Replacement& options) {
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto card = read_card(session, options.card, **stub);
    if (!card) return card.fault();
    v1::ReplaceCardRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.card.reason);
    request.set_card_id(card->card_id());
    request.set_because(because_of(options.because));
    for (const std::string& token : options.tokens) request.add_new_card_tokens(token);
    request.set_last_four(options.last_four);
    request.set_expiry(options.expiry);
    request.set_activation_required(options.activate);
    const auto answer = call(**stub, &v1::AdminService::Stub::ReplaceCard, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{}: card {} (ends in {}) is {}; card {} (ends in {}) takes its place{}\n",
                      options.card.account, card->card_id(), card->last_four(),
                      word_of(answer->old_status()), answer->card_id(), options.last_four,
                      options.activate ? " once it is activated" : ""));
    return Done{};
}

Result<Done> set_rules(const Session& session, const OwnRules& options) {
    const auto currency = rpc::parse_currency(options.currency, "--currency");
    if (!currency) return currency.fault();
    const auto rules = to_rules(options.rules, *currency);
    if (!rules) return rules.fault();
    Connection connection(session.settings);
    const auto stub = connection.admin(rpc::Role::support);
    if (!stub) return stub.fault();
    const auto card = read_card(session, options.card, **stub);
    if (!card) return card.fault();
    v1::SetCardRulesRequest request;
    request.set_request_key(request_key_of(session));
    request.set_reason(options.card.reason);
    request.set_card_id(card->card_id());
    *request.mutable_rules() = *rules;
    const auto answer = call(**stub, &v1::AdminService::Stub::SetCardRules, request);
    if (!answer) return with_key(answer.fault(), request.request_key());
    if (session.form == OutputForm::json) {
        print_json(*answer);
        return Done{};
    }
    print(fmt::format("{}: rules {} of card {} (ends in {}) hold\n  {}\n", options.card.account,
                      answer->rules_version(), card->card_id(), card->last_four(),
                      fmt::join(lines_of(*rules), "\n  ")));
    return Done{};
}

void add_card_options(CLI::App& command, Session& session, Options& options) {
    command.add_option("ACCOUNT", options.account, "the council's reference")->required();
    add_programme_option(command, session);
    command.add_option("--card", options.last_four, "the last four digits of the card");
    command.add_option("--card-id", options.card_id, "the card's id, as carecard show lists it");
    add_change_options(command, session, options.reason);
}

/// @param called  how the command is called: "freeze", "card lost".
void add(CLI::App& app, Session& session, const std::string& name, const std::string& called,
         const std::string& summary, v1::CardStatus status) {
    const auto options = std::make_shared<Options>();
    options->status = status;
    CLI::App& command = add_command(
        app, session, name, summary,
        fmt::format(
            "Example:\n"
            "  carecard {} DP-1001 --card 1234 --reason 'reported by telephone'\n"
            "Without --card all of the account's cards that are not closed. What is held\n"
            "stays held and may still clear; refunds still come. With --by holder it is\n"
            "the holder's word, which closes no card and lifts no freeze of the council's.\n"
            "With --json the answer for a card that was named, or else a list with one\n"
            "answer for each card. Role: support.",
            called),
        [&session, options] { return run(session, *options); });
    add_card_options(command, session, *options);
    command.add_option("--by", options->by, "whose word it is: council or holder")
        ->check(CLI::IsMember({"council", "holder"}))
        ->capture_default_str();
}

void add_replace(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Replacement>();
    CLI::App& command = add_command(
        app, session, "replace", "gives a card a successor that takes its place",
        "Example:\n"
        "  carecard card replace DP-1001 --card 1234 --because stolen --token 0001... \\\n"
        "      --last-four 5678 --expiry 2029-06 --activate --reason 'taken on the bus'\n"
        "The new card has the old one's holder, its own rules and all that was counted of it.\n"
        "What is late of the old card still finds its payment. A renewal with --activate leaves\n"
        "the old card good until the new one is activated. Role: support.",
        [&session, options] { return replace(session, *options); });
    add_card_options(command, session, options->card);
    command.add_option("--because", options->because, "lost, stolen, damaged or renewal")
        ->check(CLI::IsMember({"lost", "stolen", "damaged", "renewal"}))
        ->required();
    command.add_option("--token", options->tokens, "the new card's token, one for each live key")
        ->required();
    command.add_option("--last-four", options->last_four, "of the new card's number")->required();
    command.add_option("--expiry", options->expiry, "the new card's last month: YYYY-MM")
        ->required();
    command.add_flag("--activate", options->activate,
                     "the new card is to be activated before it is spent");
}

void add_rules(CLI::App& app, Session& session) {
    const auto options = std::make_shared<OwnRules>();
    CLI::App& command = add_command(
        app, session, "rules", "sets how one card may be spent, beside the account's agreement",
        "Example:\n"
        "  carecard card rules DP-1001 --card 5678 --allow groceries --day-max 30 \\\n"
        "      --reason 'shopping with a helper'\n"
        "A payment must keep to these and to the account's: they only tighten, cash included, and\n"
        "hold for the cards that replace it. The whole of the new rules: what is left out is not\n"
        "limited. What the card spends is counted from its first rules on. Role: support.",
        [&session, options] { return set_rules(session, *options); });
    add_card_options(command, session, options->card);
    add_spending_options(command, options->rules);
    command.add_option("--currency", options->currency, "of the amounts; the programme's")
        ->capture_default_str();
}

}  // namespace

void add_card_commands(CLI::App& app, Session& session) {
    add(app, session, "freeze", "freeze", "stops a card for now", v1::CARD_STATUS_FROZEN);
    add(app, session, "unfreeze", "unfreeze", "lets a frozen card be used again",
        v1::CARD_STATUS_ACTIVE);
    CLI::App& group = *app.add_subcommand("card", "what becomes of a card");
    group.require_subcommand(1);
    group.fallthrough();
    struct Row {
        const char* name;
        const char* summary;
        v1::CardStatus status;
    };
    const Row rows[] = {
        {"activate", "lets a card that was issued be used", v1::CARD_STATUS_ACTIVE},
        {"freeze", "stops a card for now", v1::CARD_STATUS_FROZEN},
        {"unfreeze", "lets a frozen card be used again", v1::CARD_STATUS_ACTIVE},
        {"lost", "stops a lost card for ever", v1::CARD_STATUS_LOST},
        {"stolen", "stops a stolen card for ever", v1::CARD_STATUS_STOLEN},
        {"damaged", "stops a damaged card for ever", v1::CARD_STATUS_DAMAGED},
        {"close", "ends a card", v1::CARD_STATUS_CLOSED},
    };
    for (const Row& row : rows) {
        add(group, session, row.name, std::string("card ") + row.name, row.summary, row.status);
    }
    add_card_issue_command(group, session);
    add_replace(group, session);
    add_rules(group, session);
}

}  // namespace carecard::cli
