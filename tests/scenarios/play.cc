#include "tests/scenarios/play.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "services/rpc/faults.h"

namespace carecard::scenarios {
namespace {

using Admin = v1::AdminService::Stub;

/// One scenario while it is played.
class Performance {
   public:
    Performance(end_to_end::Service& service, const Scenario& scenario)
        : service_(&service), scenario_(&scenario), stage_(service, scenario.purses) {}

    void open() {
        for (const Opening& opening : scenario_->opening) {
            const Answer answer = opening.act(stage_);
            if (answer.must == std::vector<std::string>{"done"}) continue;
            std::vector<std::string> said = answer.must;
            said.insert(said.end(), answer.may.begin(), answer.may.end());
            complain(opening.line, fmt::format("cannot be opened: {}", fmt::join(said, ", ")));
        }
    }

    void play(const Step& step) {
        const SheetRow& row = scenario_->sheet.rows[step.row];
        const Answer answer = step.act(stage_);
        if (!agrees(step.answer, answer)) {
            const std::string got = corrected(step.answer, answer);
            std::string besides;
            if (!answer.may.empty()) {
                besides = fmt::format(" (true besides: {})", fmt::join(answer.may, ", "));
            }
            differ(step.row, answer_column, row.cells[answer_column], got, besides);
        }
        const std::optional<v1::ReadAccountResponse> account = read_account(row.line);
        if (!account) return;
        if (answer.available && answer.available->value != account->available().minor_units()) {
            complain(row.line,
                     fmt::format("the answer says that {} is left, the account has {}",
                                 pounds(*answer.available), text_of(account->available())));
        }
        for (std::size_t index = 0; index < scenario_->columns.size(); ++index) {
            const AmountMinor got = figure_of(scenario_->columns[index], *account);
            if (got == step.balances[index]) continue;
            differ(step.row, message_columns + index, pounds(step.balances[index]), pounds(got),
                   "");
        }
    }

    void complain(int line, const std::string& complaint) {
        complaints_.push_back(fmt::format("{}:{}: {}", scenario_->sheet.file, line, complaint));
    }

    [[nodiscard]] Report report() const {
        if (complaints_.empty()) return {};
        std::vector<TableLine> lines{scenario_->sheet.titles, {}};
        for (std::size_t row = 0; row < scenario_->sheet.rows.size(); ++row) {
            lines.push_back(scenario_->sheet.rows[row].cells);
            const auto got = got_.find(row);
            if (got != got_.end()) lines.push_back(got->second);
        }
        return {fmt::format("{}\n\n{}\n\n{}", fmt::join(complaints_, "\n"), scenario_->sheet.title,
                            lay_out(lines))};
    }

   private:
    void differ(std::size_t row, std::size_t column, const std::string& expected,
                const std::string& got, const std::string& besides) {
        complain(scenario_->sheet.rows[row].line,
                 fmt::format("{}: expected \"{}\", got \"{}\"{}", scenario_->sheet.titles[column],
                             expected, got, besides));
        TableLine& line = got_[row];
        line.resize(scenario_->sheet.titles.size());
        line[0] = ">>> got";
        line[column] = got;
    }

    std::optional<v1::ReadAccountResponse> read_account(int line) {
        v1::ReadAccountRequest request;
        *request.mutable_account() = scenario_->account;
        v1::ReadAccountResponse response;
        const grpc::Status status =
            end_to_end::call(*service_->staff("support"), &Admin::ReadAccount, request, response);
        if (status.ok()) return response;
        complain(line, "the account cannot be read: " + rpc::explain(status));
        return std::nullopt;
    }

    static AmountMinor figure_of(const BalanceColumn& column,
                                 const v1::ReadAccountResponse& account) {
        if (column.figure == Figure::exposure) return {account.exposure().minor_units()};
        for (const v1::Purse& purse : account.purses()) {
            if (purse.name() != column.purse) continue;
            const bool held = column.figure == Figure::held;
            return {held ? purse.held().minor_units() : purse.available().minor_units()};
        }
        return {};
    }

    end_to_end::Service* service_;
    const Scenario* scenario_;
    Stage stage_;
    std::vector<std::string> complaints_;
    std::map<std::size_t, TableLine> got_;  ///< By row.
};

/// What comes next: a scenario's opening, or one of its steps.
struct Turn {
    TimestampNs at;
    Performance* performance = nullptr;
    const Step* step = nullptr;  ///< Null for the opening.
    int line = 0;
};

grpc::Status advance(end_to_end::Service& service, TimestampNs to) {
    v1::AdvanceClockRequest request;
    request.set_request_key(fmt::format("to-{}", to.value));
    request.set_reason("a scenario says so");
    rpc::set_timestamp(to, *request.mutable_to());
    v1::AdvanceClockResponse response;
    return end_to_end::call(*service.staff("operator"), &Admin::AdvanceClock, request, response);
}

}  // namespace

std::vector<Report> play(end_to_end::Service& service, const std::vector<Scenario>& scenarios) {
    std::vector<Performance> performances;
    performances.reserve(scenarios.size());
    std::vector<Turn> turns;
    for (const Scenario& scenario : scenarios) {
        Performance& performance = performances.emplace_back(service, scenario);
        turns.push_back({.at = scenario.starts, .performance = &performance});
        for (const Step& step : scenario.steps) {
            turns.push_back({.at = step.at,
                             .performance = &performance,
                             .step = &step,
                             .line = scenario.sheet.rows[step.row].line});
        }
    }
    std::ranges::stable_sort(turns, {}, &Turn::at);
    TimestampNs now;
    for (const Turn& turn : turns) {
        if (turn.at > now) {
            const grpc::Status moved = advance(service, turn.at);
            if (!moved.ok()) {
                turn.performance->complain(
                    turn.line, "the clock cannot be moved here: " + rpc::explain(moved));
            }
            now = turn.at;
        }
        if (turn.step == nullptr) {
            turn.performance->open();
        } else {
            turn.performance->play(*turn.step);
        }
    }
    std::vector<Report> reports;
    for (const Performance& performance : performances) reports.push_back(performance.report());
    return reports;
}

}  // namespace carecard::scenarios
