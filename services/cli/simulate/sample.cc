#include "services/cli/simulate/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <tuple>

#include "common/check.h"
#include "services/cli/card_number.h"
#include "services/cli/csv_reader.h"
#include "services/cli/london_time.h"
#include "services/cli/simulate/sample_lives.h"
#include "services/rpc/currency.h"
#include "services/rpc/text.h"

namespace carecard::cli::simulate {
namespace {

constexpr CurrencyCode sterling{826};
constexpr auto cities = std::to_array<std::string_view>(
    {"Riverdale", "Millbrook", "Eastgate", "Thornbury", "Ashford Green"});

struct Row {
    DayNumber day;
    std::uint32_t holder = 0;
    std::string text;
};

std::string lines_of(std::string_view header, std::vector<Row> rows) {
    std::ranges::stable_sort(rows, [](const Row& left, const Row& right) {
        return std::tie(left.day, left.holder) < std::tie(right.day, right.holder);
    });
    std::string text = fmt::format("{}\n", header);
    for (const Row& row : rows) text += row.text + "\n";
    return text;
}

std::string pounds(AmountMinor amount) { return rpc::amount_text(amount, sterling); }

DayNumber next_month(DayNumber first) {
    Date date = date_of(first);
    const bool december = date.month == 12;
    date.year += december ? 1 : 0;
    date.month = static_cast<std::uint8_t>(december ? 1 : date.month + 1);
    return day_of(date);
}

/// What must be loaded so that all that is to be approved is, to a whole pound.
AmountMinor needed(const SampleLife& life) {
    std::int64_t sum = life.load_beyond_need.value;
    for (const SamplePayment& payment : life.payments) {
        if (payment.expected == "approved") sum += payment.amount.value;
    }
    return {(sum + 99) / 100 * 100};
}

/// The files under way.
class Writer {
   public:
    explicit Writer(const SampleOptions& options) : options_(options), random_(options.seed) {
        days_ = next_month(options.month).value - options.month.value;
        expiry_year_ = date_of(options.month).year + 2;
    }

    void add_holder(std::uint32_t holder) {
        const SampleLife life =
            invent_life(holder % sample_life_kinds, options_.month, days_, random_);
        const std::string account = fmt::format("RC-{:04}", 1001 + holder);
        add_account(holder, account, life);
        add_agreement(holder, account, life);
        loads_.push_back({options_.month, holder,
                          fmt::format("{},{},{},{},{}-{}", rpc::to_text(options_.month), account,
                                      life.purse, pounds(needed(life)), account,
                                      rpc::to_text(options_.month).substr(0, 7))});
        for (const SampleCardChange& change : life.card_changes) {
            cards_.push_back({change.day, holder,
                              fmt::format("{},{},{},{}", rpc::to_text(change.day), account,
                                          change.status, change.reason)});
        }
        add_payments(holder, account, life);
    }

    SampleFiles finish() && {
        return {
            {"onboard.csv", lines_of("account,arrangement,purse,priority,card_number,expiry,holder,"
                                     "holder_reference",
                                     std::move(accounts_))},
            {"agreements.csv",
             lines_of("date,account,allow,refuse,cash,single_max,day_max,month_max,reason",
                      std::move(agreements_))},
            {"loads.csv", lines_of("date,account,purse,amount,reference", std::move(loads_))},
            {"cards.csv", lines_of("date,account,status,reason", std::move(cards_))},
            {"payments.csv",
             lines_of("date,account,kind,mcc,merchant,city,amount,currency,expected",
                      std::move(payments_))},
        };
    }

   private:
    void add_account(std::uint32_t holder, const std::string& account, const SampleLife& life) {
        const auto last_four = fmt::format("{:04}", random_.between(0, 9'999));
        accounts_.push_back(
            {options_.month, holder,
             fmt::format("{},{},{},1,{},{:04}-{:02},{},H-{:04}", account, life.arrangement,
                         life.purse, test_card_number(holder, last_four), expiry_year_,
                         random_.between(1, 12), life.holder, 1001 + holder)});
        if (life.second_purse.empty()) return;
        accounts_.push_back(
            {options_.month, holder,
             fmt::format("{},{},{},2,,,,", account, life.arrangement, life.second_purse)});
    }

    void add_agreement(std::uint32_t holder, const std::string& account, const SampleLife& life) {
        agreements_.push_back({options_.month, holder,
                               fmt::format("{},{},{},{},{},{},,,{}", rpc::to_text(options_.month),
                                           account, life.allow, life.refuse, life.cash,
                                           pounds(life.single_max), csv_field(life.reason))});
    }

    void add_payments(std::uint32_t holder, const std::string& account, const SampleLife& life) {
        const std::string_view city = cities[holder % cities.size()];
        for (const SamplePayment& payment : life.payments) {
            payments_.push_back(
                {payment.day, holder,
                 fmt::format("{},{},{},{},{},{},{},GBP,{}", rpc::to_text(payment.day), account,
                             payment.kind, payment.mcc, csv_field(payment.merchant), city,
                             pounds(payment.amount), payment.expected)});
        }
    }

    const SampleOptions& options_;
    SampleRandom random_;
    int days_ = 0;
    int expiry_year_ = 0;
    std::vector<Row> accounts_;
    std::vector<Row> agreements_;
    std::vector<Row> loads_;
    std::vector<Row> cards_;
    std::vector<Row> payments_;
};

}  // namespace

SampleFiles make_sample(const SampleOptions& options) {
    CHECK(options.holders >= 1);
    CHECK(options.holders <= sample_holders_max);
    CHECK(first_of_month(options.month) == options.month);
    Writer writer(options);
    for (std::uint32_t holder = 0; holder < options.holders; ++holder) writer.add_holder(holder);
    return std::move(writer).finish();
}

}  // namespace carecard::cli::simulate
