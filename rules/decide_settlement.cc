#include <algorithm>
#include <string>

#include "common/check.h"
#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

void add(DayTotals& sum, const DayTotals& day) {
    sum.debit_count += day.debit_count;
    sum.credit_count += day.credit_count;
    sum.debit.value += day.debit.value;
    sum.credit.value += day.credit.value;
}

Fault day_conflict(std::string detail, std::string remedy) {
    return {.kind = FaultKind::conflict,
            .field = "day",
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

/// Why this day has no batch of its own and cannot get one.
Fault cannot_close(const Programme& programme, DayNumber day) {
    if (day >= programme.business_day) {
        return day_conflict("this business day has not ended",
                            "close it after the programme's cut-off");
    }
    if (!programme.batches.empty() && day <= programme.batches.back().day) {
        return day_conflict("this day is part of a later day's batch",
                            "list the programme's batches and download that one");
    }
    return day_conflict("this day is before the programme began", "give a later day");
}

}  // namespace

Decision decide(const State& state, const EndBusinessDay& command, const Stamp&) {
    const Programme& programme = state.at(command.programme);
    CHECK(programme.business_day == command.day);
    return Event{BusinessDayEnded{.request = command,
                                  .last = state.last,
                                  .cleared = programme.today,
                                  .trial_balance = programme.ledger}};
}

Decision decide(const State& state, const CloseSettlement& command, const Stamp&) {
    const Programme* programme = visible(state, command.request, command.programme);
    if (programme == nullptr) return no_such_programme();
    const auto closed =
        std::find_if(programme->batches.begin(), programme->batches.end(),
                     [&](const ClosedBatch& batch) { return batch.day == command.day; });
    if (closed != programme->batches.end()) return AlreadyRecorded{closed->closed_at};

    SettlementClosed event{.request = command,
                           .programme = programme->id,
                           .number = programme->batch_number + 1,
                           .first = {1}};
    if (!programme->batches.empty()) event.first = {programme->batches.back().last.value + 1};
    bool ended = false;
    for (const EndedDay& day : programme->ended) {
        if (day.day > command.day) break;
        add(event.cleared, day.cleared);
        event.last = day.last;
        ended = day.day == command.day;
    }
    if (!ended) return cannot_close(*programme, command.day);
    return Event{event};
}

Decision decide(const State& state, const SetOffsetTable& command, const Stamp&) {
    if (command.zone == state.zone && command.table == state.offsets) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "offsets",
                     .detail = "this table is in force already",
                     .remedy = "nothing needs to be done"};
    }
    return Event{OffsetTableSet{.request = command}};
}

Decision decide(const State& state, const AdvanceClock& command, const Stamp&) {
    if (command.to < state.last_ns) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "to",
                     .detail = "the simulated clock is past this time",
                     .remedy = "give a later time; ReadStatus tells the clock"};
    }
    return Event{ClockAdvanced{.request = command}};
}

Decision decide(const State& state, const AcceptClock& command, const Stamp&) {
    return Event{ClockAccepted{.request = command, .last = state.last_ns}};
}

}  // namespace carecard::rules
