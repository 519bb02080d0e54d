#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "rules/command.h"
#include "services/sequencer/clock.h"
#include "tests/simulation/opinion.h"

namespace carecard::simulation {

/// What stands between a caller and the rules, in the second opinion's plain way: whoever asks the
/// same again gets the same answer, and nothing is decided while the clock is not believed.
class FrontDesk {
   public:
    /// What should be told to a caller, with the event it stands for: "approved 5 (17)". What was
    /// told before begins with "again".
    std::string answer(const rules::Command& command, long now);

    /// What becomes of what is due by itself, as the next event.
    std::string answer_due(const rules::Command& command, long now);

    /// Whether a command is at the very end of the time in which a repeat is recognised, where
    /// either answer is right.
    [[nodiscard]] bool is_on_the_edge(const rules::Command& command, long now) const;

    /// The process begins: its clock is compared with the last event's stamp.
    void start(const sequencer::ClockReading& reading);
    /// Whether the clock is believed now. When it is, it is what the next reading is judged by.
    bool believes(const sequencer::ClockReading& reading);
    /// Whether this is an operator's word that the clock is right, and a new one.
    [[nodiscard]] bool is_word_on_clock(const rules::Command& command) const;
    void accept(const sequencer::ClockReading& reading) { base_ = reading; }

    Opinion opinion;
    long last = 0;                   ///< The last event.
    bool clock_is_accepted = false;  ///< By a command that is about to be recorded.

   private:
    struct Told {
        rules::Command command;
        std::string answer;
        long at = 0;
    };
    using Key = std::tuple<std::string, std::string, std::string>;
    [[nodiscard]] const Told* told_before(const rules::Command& command, long now) const;
    std::string answer_new(const rules::Command& command, long now);

    std::map<Key, Told> told_;
    std::map<long, Told> events_;
    sequencer::ClockReading base_;
};

}  // namespace carecard::simulation
