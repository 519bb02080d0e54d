#include "services/cli/show_transactions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "services/cli/shell_word.h"
#include "services/cli/table.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

using Parts = std::vector<std::string>;

/// What an approval without a hold is about; empty for a payment.
std::string purpose_of(v1::TransactionKind kind) {
    if (kind == v1::TRANSACTION_KIND_VERIFICATION) return "the card was asked about";
    if (kind == v1::TRANSACTION_KIND_BALANCE_ENQUIRY) return "the balance was asked for";
    const bool credit =
        kind == v1::TRANSACTION_KIND_REFUND || kind == v1::TRANSACTION_KIND_ORIGINAL_CREDIT;
    return credit ? "announced: comes when it clears" : "";
}

void add_decision(const v1::Transaction& entry, Parts& parts) {
    if (entry.has_decline()) {
        parts.push_back(
            fmt::format("{}: {}", word_of(entry.decline().reason()), entry.decline().text()));
    }
    if (entry.entry_kind() == v1::ENTRY_KIND_REVERSAL_KEPT) {
        parts.emplace_back("came before its payment: no more than this may be taken when it comes");
    }
    if (entry.cashback_refused()) {
        parts.emplace_back("without the cashback");
    } else if (entry.has_asked()) {
        parts.emplace_back("in part");
    }
    if (entry.has_asked()) parts.push_back("asked for " + money_of(entry.asked()));
    if (entry.has_held()) parts.push_back("held " + money_of(entry.held()));
    if (entry.entry_kind() != v1::ENTRY_KIND_APPROVED) return;
    const std::string purpose = purpose_of(entry.kind());
    if (!purpose.empty()) parts.push_back(purpose);
}

/// Names that staff gave.
void add_names(const v1::Transaction& entry, Parts& parts) {
    const auto add = [&](std::string_view what, const std::string& name) {
        if (!name.empty()) parts.push_back(fmt::format("{} {}", what, name));
    };
    add("reference", entry.load_reference());
    add("stage", entry.stage());
    add("earmark", entry.earmark());
    add("purse", entry.purse());
    const bool in_part =
        entry.has_earmarked() && entry.earmarked().minor_units() != entry.amount().minor_units();
    if (!in_part) return;
    parts.push_back(
        fmt::format("paid {} of {}", money_of(entry.amount()), money_of(entry.earmarked())));
}

std::string borne_of(const v1::Transaction& entry) {
    const std::string amount = money_of(entry.exposure());
    if (entry.entry_kind() == v1::ENTRY_KIND_DISPUTE_CLOSED) {
        return amount + " of the credit had been spent: the programme bears it";
    }
    const bool advice = entry.entry_kind() == v1::ENTRY_KIND_STAND_IN_APPROVED ||
                        entry.entry_kind() == v1::ENTRY_KIND_COMPLETED;
    return fmt::format("of it {} is {} by the programme", amount, advice ? "promised" : "borne");
}

/// Where the amount came from, or went.
void add_shares(const v1::Transaction& entry, Parts& parts) {
    const auto add = [&](const v1::Money& amount, std::string_view share) {
        if (amount.minor_units() == 0) return;
        parts.push_back(fmt::format("of it {} {}", money_of(amount), share));
    };
    if (entry.exposure().minor_units() != 0) parts.push_back(borne_of(entry));
    add(entry.earmarks_broken(), "was kept for others");
    add(entry.recovered(), "made good what the programme bore");
    add(entry.repaid(), "repaid what had been written off");
    add(entry.settled(), "had been credited before (dispute)");
    const bool again = entry.entry_kind() == v1::ENTRY_KIND_PRESENTED_AGAIN;
    add(entry.owed_back(), again ? "had been kept for the network" : "is kept for the network");
    if (entry.has_returned()) {
        parts.push_back(money_of(entry.returned()) +
                        " left a purse that is over, for whoever it belongs to");
    }
}

/// "wrong amount" of "wrong_amount".
std::string spaced(std::string word) {
    std::ranges::replace(word, '_', ' ');
    return word;
}

void add_dispute(const v1::Transaction& entry, Parts& parts) {
    if (entry.dispute_category() != v1::DISPUTE_CATEGORY_UNSPECIFIED) {
        parts.push_back("disputed: " + spaced(word_of(entry.dispute_category())));
    }
    if (entry.entry_kind() == v1::ENTRY_KIND_DISPUTE_OPENED) {
        parts.push_back(entry.has_credited() ? money_of(entry.credited()) + " of it credited now"
                                             : "nothing credited now");
    }
    if (entry.dispute_outcome() != v1::DISPUTE_OUTCOME_UNSPECIFIED) {
        parts.push_back(word_of(entry.dispute_outcome()));
    }
    if (entry.has_due()) parts.push_back(money_of(entry.due()) + " is to come");
    if (entry.has_taken_back()) {
        parts.push_back(money_of(entry.taken_back()) + " of the credit taken back");
    }
}

void add_foreign(const v1::Transaction& entry, Parts& parts) {
    if (!entry.has_transaction()) return;
    const std::string abroad = "= " + money_of(entry.transaction());
    parts.push_back(entry.has_mark_up()
                        ? abroad + ", " + money_of(entry.mark_up()) + " of it for converting"
                        : abroad);
}

/// The dispute that an exception asks for, as a command; empty for the others.
std::string dispute_of(const v1::Transaction& entry, const v1::AccountName& account) {
    const v1::DisputeCategory why = entry.exception().dispute();
    const Result<rpc::Price> price = rpc::parse_money(entry.exception().amount(), "");
    if (why == v1::DISPUTE_CATEGORY_UNSPECIFIED || !price) return {};
    std::string word = word_of(why);
    std::ranges::replace(word, '_', '-');
    const std::string& currency = entry.exception().amount().currency();
    return fmt::format(
        " carecard dispute open {} {} {} {}{} --programme {}", shell_word(account.reference()),
        entry.authorisation_id(), rpc::amount_text(price->amount, price->currency), word,
        currency == "GBP" ? "" : " --currency " + currency, shell_word(account.programme()));
}

void add_exception(const v1::Transaction& entry, const v1::AccountName& account, Parts& parts) {
    if (!entry.has_exception()) return;
    const v1::StaffException& exception = entry.exception();
    parts.push_back(fmt::format("{} {}: {}{}", word_of(exception.reason()),
                                money_of(exception.amount()), exception.text(),
                                dispute_of(entry, account)));
}

}  // namespace

std::string remark_of(const v1::Transaction& entry, const v1::AccountName& account) {
    Parts parts;
    add_decision(entry, parts);
    add_names(entry, parts);
    add_dispute(entry, parts);
    add_shares(entry, parts);
    add_foreign(entry, parts);
    add_exception(entry, account, parts);
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string table_of(const v1::ListTransactionsResponse& list, const v1::AccountName& account) {
    Table table({{"when"},
                 {"what"},
                 {"amount", Align::right},
                 {"available", Align::right},
                 {"mcc"},
                 {"merchant"},
                 {"id"},
                 {"remark"}});
    for (const v1::Transaction& entry : list.transactions()) {
        table.add({time_of(entry.at()), word_of(entry.entry_kind()), money_of(entry.amount()),
                   money_of(entry.available_after()), entry.mcc(), merchant_of(entry.merchant()),
                   entry.authorisation_id(), remark_of(entry, account)});
    }
    return table.empty() ? "" : "\nLast transactions\n" + table.render();
}

}  // namespace carecard::cli
