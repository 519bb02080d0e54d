#include "tests/simulation/front_desk.h"

#include <fmt/format.h>

#include <cstdlib>
#include <variant>

#include "common/limits.h"
#include "services/sequencer/core.h"

namespace carecard::simulation {
namespace {

/// Request keys are forgotten in blocks of a minute.
constexpr long window_edge = minutes(3).value;

template <class C>
C without_request(C command) {
    if constexpr (requires { command.request; }) command.request = {};
    if constexpr (requires { command.requested_by; }) command.requested_by = {};
    return command;
}

bool same_content(const rules::Command& a, const rules::Command& b) {
    return std::visit(
        [&b]<class C>(const C& one) {
            const C* other = std::get_if<C>(&b);
            return other != nullptr && without_request(one) == without_request(*other);
        },
        a);
}

/// The same command, but for when an operator looked at the clock.
bool same_request(const rules::Command& a, const rules::Command& b) {
    if (std::holds_alternative<rules::AcceptClock>(a)) return a.index() == b.index();
    return a == b;
}

/// The field by which a command happens once.
const char* once_field(const rules::Command& command) {
    if (std::holds_alternative<rules::ReleaseStage>(command)) return "stage";
    if (std::holds_alternative<rules::SetEarmark>(command)) return "reference";
    return std::holds_alternative<rules::Load>(command) ? "reference" : "presentment_id";
}

}  // namespace

const FrontDesk::Told* FrontDesk::told_before(const rules::Command& command, long now) const {
    const rules::Request* request = sequencer::request_of(command);
    if (request == nullptr || request->key.empty()) return nullptr;
    const auto told =
        told_.find({request->council.str(), request->caller.str(), request->key.str()});
    if (told == told_.end() || now - told->second.at > request_window.value) return nullptr;
    return &told->second;
}

bool FrontDesk::is_on_the_edge(const rules::Command& command, long now) const {
    const Told* told = told_before(command, now - window_edge);
    return told != nullptr && now - told->at > request_window.value - window_edge;
}

std::string FrontDesk::answer(const rules::Command& command, long now) {
    const Told* before = told_before(command, now);
    if (before != nullptr) {
        return same_request(before->command, command) ? "again " + before->answer
                                                      : "refused conflict request_key";
    }
    if (std::holds_alternative<rules::AdvanceClock>(command)) return "refused conflict to";
    if (std::holds_alternative<rules::AcceptClock>(command)) {
        if (!clock_is_accepted) return "refused conflict ";
        clock_is_accepted = false;
    }
    return answer_new(command, now);
}

std::string FrontDesk::answer_new(const rules::Command& command, long now) {
    const std::string said = opinion.answer(command, now, last + 1);
    if (said.starts_with("refused recorded at ")) {
        const Told& before = events_.at(std::atol(said.c_str() + said.rfind(' ')));
        return same_content(before.command, command)
                   ? "again " + before.answer
                   : fmt::format("refused conflict {}", once_field(command));
    }
    if (said.starts_with("refused")) return said;
    ++last;
    const Told told{command, fmt::format("{} ({})", said, last), now};
    const rules::Request* request = sequencer::request_of(command);
    if (request != nullptr) {
        told_[{request->council.str(), request->caller.str(), request->key.str()}] = told;
    }
    events_[last] = told;
    return told.answer;
}

std::string FrontDesk::answer_due(const rules::Command& command, long now) {
    const std::string said = opinion.answer(command, now, last + 1);
    return fmt::format("{} ({})", said, ++last);
}

void FrontDesk::start(const sequencer::ClockReading& reading) {
    base_ = reading;
    clock_is_accepted = false;
    if (opinion.last_now == 0) return;
    const long gap = reading.wall.value - opinion.last_now;
    const bool believable = gap <= clock_gap_max.value && gap >= -clock_step_max.value;
    if (!believable) base_.wall = {opinion.last_now};
}

bool FrontDesk::believes(const sequencer::ClockReading& reading) {
    const long by_wall = reading.wall.value - base_.wall.value;
    const long by_monotonic = reading.monotonic_ns - base_.monotonic_ns;
    const bool believed = std::abs(by_wall - by_monotonic) <= clock_step_max.value;
    if (believed) base_ = reading;
    return believed;
}

bool FrontDesk::is_word_on_clock(const rules::Command& command) const {
    return std::holds_alternative<rules::AcceptClock>(command) &&
           told_before(command, opinion.last_now) == nullptr;
}

}  // namespace carecard::simulation
