#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
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
    /// @pre the batch's files are durable and its programme was added.
    void add_batch(const ClosedBatch& batch);
    void set_as_of(Sequence sequence);
    /// Wakes all who wait, for good: there will be no more batches.
    void stop(const Fault& why);

    /// The last event of the journal that has been folded.
    [[nodiscard]] Sequence as_of() const;

    /// Which council a programme belongs to; nothing when there is no such programme.
    [[nodiscard]] std::optional<CouncilCode> council_of(std::string_view programme) const;

    [[nodiscard]] std::optional<ClosedBatch> find(std::string_view programme,
                                                  std::uint64_t number) const;

    /// At most `count_max` batches with numbers below `before`, the newest first.
    [[nodiscard]] std::vector<ClosedBatch> list(std::string_view programme, std::uint64_t before,
                                                std::size_t count_max) const;

    /// Where an answer is needed before what it says has been folded.
    using Deadline = std::chrono::system_clock::time_point;

    /// Waits until the programme is known. @return as `council_of`, at the deadline at the latest.
    [[nodiscard]] std::optional<CouncilCode> await_programme(std::string_view programme,
                                                             Deadline deadline) const;

    /// Waits until the batch is there.
    /// @return the batch; `unavailable` at the deadline, or when the service has stopped following
    ///         the journal.
    [[nodiscard]] Result<ClosedBatch> await_batch(std::string_view programme, std::uint64_t number,
                                                  Deadline deadline) const;

   private:
    struct Programme {
        CouncilCode council;
        std::vector<ClosedBatch> batches;  // by number, from 1
    };
    using Programmes = std::map<std::string, Programme, std::less<>>;

    [[nodiscard]] const ClosedBatch* batch_or_null(std::string_view programme,
                                                   std::uint64_t number) const;

    mutable std::mutex mutex_;  // guards all below
    mutable std::condition_variable changed_;
    Programmes programmes_;
    Sequence as_of_;
    std::optional<Fault> stopped_;
};

}  // namespace carecard::settlement
