#include "services/cli/simulate/sample_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/cli/csv_reader.h"
#include "services/cli/spending_options.h"
#include "services/cli/words.h"
#include "services/rpc/text.h"

namespace carecard::cli::simulate {
namespace {

constexpr CurrencyCode sterling{826};

constexpr auto columns = std::to_array<ColumnOfField>({
    {"merchant.name", "merchant"},
    {"merchant.city", "city"},
    {"transaction.minor_units", "amount"},
    {"billing.minor_units", "amount"},
    {"transaction.currency", "currency"},
    {"billing.currency", "currency"},
    {"amount.minor_units", "amount"},
});

/// Where the files are.
class Source {
   public:
    virtual ~Source() = default;
    virtual Result<std::vector<NewBudget>> budgets(std::string_view name) const = 0;
    virtual Result<Done> rows(std::string_view name, const CsvShape& shape,
                              const OnCsvRow& on_row) const = 0;
};

class Directory final : public Source {
   public:
    Directory(std::string path, const Secret& token_key)
        : path_(std::move(path)), token_key_(token_key) {}

    Result<std::vector<NewBudget>> budgets(std::string_view name) const override {
        return read_onboard_file(fmt::format("{}/{}", path_, name), token_key_);
    }
    Result<Done> rows(std::string_view name, const CsvShape& shape,
                      const OnCsvRow& on_row) const override {
        return read_csv(fmt::format("{}/{}", path_, name), shape, on_row);
    }

   private:
    std::string path_;
    const Secret& token_key_;
};

class Memory final : public Source {
   public:
    Memory(const SampleFiles& files, const Secret& token_key)
        : files_(files), token_key_(token_key) {}

    Result<std::vector<NewBudget>> budgets(std::string_view name) const override {
        const Result<std::string_view> bytes = find(name);
        if (!bytes) return bytes.fault();
        return parse_onboard_file(*bytes, token_key_);
    }
    Result<Done> rows(std::string_view name, const CsvShape& shape,
                      const OnCsvRow& on_row) const override {
        const Result<std::string_view> bytes = find(name);
        if (!bytes) return bytes.fault();
        return parse_csv(*bytes, shape, on_row);
    }

   private:
    Result<std::string_view> find(std::string_view name) const {
        const auto found = std::ranges::find(files_, name, &SampleFiles::value_type::first);
        if (found != files_.end()) return std::string_view(found->second);
        return Fault{.kind = FaultKind::not_found,
                     .field = "file",
                     .detail = "is missing",
                     .remedy = "give all five files of the sample"};
    }

    const SampleFiles& files_;
    const Secret& token_key_;
};

/// Reads the files one after another.
class Reader {
   public:
    explicit Reader(const Source& source) : source_(source) {}

    Result<Script> read() {
        script_.currency = sterling;
        script_.columns = columns;
        auto budgets = source_.budgets("onboard.csv");
        if (!budgets) return in_file("onboard.csv", budgets.fault());
        script_.budgets = *std::move(budgets);
        for (std::uint32_t index = 0; index < script_.budgets.size(); ++index) {
            index_[script_.budgets[index].reference] = index;
        }
        const std::pair<const char*, Result<Done> (Reader::*)(std::string_view)> files[] = {
            {"agreements.csv", &Reader::read_agreements},
            {"loads.csv", &Reader::read_loads},
            {"cards.csv", &Reader::read_cards},
            {"payments.csv", &Reader::read_payments},
        };
        for (const auto& [name, reader] : files) {
            const Result<Done> done = (this->*reader)(name);
            if (!done) return in_file(name, done.fault());
        }
        if (script_.payments.empty()) {
            return Fault{.kind = FaultKind::malformed,
                         .field = "payments.csv",
                         .detail = "has no row to play",
                         .remedy = "make a sample month with carecard sample"};
        }
        std::ranges::stable_sort(script_.loads, std::less<>{}, &Load::day);
        std::ranges::stable_sort(script_.changes, std::less<>{}, &Change::day);
        std::ranges::stable_sort(script_.payments, std::less<>{}, &Payment::day);
        script_.run_id = "s" + to_hex(hash_.finish()).substr(0, 12);
        return std::move(script_);
    }

   private:
    static Fault in_file(std::string_view name, Fault fault) {
        fault.detail = fmt::format("{}: {}", name, fault.detail);
        return fault;
    }

    /// What begins every row: a date and an account.
    struct Head {
        RowPlace place;
        DayNumber day;
        std::uint32_t budget = 0;
    };

    Result<Head> head_of(const CsvRow& row) {
        if (row.number > payment_rows_max) {
            return row_fault(row, "file", "is one row too many", "split the file by months");
        }
        for (const std::string& field : row.fields) {
            hash_.update(bytes_of(field));
            hash_.update(bytes_of("\n"));
        }
        const RowPlace place{row.number, row.line};
        const auto day = rpc::parse_day(row.fields[0], "date");
        if (!day) return cli::at_row(place, day.fault());
        const auto found = index_.find(row.fields[1]);
        if (found == index_.end() || script_.budgets[found->second].cards.empty()) {
            return row_fault(row, "account", "is not opened with a card in onboard.csv",
                             "add a row for it there");
        }
        return Head{place, *day, found->second};
    }

    Result<Done> read_agreements(std::string_view name) {
        static const CsvShape shape{.required = {"date", "account", "allow", "refuse", "cash",
                                                 "single_max", "day_max", "month_max", "reason"}};
        return source_.rows(name, shape, [&](const CsvRow& row) -> Result<Done> {
            const Result<Head> head = head_of(row);
            if (!head) return head.fault();
            const auto rules = to_rules({.allow = row.fields[2],
                                         .refuse = row.fields[3],
                                         .cash = row.fields[4],
                                         .single_max = row.fields[5],
                                         .day_max = row.fields[6],
                                         .month_max = row.fields[7]},
                                        sterling);
            if (!rules) return cli::at_row(head->place, rules.fault());
            script_.changes.push_back(
                {head->place, head->budget, head->day, *rules, row.fields[8]});
            return Done{};
        });
    }

    Result<Done> read_loads(std::string_view name) {
        static const CsvShape shape{
            .required = {"date", "account", "purse", "amount", "reference"}};
        return source_.rows(name, shape, [&](const CsvRow& row) -> Result<Done> {
            const Result<Head> head = head_of(row);
            if (!head) return head.fault();
            const auto amount = rpc::parse_amount(row.fields[3], sterling, "amount");
            if (!amount) return cli::at_row(head->place, amount.fault());
            script_.loads.push_back({.place = head->place,
                                     .budget = head->budget,
                                     .day = head->day,
                                     .amount = *amount,
                                     .purse = row.fields[2],
                                     .reference = row.fields[4]});
            return Done{};
        });
    }

    Result<Done> read_cards(std::string_view name) {
        static const CsvShape shape{.required = {"date", "account", "status", "reason"}};
        return source_.rows(name, shape, [&](const CsvRow& row) -> Result<Done> {
            const Result<Head> head = head_of(row);
            if (!head) return head.fault();
            const std::string& status = row.fields[2];
            if (status != "active" && status != "frozen") {
                return row_fault(row, "status", "is neither active nor frozen", "say which");
            }
            script_.changes.push_back(
                {head->place, head->budget, head->day,
                 status == "active" ? v1::CARD_STATUS_ACTIVE : v1::CARD_STATUS_FROZEN,
                 row.fields[3]});
            return Done{};
        });
    }

    static std::optional<PaymentKind> kind_named(std::string_view word) {
        if (word == "purchase") return PaymentKind::purchase;
        if (word == "cash") return PaymentKind::cash;
        if (word == "refund") return PaymentKind::refund;
        return std::nullopt;
    }

    static Result<rpc::Price> price_of(const CsvRow& row) {
        const RowPlace place{row.number, row.line};
        const auto currency = rpc::parse_currency(row.fields[7], "currency");
        if (!currency) return cli::at_row(place, currency.fault());
        const auto amount = rpc::parse_amount(row.fields[6], *currency, "amount");
        if (!amount) return cli::at_row(place, amount.fault());
        if (*amount <= AmountMinor{0}) {
            return row_fault(row, "amount", "is not above zero", "a refund is a kind of its own");
        }
        return rpc::Price{*amount, *currency};
    }

    Result<Done> read_payments(std::string_view name) {
        static const CsvShape shape{.required = {"date", "account", "kind", "mcc", "merchant",
                                                 "city", "amount", "currency", "expected"}};
        return source_.rows(name, shape, [&](const CsvRow& row) -> Result<Done> {
            const Result<Head> head = head_of(row);
            if (!head) return head.fault();
            const auto kind = kind_named(row.fields[2]);
            if (!kind) {
                return row_fault(row, "kind", "is not purchase, cash or refund", "say which");
            }
            const Result<rpc::Price> price = price_of(row);
            if (!price) return price.fault();
            const std::string& expected = row.fields[8];
            if (!expected.empty() && expected != "approved" && !decline_reason_named(expected)) {
                return row_fault(row, "expected", "is neither approved nor a reason",
                                 "leave it empty when it is not known");
            }
            script_.payments.push_back({.place = head->place,
                                        .budget = head->budget,
                                        .day = head->day,
                                        .kind = *kind,
                                        .mcc = row.fields[3],
                                        .merchant = row.fields[4],
                                        .city = row.fields[5],
                                        .transaction = *price,
                                        .billing = *price,
                                        .expected = expected});
            return Done{};
        });
    }

    const Source& source_;
    Script script_;
    Sha256 hash_;
    std::unordered_map<std::string, std::uint32_t> index_;
};

}  // namespace

Result<Script> read_sample(const std::string& directory, const Secret& token_key) {
    const Directory source(directory, token_key);
    return Reader(source).read();
}

Result<Script> parse_sample(const SampleFiles& files, const Secret& token_key) {
    const Memory source(files, token_key);
    return Reader(source).read();
}

}  // namespace carecard::cli::simulate
