#pragma once

// The head file: how far the journal is known to reach, kept apart from it.
//
//     file := "CCHD" | version u8 | epoch u32 | sequence u64 | chain[32] | hash[32]
//     hash := SHA-256(every byte before it)
//
// Integers are little-endian. The file is replaced as a whole.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "common/id.h"
#include "common/limits.h"
#include "common/result.h"
#include "common/time.h"
#include "services/journal/file_system.h"

namespace carecard::journal {

/// Where a journal ends: the last sequence of a record, and that record's chain hash. A value of
/// its own, `Head{}`, stands before the first record.
struct Head {
    Epoch epoch;
    Sequence sequence;
    Hash32 chain{};
    friend bool operator==(const Head&, const Head&) = default;
};

/// Reads a head file.
/// @return the head; nothing when there is no file, as before the first commit; `corrupt` when
///         its bytes are damaged; `conflict` when a newer release wrote it; `unavailable`.
[[nodiscard]] Result<std::optional<Head>> read_head(FileSystem& files, const NamedPath& file);

/// Replaces a head file, durably.
[[nodiscard]] Result<Done> write_head(FileSystem& files, const NamedPath& file, const Head& head);

/// Keeps a head file at most `head_file_age_max` behind the journal, on a thread of its own, so
/// that no commit waits for it.
///
/// `files` must outlive it. The destructor writes the last head, if it is not written, and ends
/// the thread.
class HeadWriter {
   public:
    /// Called on the writer's thread for each failed write; the next turn tries again, with a new
    /// file.
    using OnFailure = std::function<void(const Fault&)>;

    HeadWriter(FileSystem& files, NamedPath file, OnFailure on_failure,
               DurationNs interval = default_interval);
    ~HeadWriter();
    HeadWriter(const HeadWriter&) = delete;
    HeadWriter& operator=(const HeadWriter&) = delete;

    /// Notes the head to be written next. Call it after a commit has returned, never before.
    /// Any thread. Cost: an uncontended lock; it wakes nobody and never waits for the disk.
    void set(const Head& head);

   private:
    // Half, so that a head set just after a turn is on the disk before it is too old.
    static constexpr DurationNs default_interval{head_file_age_max.value / 2};

    void run();
    void write_latest();

    FileSystem& files_;
    const NamedPath file_;
    const OnFailure on_failure_;
    const DurationNs interval_;

    enum class Stage : unsigned char { running, ending };
    std::mutex mutex_;  // guards the three below
    std::condition_variable ending_;
    Stage stage_ = Stage::running;
    std::optional<Head> latest_;  // set, and not yet written

    std::thread thread_;
};

}  // namespace carecard::journal
