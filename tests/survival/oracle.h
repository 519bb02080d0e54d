#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/command.h"
#include "rules/event.h"
#include "services/sequencer/inbox.h"
#include "tests/survival/service.h"

namespace carecard::survival {

/// Knows, apart from every disk, what was asked and what was answered, and judges by it what a
/// restarted service holds.
class Oracle {
   public:
    /// A command that was sent, under its place in the order of sending.
    struct Sent {
        rules::Command command;
        std::optional<rules::Event> answer;  ///< The event it was answered with.
        rules::Stamp stamp;
        bool settled = false;  ///< Answered, if only by a fault.
    };

    /// Notes a command before it is sent. @return its place.
    std::size_t sending(const rules::Command& command);

    /// Notes an answer. A repeat must be answered as before.
    void heard(std::size_t place, const sequencer::Answer& answer);

    [[nodiscard]] const Sent& at(std::size_t place) const { return sent_.at(place); }
    [[nodiscard]] std::size_t size() const { return sent_.size(); }

    /// Places of the commands that nothing was heard about, in their order.
    [[nodiscard]] std::vector<std::size_t> unanswered() const;

    struct Verdict {
        std::vector<std::string> breaches;  ///< What is wrong; empty when all is well.
        std::uint64_t answered = 0;         ///< Answers that were looked for.
        std::uint64_t lost = 0;             ///< Of these, not there or not the same.
        std::uint64_t whole = 0;            ///< Unanswered, and in the journal nevertheless.
        std::uint64_t absent = 0;           ///< Unanswered, and not there.
    };

    /// Compares the journal and the state folded from it with what was sent and heard: every
    /// answer is there, at its sequence and unchanged; every event answers one command, once;
    /// postings sum to zero and make the balances, none of which is below zero.
    [[nodiscard]] Verdict judge(const Service& service);

    /// Of answers given since the last judgement.
    [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

   private:
    struct Stored {
        rules::Event event;
        rules::Stamp stamp;
    };

    bool read_all(const Service& service, std::vector<Stored>& events, Verdict& verdict) const;
    void judge_events(const std::vector<Stored>& events, Verdict& verdict) const;
    void judge_answers(const std::vector<Stored>& events, Verdict& verdict) const;
    void judge_balances(const Service& service, const std::vector<Stored>& events,
                        Verdict& verdict) const;

    std::vector<Sent> sent_;
    std::map<std::string, std::size_t> place_of_key_;
    std::vector<std::string> breaches_;
};

}  // namespace carecard::survival
