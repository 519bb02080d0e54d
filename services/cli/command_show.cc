#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "common/limits.h"
#include "services/cli/call.h"
#include "services/cli/session.h"
#include "services/cli/show_transactions.h"
#include "services/cli/table.h"
#include "services/cli/words.h"

namespace carecard::cli {
namespace {

struct Options {
    std::string account;
    std::uint32_t transactions = 20;
};

void print_table(std::string_view title, const Table& table) {
    if (!table.empty()) print(fmt::format("\n{}\n{}", title, table.render()));
}

void show_head(const v1::ReadAccountResponse& account) {
    print(fmt::format("{}  {}, {}\n", account.account().reference(), word_of(account.arrangement()),
                      word_of(account.status())));
    print(fmt::format("available {}, held {}", money_of(account.available()),
                      money_of(account.held())));
    if (account.exposure().minor_units() != 0) {
        print(fmt::format(", borne by the programme {}", money_of(account.exposure())));
    }
    print("\n");
    const v1::SpendingRules& rules = account.agreement().rules();
    if (account.has_agreement()) {
        print(fmt::format("agreement {} of {} by {}\n  {}\n", account.agreement().version(),
                          time_of(account.agreement().agreed_at()), account.agreement().agreed_by(),
                          fmt::join(lines_of(rules), "\n  ")));
    } else {
        print(fmt::format("no agreement; the programme's defaults\n  {}\n",
                          fmt::join(lines_of(account.programme_defaults()), "\n  ")));
    }
}

/// What of the day's spending was cash; no row when none was.
void add_cash(Table& counters, std::string_view what, const v1::Money& amount) {
    if (amount.minor_units() != 0) counters.add({std::string(what), "", money_of(amount), ""});
}

std::string purpose_of(const v1::Purse& purse) {
    std::string line = line_of(purse.terms());
    if (purse.has_unreleased()) {
        line += fmt::format("; {} waits for a stage", money_of(purse.unreleased()));
    }
    const std::string end = end_of(purse);
    if (!end.empty()) return line + "; " + end;
    if (purse.has_available_hundredths()) {
        line += "; worth " + hours_of(purse.available_hundredths());
    }
    return line;
}

/// Where a card stands in its chain, and whose freeze it is.
std::string remark_of(const v1::Card& card) {
    std::vector<std::string> parts;
    if (card.frozen_by() == v1::CARD_ACTOR_HOLDER) parts.emplace_back("by the holder");
    if (card.frozen_by() == v1::CARD_ACTOR_COUNCIL) parts.emplace_back("by the council");
    if (card.single_use()) parts.emplace_back("for one payment");
    if (card.replaces() != 0) parts.push_back(fmt::format("replaces card {}", card.replaces()));
    if (card.replaced_by() != 0) {
        parts.push_back(fmt::format("replaced by card {}", card.replaced_by()));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

void show_disputes(const v1::ReadAccountResponse& account) {
    Table disputes({{"disputed payment"},
                    {"why"},
                    {"state"},
                    {"amount", Align::right},
                    {"still to come", Align::right}});
    for (const v1::Dispute& open : account.disputes()) {
        disputes.add({open.authorisation_id(), word_of(open.category()), word_of(open.state()),
                      money_of(open.amount()), money_of(open.due())});
    }
    print_table("Disputes", disputes);
}

void show_card_rules(const v1::ReadAccountResponse& account) {
    for (const v1::Card& card : account.cards()) {
        if (!card.has_rules()) continue;
        print(fmt::format("\nRules {} of card {}, which counts since {}\n  {}\n",
                          card.rules().version(), card.card_id(),
                          time_of(card.rules().counting_since()),
                          fmt::join(lines_of(card.rules().rules()), "\n  ")));
        for (const v1::SpendingCounter& counter : card.rules().counters()) {
            print(fmt::format("  spent in the {}: {} in {}\n", word_of(counter.window()),
                              money_of(counter.amount()), counter.count()));
        }
    }
}

void show_parts(const v1::ReadAccountResponse& account) {
    Table purses({{"purse"},
                  {"priority", Align::right},
                  {"available", Align::right},
                  {"held", Align::right},
                  {"whose money, what for, until when"}});
    for (const v1::Purse& purse : account.purses()) {
        purses.add({purse.name(), std::to_string(purse.priority()), money_of(purse.available()),
                    money_of(purse.held()), purpose_of(purse)});
    }
    print_table("Purses", purses);

    if (!account.earmarks().empty()) print("\nKept for others\n");
    for (const v1::Earmark& one : account.earmarks()) print("  " + line_of(one) + "\n");

    Table cards({{"card", Align::right},
                 {"ends in"},
                 {"expiry"},
                 {"status"},
                 {"remark"},
                 {"holder"},
                 {"holder's mark"},
                 {"tapped since PIN", Align::right},
                 {"taps", Align::right}});
    for (const v1::Card& card : account.cards()) {
        cards.add({std::to_string(card.card_id()), card.last_four(), card.expiry(),
                   word_of(card.status()), remark_of(card), word_of(card.holder()),
                   card.holder_reference(), money_of(card.tapped()), std::to_string(card.taps())});
    }
    print_table("Cards", cards);
    show_card_rules(account);

    Table holds({{"authorised"}, {"id"}, {"held", Align::right}, {"mcc"}, {"merchant"}, {"until"}});
    for (const v1::Hold& hold : account.holds()) {
        holds.add({time_of(hold.authorised_at()), hold.authorisation_id(), money_of(hold.held()),
                   hold.mcc(), merchant_of(hold.merchant()), time_of(hold.expires_at())});
    }
    print_table("Holds", holds);

    Table proposals({{"proposal", Align::right},
                     {"about payment"},
                     {"what"},
                     {"amount", Align::right},
                     {"not before"},
                     {"proposed by"},
                     {"approved by"}});
    for (const v1::OpenProposal& open : account.proposals()) {
        proposals.add({std::to_string(open.proposal()), open.authorisation_id(),
                       word_of(open.kind()), money_of(open.amount()), open.notice_until(),
                       open.proposed_by(), open.approved_by()});
    }
    print_table("What is proposed about the programme's part", proposals);
    show_disputes(account);

    Table counters({{"window"}, {"since"}, {"spent", Align::right}, {"payments", Align::right}});
    for (const v1::SpendingCounter& counter : account.counters()) {
        counters.add({word_of(counter.window()), counter.window_start(), money_of(counter.amount()),
                      std::to_string(counter.count())});
    }
    add_cash(counters, "day, cash", account.cash_today());
    add_cash(counters, "day, quasi-cash", account.quasi_cash_today());
    print_table("Spending", counters);
}

void show_transactions(const v1::ListTransactionsResponse& list, const v1::AccountName& account) {
    print(table_of(list, account));
    if (!list.next_page_token().empty())
        print("(older ones: --transactions with a larger number)\n");
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
    v1::ListTransactionsRequest list;
    *list.mutable_account() = read.account();
    list.set_page_size(options.transactions);
    const auto transactions = call(**stub, &v1::AdminService::Stub::ListTransactions, list);
    if (!transactions) return transactions.fault();
    if (session.form == OutputForm::json) {
        print("{\"account\": ");
        print_json(*account);
        print(", \"history\": ");
        print_json(*transactions);
        print("}\n");
        return Done{};
    }
    show_head(*account);
    show_parts(*account);
    show_transactions(*transactions, list.account());
    return Done{};
}

}  // namespace

void add_show_command(CLI::App& app, Session& session) {
    const auto options = std::make_shared<Options>();
    CLI::App& command = add_command(
        app, session, "show", "shows an account: balance, purses, cards, holds, last transactions",
        "Example:\n"
        "  carecard show DP-1001\n"
        "A declined payment says why. For all rules one by one: carecard explain ID.\n"
        "Role: support.",
        [&session, options] { return run(session, *options); });
    command.add_option("ACCOUNT", options->account, "the council's reference")->required();
    add_programme_option(command, session);
    command.add_option("--transactions", options->transactions, "how many at most")
        ->check(CLI::Range(std::size_t{1}, page_items_max))
        ->capture_default_str();
}

}  // namespace carecard::cli
