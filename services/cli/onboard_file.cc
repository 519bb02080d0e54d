#include "services/cli/onboard_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <utility>

#include "common/limits.h"
#include "services/cli/card_number.h"
#include "services/cli/csv_reader.h"
#include "services/cli/words.h"
#include "services/rpc/faults.h"
#include "services/rpc/text.h"

namespace carecard::cli {
namespace {

enum ColumnIndex : std::size_t {
    account,
    arrangement,
    purse,
    priority,
    card_number,
    expiry,
    holder,
    holder_reference,
};

const CsvShape& shape() {
    static const CsvShape value{
        .required = {"account", "arrangement", "purse"},
        .optional = {"priority", "card_number", "expiry", "holder", "holder_reference"}};
    return value;
}

/// Collects the budgets of a file row by row.
class Import {
   public:
    explicit Import(const Secret& token_key) : token_key_(token_key) {}

    std::optional<Fault> take(const CsvRow& row) {
        if (row.number > onboard_rows_max) {
            return row_fault(row, "file", "is one row too many", "split the file");
        }
        const auto kind = arrangement_named(row.fields[arrangement]);
        if (row.fields[account].empty()) {
            return row_fault(row, "account", "is empty", "give the council's reference");
        }
        if (!kind) {
            return row_fault(row, "arrangement", "is not the name of one",
                             "use one of: " + arrangement_words());
        }
        if (row.fields[purse].empty()) {
            return row_fault(row, "purse", "is empty", "name the funding stream");
        }
        unsigned number = 1;
        if (!read_priority(row.fields[priority], number)) {
            return row_fault(row, "priority", "is not 1 to 255", "give 1 to what pays first");
        }
        std::optional<NewCard> card;
        if (std::optional<Fault> fault = read_card(row, card)) return fault;
        const auto [place, is_new] = index_.try_emplace(row.fields[account], budgets_.size());
        if (is_new) {
            budgets_.push_back({.reference = row.fields[account],
                                .arrangement = *kind,
                                .place = {row.number, row.line}});
        }
        NewBudget& budget = budgets_[place->second];
        if (budget.arrangement != *kind) {
            return row_fault(row, "arrangement",
                             fmt::format("is another than in row {}", budget.place.number),
                             "give an account one arrangement");
        }
        if (std::optional<Fault> fault = add_purse(row, budget, number)) return fault;
        if (card) budget.cards.push_back(*std::move(card));
        return std::nullopt;
    }

    std::vector<NewBudget> finish() && { return std::move(budgets_); }

   private:
    static bool read_priority(std::string_view text, unsigned& value) {
        if (text.empty()) return true;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size() && value >= 1 &&
               value <= 255;
    }

    std::optional<Fault> read_card(const CsvRow& row, std::optional<NewCard>& card) {
        const std::string& digits = row.fields[card_number];
        if (digits.empty()) {
            if (row.fields[expiry].empty()) return std::nullopt;
            return row_fault(row, "card_number", "is empty, but there is an expiry",
                             "give both or neither");
        }
        if (!is_card_number(digits)) {
            return row_fault(row, "card_number", "is not 13 to 19 digits with a right check digit",
                             "copy the number again, without spaces");
        }
        const auto month = rpc::parse_expiry(row.fields[expiry], "expiry");
        if (!month) {
            return row_fault(row, "expiry", "is not a month", "write it as YYYY-MM");
        }
        const std::string& who = row.fields[holder];
        const auto carried_by = card_holder_named(who.empty() ? "person" : who);
        if (!carried_by) {
            return row_fault(row, "holder", "is neither person nor helper",
                             "say who carries the card");
        }
        card = NewCard{.token = token_of(token_key_, digits),
                       .last_four = digits.substr(digits.size() - 4),
                       .expiry = row.fields[expiry],
                       .holder = *carried_by,
                       .holder_reference = row.fields[holder_reference],
                       .place = {row.number, row.line}};
        const auto [other, is_new] = tokens_.try_emplace(card->token, row.number);
        if (is_new) return std::nullopt;
        return row_fault(row, "card_number", fmt::format("is that of row {}", other->second),
                         "give each card once");
    }

    static std::optional<Fault> add_purse(const CsvRow& row, NewBudget& budget, unsigned number) {
        const std::string& name = row.fields[purse];
        const auto found = std::ranges::find_if(
            budget.purses, [&](const v1::NewPurse& each) { return each.name() == name; });
        if (found == budget.purses.end()) {
            if (budget.purses.size() == purses_per_account_max) {
                return row_fault(row, "purse", "is one more than an account may have",
                                 fmt::format("give at most {}", purses_per_account_max));
            }
            v1::NewPurse added;
            added.set_name(name);
            added.set_priority(number);
            budget.purses.push_back(std::move(added));
            return std::nullopt;
        }
        if (found->priority() == number || row.fields[priority].empty()) return std::nullopt;
        return row_fault(row, "priority", "is another than in an earlier row of this purse",
                         "give a purse one priority");
    }

    const Secret& token_key_;
    std::vector<NewBudget> budgets_;
    std::unordered_map<std::string, std::size_t> index_;
    std::unordered_map<std::string, std::uint64_t> tokens_;
};

template <class Read>
Result<std::vector<NewBudget>> import_with(const Secret& token_key, const Read& read) {
    Import import(token_key);
    std::vector<std::string> faults;
    std::uint64_t faulty = 0;
    const Result<Done> done = read([&](const CsvRow& row) -> Result<Done> {
        if (const std::optional<Fault> fault = import.take(row)) {
            ++faulty;
            if (faults.size() < faulty_rows_shown_max) faults.push_back(rpc::explain(*fault));
        }
        return Done{};
    });
    if (!done) return done.fault();
    if (faulty > 0) {
        return Fault{.kind = FaultKind::malformed,
                     .field = "file",
                     .detail = fmt::format("{} of its rows cannot be taken, the first are:\n  {}",
                                           faulty, fmt::join(faults, "\n  ")),
                     .remedy = "correct them and run the command again; nothing was sent"};
    }
    return std::move(import).finish();
}

}  // namespace

Fault at_row(RowPlace place, Fault fault) {
    fault.detail = fmt::format("row {} (line {}): {}", place.number, place.line, fault.detail);
    return fault;
}

Result<std::vector<NewBudget>> read_onboard_file(const std::string& path, const Secret& token_key) {
    return import_with(token_key,
                       [&](const OnCsvRow& on_row) { return read_csv(path, shape(), on_row); });
}

Result<std::vector<NewBudget>> parse_onboard_file(std::string_view bytes, const Secret& token_key) {
    return import_with(token_key,
                       [&](const OnCsvRow& on_row) { return parse_csv(bytes, shape(), on_row); });
}

}  // namespace carecard::cli
