#include "services/cli/simulate/council_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/cli/card_number.h"
#include "services/cli/london_time.h"
#include "services/rpc/text.h"

namespace carecard::cli::simulate {
namespace {

enum ColumnIndex : std::size_t {
    trans_date,
    merchant_name,
    mcc,
    original_amount,
    original_currency,
    billing_amount,
    billing_currency,
    card_last4,
    cost_centre,
};

const CsvShape& shape() {
    static const CsvShape value{
        .required = {"trans_date", "merchant_name", "mcc", "original_amount", "original_currency",
                     "billing_amount", "billing_currency", "card_last4", "cost_centre"},
        .others = OtherColumns::ignored};
    return value;
}

constexpr auto columns = std::to_array<ColumnOfField>({
    {"merchant.name", "merchant_name"},
    {"mcc", "mcc"},
    {"transaction.minor_units", "original_amount"},
    {"transaction.currency", "original_currency"},
    {"billing.minor_units", "billing_amount"},
    {"billing.currency", "billing_currency"},
    {"account.reference", "cost_centre"},
});

bool is_cash(std::string_view code) { return code == "6010" || code == "6011"; }

bool is_last_four(std::string_view text) {
    return text.size() == 4 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes the rows one by one; then, knowing them all, opens the cards and plans the loads.
class Reader {
   public:
    Reader(const CouncilFileOptions& options, const Secret& token_key)
        : options_(options), token_key_(token_key) {}

    Result<Done> take(const CsvRow& row) {
        if (row.number > payment_rows_max) {
            return row_fault(row, "file", "is one row too many", "split the file by years");
        }
        for (const std::string& field : row.fields) {
            hash_.update(bytes_of(field));
            hash_.update(bytes_of("\n"));
        }
        const auto day = rpc::parse_day(row.fields[trans_date], "trans_date");
        if (!day) return placed(row, day.fault());
        const auto billing = price(row, billing_amount, billing_currency);
        if (!billing) return billing.fault();
        if (billing->amount == AmountMinor{0}) {
            ++script_.skipped;
            return Done{};
        }
        const auto original = price(row, original_amount, original_currency);
        if (!original) return original.fault();
        if ((original->amount < AmountMinor{0}) != (billing->amount < AmountMinor{0})) {
            return row_fault(row, "original_amount", "has another sign than billing_amount",
                             "give both amounts of a payment or of a refund");
        }
        const auto budget = budget_of(row);
        if (!budget) return budget.fault();
        add(row, *day, *original, *billing, *budget);
        return Done{};
    }

    Result<Script> finish() && {
        if (script_.payments.empty()) {
            return Fault{.kind = FaultKind::malformed,
                         .field = "file",
                         .detail = "has no row to play",
                         .remedy = "give a file with payments that are not zero"};
        }
        std::ranges::stable_sort(script_.payments, std::less<>{}, &Payment::day);
        script_.run_id = "r" + to_hex(hash_.finish()).substr(0, 12);
        script_.currency = script_.payments.front().billing.currency;
        script_.columns = columns;
        issue_cards();
        plan_loads();
        return std::move(script_);
    }

   private:
    static Fault placed(const CsvRow& row, Fault fault) {
        return cli::at_row({row.number, row.line}, std::move(fault));
    }

    static Result<rpc::Price> price(const CsvRow& row, ColumnIndex amount, ColumnIndex currency) {
        const auto code = rpc::parse_currency(row.fields[currency], shape().required[currency]);
        if (!code) return placed(row, code.fault());
        const auto value = rpc::parse_amount(row.fields[amount], *code, shape().required[amount]);
        if (!value) return placed(row, value.fault());
        return rpc::Price{*value, *code};
    }

    Result<std::uint32_t> budget_of(const CsvRow& row) {
        const std::string& last_four = row.fields[card_last4];
        if (!is_last_four(last_four)) {
            return row_fault(row, "card_last4", "is not 4 digits",
                             "give the last four digits of the card's number");
        }
        std::string reference = last_four + '/' + row.fields[cost_centre];
        const auto [place, is_new] = index_.try_emplace(
            std::move(reference), static_cast<std::uint32_t>(script_.budgets.size()));
        if (is_new) {
            if (++accounts_with_[last_four] > test_card_serials) {
                return row_fault(row, "card_last4", "is that of more than 100,000 accounts",
                                 "split the file by cost centres");
            }
            v1::NewPurse purse;
            purse.set_name("budget");
            purse.set_priority(1);
            script_.budgets.push_back({.reference = place->first,
                                       .arrangement = v1::ARRANGEMENT_PERSONAL_BUDGET,
                                       .purses = {std::move(purse)},
                                       .place = {row.number, row.line}});
        }
        return place->second;
    }

    void add(const CsvRow& row, DayNumber day, rpc::Price original, rpc::Price billing,
             std::uint32_t budget) {
        Payment payment{
            .place = {row.number, row.line},
            .budget = budget,
            .day = day,
            .kind = is_cash(row.fields[mcc]) ? PaymentKind::cash : PaymentKind::purchase,
            .mcc = row.fields[mcc],
            .merchant = row.fields[merchant_name],
            .transaction = original,
            .billing = billing};
        if (billing.amount < AmountMinor{0}) {
            payment.kind = PaymentKind::refund;
            payment.transaction.amount = -original.amount;
            payment.billing.amount = -billing.amount;
        }
        script_.payments.push_back(std::move(payment));
    }

    void issue_cards() {
        const std::string expiry =
            fmt::format("{:04}-12", date_of(script_.payments.back().day).year + 1);
        std::set<std::string> numbers;
        for (NewBudget& budget : script_.budgets) {
            const std::string last_four = budget.reference.substr(0, 4);
            std::string number;
            // Another serial when two accounts that share their last four would share a number.
            for (std::uint32_t serial = first_serial(budget.reference);; ++serial) {
                number = test_card_number(serial % test_card_serials, last_four);
                if (numbers.insert(number).second) break;
            }
            budget.cards.push_back({.token = token_of(token_key_, number),
                                    .last_four = last_four,
                                    .expiry = expiry,
                                    .place = budget.place});
        }
    }

    [[nodiscard]] std::uint32_t first_serial(std::string_view reference) const {
        const Hash32 hash =
            sha256({bytes_of(options_.programme), bytes_of("\n"), bytes_of(reference)});
        std::uint32_t value = 0;
        for (std::size_t index = 0; index < 4; ++index) {
            value = value << 8U | std::to_integer<std::uint32_t>(hash[index]);
        }
        return value % test_card_serials;
    }

    void plan_loads() {
        // By month and account, so that loads come out in the order of their days.
        std::map<std::pair<DayNumber, std::uint32_t>, std::pair<AmountMinor, RowPlace>> needed;
        for (const Payment& payment : script_.payments) {
            if (payment.kind == PaymentKind::refund) continue;
            auto& [sum, place] = needed[{first_of_month(payment.day), payment.budget}];
            if (place.number == 0) place = payment.place;
            if (payment.billing.currency == script_.currency) {
                sum.value += payment.billing.amount.value;
            }
        }
        for (const auto& [key, need] : needed) {
            const AmountMinor amount = options_.monthly_load.value_or(need.first);
            if (amount <= AmountMinor{0}) continue;
            script_.loads.push_back(
                {.place = need.second,
                 .budget = key.second,
                 .day = key.first,
                 .amount = amount,
                 .reference =
                     fmt::format("{}-{}", script_.run_id, rpc::to_text(key.first).substr(0, 7))});
        }
    }

    const CouncilFileOptions& options_;
    const Secret& token_key_;
    Script script_;
    Sha256 hash_;
    std::unordered_map<std::string, std::uint32_t> index_;
    std::unordered_map<std::string, std::uint32_t> accounts_with_;  ///< By their last four.
};

template <class Read>
Result<Script> read_with(const CouncilFileOptions& options, const Secret& token_key,
                         const Read& read) {
    Reader reader(options, token_key);
    const Result<Done> done = read([&](const CsvRow& row) { return reader.take(row); });
    if (!done) return done.fault();
    return std::move(reader).finish();
}

}  // namespace

Result<Script> read_council_file(const std::string& path, const CouncilFileOptions& options,
                                 const Secret& token_key) {
    return read_with(options, token_key,
                     [&](const OnCsvRow& on_row) { return read_csv(path, shape(), on_row); });
}

Result<Script> parse_council_file(std::string_view bytes, const CouncilFileOptions& options,
                                  const Secret& token_key) {
    return read_with(options, token_key,
                     [&](const OnCsvRow& on_row) { return parse_csv(bytes, shape(), on_row); });
}

}  // namespace carecard::cli::simulate
