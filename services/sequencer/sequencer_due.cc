#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "common/check.h"
#include "common/limits.h"
#include "services/sequencer/sequencer.h"

// What the sequencer does because its time has come.
namespace carecard::sequencer {

/// Every cut-off that has passed, before anything else; then a bounded number of ended purses,
/// the council's own payments and expired holds.
void Sequencer::take_due(TimestampNs until) {
    const auto take_one = [this](const std::optional<rules::Due>& due) {
        return due && decided_.size() < due_items_per_turn_max &&
               take_due_item(*due) == Taken::taken;
    };
    while (take_one(rules::next_cut_off(core_.state, until, passed_over_))) {
    }
    while (take_one(rules::next_purse_end(core_.state, until, passed_over_))) {
    }
    while (take_one(rules::next_council_payment(core_.state, until, passed_over_))) {
    }
    while (take_one(rules::next_expiry(core_.state, until, passed_over_))) {
    }
}

Sequencer::Taken Sequencer::take_due_item(const rules::Due& due) {
    const Marked command = mark(due.command);
    if (is_quarantined(command)) {
        pass_over(due.command);
        ++counters_.quarantined;
        ports_.on_quarantined(command);
        return Taken::taken;
    }
    if (!may_join(command)) return Taken::next_group;
    poison_.begin(command);
    rules::Decision decision = rules::decide(core_.state, due.command, next_stamp());
    rules::Event* event = std::get_if<rules::Event>(&decision);
    CHECK(event != nullptr);
    return record(std::move(*event), nullptr);
}

/// The money stays held or in its purse, or the business day goes on, until it is released: better
/// than to serve nobody.
void Sequencer::pass_over(const rules::Command& command) {
    if (const auto* hold = std::get_if<rules::ExpireHold>(&command)) {
        passed_over_.holds.insert(hold->authorisation);
    } else if (const auto* purse = std::get_if<rules::EndPurse>(&command)) {
        passed_over_.purses.emplace(purse->account, purse->purse);
    } else if (const auto* payment = std::get_if<rules::PayEarmark>(&command)) {
        passed_over_.earmarks.insert(payment->earmark);
    } else {
        passed_over_.programmes.insert(std::get<rules::EndBusinessDay>(command).programme);
    }
}

/// One due instant in each turn, with its own stamp; and the command itself when none is left.
Result<Done> Sequencer::advance_clock() {
    const TimestampNs to = *advancing_to_;
    const std::optional<rules::Due> due = rules::next_due(core_.state, to, passed_over_);
    const TimestampNs at = due ? std::max(due->at, now_) : std::max(to, now_);
    ports_.simulated->set(at);
    begin_group(at);
    if (due) {
        take_due(at);
        return Done{};
    }
    advancing_to_.reset();
    const Result<Taken> taken = take(std::get<Submission>(taken_[next_]));
    if (!taken) return taken.fault();
    ++next_;
    return Done{};
}

}  // namespace carecard::sequencer
