#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.h"
#include "common/result.h"
#include "services/settlement/book_format.h"

namespace carecard::settlement {

/// What can be asked about the batches: written by the thread that follows the journal, read by
/// the threads that answer calls. Safe on any thread.
class Catalogue {
   public:
    void add_programme(const ProgrammeRow& programme);
    /// One of the same programme and number is replaced.
    /// @pre the batch's files are durable and its programme was added.
    void add_batch(const ClosedBatch& batch);
    void set_as_of(Sequence sequence);
    /// Wakes all who wait, for good: there will be no more batches.
    void stop();

    /// The last event of the journal that has been folded.
    [[nodiscard]] Sequence as_of() const;

    [[nodiscard]] std::optional<ClosedBatch> find(std::string_view programme,
                                                  std::uint64_t number) const;

    /// At most `count_max` batches with numbers below `before`, the newest first.
    [[nodiscard]] std::vector<ClosedBatch> list(std::string_view programme, std::uint64_t before,
                                                std::size_t count_max) const;

    using Deadline = std::chrono::system_clock::time_point;

    /// How long to wait for what has not been folded yet: to the deadline, and no longer than
    /// somebody wants the answer, which is asked every `cancel_poll_interval`.
    struct Wait {
        Deadline deadline = Deadline::min();
        std::function<bool()> given_up;  ///< Empty: never.
    };

    enum class Visibility : unsigned char { visible, hidden };

    /// Waits until there is a programme of this name that `council` may see. One of another council
    /// and none at all take equally long.
    /// @param council  empty: may see all.
    [[nodiscard]] Visibility await_programme(std::string_view programme, const CouncilCode& council,
                                             const Wait& wait) const;

    /// Waits until the batch is there.
    /// @return the batch; `unavailable` at the deadline, when given up, or when the service has
    ///         stopped following the journal.
    [[nodiscard]] Result<ClosedBatch> await_batch(std::string_view programme, std::uint64_t number,
                                                  const Wait& wait) const;

   private:
    struct Programme {
        CouncilCode council;
        std::map<std::uint64_t, ClosedBatch> batches;  // by number
    };
    using Programmes = std::map<std::string, Programme, std::less<>>;

    [[nodiscard]] const ClosedBatch* batch_or_null(std::string_view programme,
                                                   std::uint64_t number) const;
    /// Waits until `reached`, which is asked under the lock, or the catalogue stops.
    void wait_until(std::unique_lock<std::mutex>& lock, const Wait& wait,
                    const std::function<bool()>& reached) const;

    mutable std::mutex mutex_;  // guards all below
    mutable std::condition_variable changed_;
    Programmes programmes_;
    Sequence as_of_;
    bool stopped_ = false;
};

}  // namespace carecard::settlement
