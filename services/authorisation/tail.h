#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "carecard/v1/journal.pb.h"
#include "services/journal/store.h"
#include "services/sequencer/clock.h"

namespace carecard::authorisation {

/// Tells tails that the journal has grown, and counts them. Any thread.
class TailBell {
   public:
    /// Called after each commit, on the sequencer's thread: one uncontended lock.
    void ring(Sequence durable);

    /// Waits until the journal reaches beyond `after`, at most a second.
    /// @return whether it does.
    [[nodiscard]] bool wait_beyond(Sequence after);

    /// Takes one of the `tails_max` places; whoever got one gives it back with `leave`.
    /// @return whether there was one.
    [[nodiscard]] bool enter();
    void leave();

    /// Ends every tail soon: the service is stopping.
    void close();
    [[nodiscard]] bool closed();

   private:
    std::mutex mutex_;  // guards the three below
    std::size_t tails_ = 0;
    Sequence durable_;
    bool closed_ = false;
    std::condition_variable grown_;
};

/// What a tail reads from, and when.
struct TailSource {
    const journal::Store& store;
    TailBell& bell;
    Epoch epoch;
    sequencer::ClockKind clock;
};

/// Answers one `Tail` call: sends stored records unchanged, one at a time, each when the one
/// before was taken, on a thread of its own that ends with the call. Refuses it as `overloaded`
/// when `tails_max` are open.
[[nodiscard]] grpc::ServerWriteReactor<v1::TailResponse>* start_tail(
    const TailSource& source, const v1::TailRequest& request);

}  // namespace carecard::authorisation
