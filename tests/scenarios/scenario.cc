#include "tests/scenarios/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "tests/scenarios/acts_cards.h"
#include "tests/scenarios/acts_dispute.h"
#include "tests/scenarios/acts_exposure.h"
#include "tests/scenarios/moment.h"

namespace carecard::scenarios {
namespace {

constexpr std::array<std::string_view, message_columns> first_titles{"when",   "message", "payment",
                                                                     "amount", "details", "answer"};

/// The Monday on which a scenario begins that does not say when.
constexpr Date usual_start{.year = 2026, .month = 3, .day = 2};

/// Takes the line "starts" out of what is given.
Result<Moment> take_start(Sheet& sheet) {
    const Moment usual{.day = cli::day_of(usual_start), .time = {.hour = 9}};
    const auto line = std::ranges::find(sheet.given, "starts", &GivenLine::key);
    if (line == sheet.given.end()) return usual;
    const Moment long_ago{.day = cli::day_of({.year = 2020})};
    const Result<Moment> start =
        parse_moment(fmt::format("{}", fmt::join(line->phrases, ", ")), long_ago);
    if (!start) return placed(start.fault(), sheet.file, line->line);
    sheet.given.erase(line);
    return start;
}

std::vector<BalanceColumn> columns_for(const std::vector<std::string>& purses) {
    std::vector<BalanceColumn> columns;
    for (const std::string& purse : purses) {
        columns.push_back({purse + " available", purse, Figure::available});
        columns.push_back({purse + " held", purse, Figure::held});
    }
    columns.push_back({"exposure", "", Figure::exposure});
    return columns;
}

Result<Done> check_titles(const Sheet& sheet, const std::vector<BalanceColumn>& columns) {
    std::vector<std::string> titles(first_titles.begin(), first_titles.end());
    for (const BalanceColumn& column : columns) titles.push_back(column.title);
    if (sheet.titles == titles) return Done{};
    return placed(
        mistake(fmt::format("the titles are \"{}\"", fmt::join(sheet.titles, " | ")),
                fmt::format("every purse has its two columns: {}", fmt::join(titles, " | "))),
        sheet.file, sheet.rows.front().line);
}

const Verb* find_verb(std::string_view words) {
    for (const auto& verbs :
         {network_verbs(), staff_verbs(), card_verbs(), exposure_verbs(), dispute_verbs()}) {
        const auto found = std::ranges::find(verbs, words, &Verb::words);
        if (found != verbs.end()) return &*found;
    }
    return nullptr;
}

Fault unknown_message(const std::string& word) {
    std::vector<std::string_view> known{"repeat"};
    for (const auto& verbs :
         {network_verbs(), staff_verbs(), card_verbs(), exposure_verbs(), dispute_verbs()}) {
        for (const Verb& verb : verbs) known.push_back(verb.words);
    }
    return mistake(fmt::format("there is no message \"{}\"", word),
                   fmt::format("write one of: {}", fmt::join(known, "; ")));
}

Result<Done> check_use(Use use, const std::string& cell, std::string_view column) {
    if (use == Use::needed && cell.empty()) {
        return mistake(fmt::format("this message has no {}", column),
                       fmt::format("fill in the column \"{}\"", column));
    }
    if (use == Use::none && !cell.empty()) {
        return mistake(fmt::format("this message takes no {}, and here is \"{}\"", column, cell),
                       fmt::format("leave the column \"{}\" empty", column));
    }
    return Done{};
}

/// Reads the rows one after the other; what a name means, the rows before say.
class RowReader {
   public:
    RowReader(Cast& cast, const Moment& start, std::size_t balances)
        : cast_(&cast), now_(start), balances_(balances) {}

    /// Faults have no place.
    Result<Step> read(const SheetRow& row) {
        const Result<Moment> moment = parse_moment(row.cells[0], now_);
        if (!moment) return moment.fault();
        now_ = *moment;
        const Result<TimestampNs> at = instant_of(now_);
        if (!at) return at.fault();
        const Result<Act> act = row.cells[1] == "repeat" ? repeat(row) : new_message(row);
        if (!act) return act.fault();
        Step step{.at = *at, .act = *act, .answer = split(row.cells[answer_column], ", ")};
        const Result<Done> balances = read_balances(row, step);
        if (!balances) return balances.fault();
        return step;
    }

   private:
    Result<Act> repeat(const SheetRow& row) {
        if (!row.cells[3].empty() || !row.cells[4].empty()) {
            return mistake("a repeat says nothing new", "leave amount and details empty");
        }
        const auto sent = sent_.find(row.cells[2]);
        if (sent != sent_.end()) return sent->second;
        return mistake(fmt::format("no row above is about a payment \"{}\"", row.cells[2]),
                       "name the payment whose last message is sent once more");
    }

    Result<Act> new_message(const SheetRow& row) {
        const Verb* const verb = find_verb(row.cells[1]);
        if (verb == nullptr) return unknown_message(row.cells[1]);
        Message message{.line = row.line,
                        .payment = row.cells[2],
                        .details = Phrases(split(row.cells[4], ", "))};
        const Result<Done> payment = check_use(verb->payment, row.cells[2], "payment");
        if (!payment) return payment.fault();
        const Result<Done> amount = check_use(verb->amount, row.cells[3], "amount");
        if (!amount) return amount.fault();
        if (!row.cells[3].empty()) {
            const Result<PricePair> prices = parse_prices(row.cells[3]);
            if (!prices) return prices.fault();
            message.amount = *prices;
        }
        const Result<Act> act = verb->make(message, *cast_);
        if (!act) return act.fault();
        const Result<Done> all = message.details.all_taken();
        if (!all) return all.fault();
        if (!message.payment.empty()) sent_[message.payment] = *act;
        return act;
    }

    /// An empty cell says that the amount is as it was.
    Result<Done> read_balances(const SheetRow& row, Step& step) {
        for (std::size_t index = 0; index < balances_; ++index) {
            const std::string& cell = row.cells[message_columns + index];
            if (cell.empty() && !before_.empty()) {
                step.balances.push_back(before_[index]);
                continue;
            }
            if (cell.empty()) {
                return mistake("the first row lacks a balance", "fill in every balance");
            }
            const Result<AmountMinor> amount = parse_pounds(cell);
            if (!amount) return amount.fault();
            step.balances.push_back(*amount);
        }
        before_ = step.balances;
        return Done{};
    }

    Cast* cast_;
    Moment now_;
    std::size_t balances_;
    std::map<std::string, Act> sent_;
    std::vector<AmountMinor> before_;
};

}  // namespace

Result<Scenario> read_scenario(const std::string& file, const std::string& text, unsigned number) {
    Result<Sheet> sheet = read_sheet(file, text);
    if (!sheet) return sheet.fault();
    const Result<Moment> start = take_start(*sheet);
    if (!start) return start.fault();
    const Result<TimestampNs> starts = instant_of(*start);
    if (!starts) return starts.fault();
    Cast cast(number, file.substr(0, file.rfind('.')));
    Result<std::vector<Opening>> opening = open_all(file, sheet->given, cast);
    if (!opening) return opening.fault();
    Scenario scenario{.sheet = std::move(*sheet),
                      .account = cast.account(),
                      .purses = cast.purses(),
                      .starts = *starts,
                      .opening = std::move(*opening),
                      .columns = columns_for(cast.purses())};
    const Result<Done> titles = check_titles(scenario.sheet, scenario.columns);
    if (!titles) return titles.fault();
    RowReader reader(cast, *start, scenario.columns.size());
    for (std::size_t row = 0; row < scenario.sheet.rows.size(); ++row) {
        Result<Step> step = reader.read(scenario.sheet.rows[row]);
        if (!step) return placed(step.fault(), file, scenario.sheet.rows[row].line);
        step->row = row;
        scenario.steps.push_back(std::move(*step));
    }
    return scenario;
}

}  // namespace carecard::scenarios
