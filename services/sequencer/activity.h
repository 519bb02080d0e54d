#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/id.h"
#include "common/result.h"

namespace carecard::sequencer {

/// One thing that happened on an account: the event at `sequence`.
struct ActivityEntry {
    AccountId account;
    Sequence sequence;
};

/// Which events belong to which account: a projection of the journal, for lists of an account's
/// transactions. It can be thrown away and is then rebuilt. Any thread may read.
class Activity {
   public:
    virtual ~Activity() = default;

    /// Adds entries, in order, and moves the watermark, as one write. One thread.
    /// @return `Done`; `unavailable` when it could not.
    virtual Result<Done> append(std::span<const ActivityEntry> entries, Sequence watermark) = 0;

    /// @param before  only events before this one.
    /// @return at most `count_max` sequences, the newest first; `unavailable` or `corrupt`.
    [[nodiscard]] virtual Result<std::vector<Sequence>> list(AccountId account, Sequence before,
                                                             std::size_t count_max) const = 0;

    /// The last sequence that has been looked at: everything up to it is in.
    [[nodiscard]] virtual Sequence watermark() const = 0;
};

}  // namespace carecard::sequencer
