#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rules/event.h"

/// What a simulation does, as data: made from a seed alone, so that it can be run again, and run
/// again with a part of it left out.
namespace carecard::simulation {

enum class Act : unsigned char {
    send,         ///< A command goes into the inbox.
    decide,       ///< What is in the inbox is decided.
    project,      ///< The projections catch up.
    archive,      ///< They do, survive a crash, and what is over leaves memory.
    sweep,        ///< Images of everything, flushed.
    restart,      ///< The process ends in order and starts again.
    crash,        ///< The same; and the projections fall back to their last flush.
    lose_commit,  ///< The next commit fails, and its record is not there afterwards.
    keep_commit,  ///< The next commit fails, and its record is there all the same.
    jump,         ///< The wall clock jumps by `by`.
    come_back,    ///< It goes back to where it was before its jumps.
};

struct Step {
    std::int64_t at_ns = 0;  ///< Since 1970 when time passes evenly; never less than before.
    Act act = Act::send;
    rules::Command command = {};  ///< For `send`. May name authorisations by step, see `Renaming`.
    DurationNs by = {};           ///< For `jump`.
    int number = 0;               ///< Its place in the whole script, from 1.
};
using Script = std::vector<Step>;

/// What comes before every script: the second opinion knows London's time only.
[[nodiscard]] rules::Command london_table();

/// Commands of every kind with pauses between them: repeats with the same and with other fields,
/// neighbours in the wrong order, reversals and presentments before their authorisation.
[[nodiscard]] Script commands_of(std::uint64_t seed, int commands);

/// The same in groups, with restarts, crashes, failed commits and jumps of the clock among them.
[[nodiscard]] Script life_of(std::uint64_t seed, int commands);

/// In a script an authorisation is named by the step that asks for it, since its id and its code
/// are known only when it has been decided; so is a payment that begins with its clearing, and a
/// proposal by the step that makes it. Puts the real ones in.
class Renaming {
   public:
    /// Learns what the step `number` began, as the event `sequence`.
    void hear(int number, const rules::Event& event, Sequence sequence);
    /// @return `command` with real names; those of a step that began nothing are nobody's.
    [[nodiscard]] rules::Command operator()(rules::Command command) const;

   private:
    struct Names {
        AuthorisationId id;
        rules::AuthorisationCode code;
    };
    std::map<std::uint64_t, Names> names_;
    std::map<std::uint64_t, Sequence> proposals_;
};

/// A step in one line, for people.
[[nodiscard]] std::string text_of(const Step& step);
/// The steps, a line each.
[[nodiscard]] std::string text_of(const Script& script);

}  // namespace carecard::simulation
