#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "common/limits.h"
#include "common/result.h"
#include "common/secret.h"
#include "rules/decide.h"

namespace carecard::sequencer {

/// What became of a command, told once, after it is durable.
struct Answer {
    /// The event when there is one (borrowed for the call); otherwise why there is none.
    std::variant<const rules::Event*, rules::RefusedUnrecorded, Fault> outcome;
    rules::Stamp stamp;   ///< The event's; where the state stood when there is none.
    bool replay = false;  ///< The command was answered before: this is that answer again.
};

/// Called on the sequencer's thread, exactly once. Must not throw, block, or call the sequencer.
using Reply = std::function<void(const Answer&)>;

/// A command on its way to be decided.
struct Submission {
    rules::Command command;
    Reply reply;
    std::int64_t deadline_ns = 0;  ///< Monotonic; what is taken out later is dropped undecided.
    std::optional<Secret> account_key;  ///< With `OpenAccount` only; in the vault already.
};

/// Something to read from the state, on the sequencer's thread, when all of it is durable.
struct Query {
    std::function<void(const rules::State&)> run;  ///< Bounded work; must not throw or block.
};

using InboxItem = std::variant<Submission, Query>;

/// The one bounded first-in-first-out queue into the sequencer. Any thread may push; only the
/// sequencer's takes out. Nothing overtakes.
class Inbox {
   public:
    /// @param wake  called after each push, outside the lock, on the pusher's thread.
    explicit Inbox(std::function<void()> wake = [] {}) : wake_(std::move(wake)) {}

    /// @return `Done`; `overloaded` at once when the inbox is full: not decided, and `item` is
    ///         left as it was. A quarter of the places is kept for presentments, reversals and
    ///         staff, so that authorisations are refused first.
    Result<Done> push(InboxItem&& item);

    /// Moves at most `count_max` items, oldest first, to the end of `out`.
    void take(std::vector<InboxItem>& out, std::size_t count_max);

    [[nodiscard]] std::size_t size() const;

   private:
    mutable std::mutex mutex_;      // guards items_ and first_
    std::vector<InboxItem> items_;  // not a deque: that allocates for each item of this size
    std::size_t first_ = 0;         // what is before it was taken
    std::function<void()> wake_;
};

}  // namespace carecard::sequencer
