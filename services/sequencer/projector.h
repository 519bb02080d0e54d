#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "services/journal/store.h"
#include "services/sequencer/activity.h"

namespace carecard::sequencer {

/// Follows the journal on a thread of its own and keeps an `Activity` up to it. Behind by about as
/// long as one pass takes; readers who must see their own writes wait for the watermark.
///
/// `store` and `activity` outlive it. The destructor ends the thread.
class Projector {
   public:
    using OnFailure = std::function<void(const Fault&)>;

    /// @param on_failure  called once, on the projector's thread, which then ends: what it
    ///                    projects stays where it is, and the service goes on without.
    Projector(const journal::Store& store, Activity& activity, OnFailure on_failure);
    ~Projector();
    Projector(const Projector&) = delete;
    Projector& operator=(const Projector&) = delete;

   private:
    void run();
    Result<Done> pass();
    Result<Done> project(const journal::Record& record);

    const journal::Store& store_;
    Activity& activity_;
    const OnFailure on_failure_;
    std::vector<std::byte> buffer_;
    std::vector<ActivityEntry> entries_;
    std::mutex mutex_;  // guards ending_
    std::condition_variable change_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace carecard::sequencer
