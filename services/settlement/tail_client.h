#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "carecard/v1/journal.grpc.pb.h"
#include "common/result.h"
#include "common/time.h"
#include "services/settlement/settlement.h"

namespace carecard::settlement {

/// Keeps a `Settlement` at the journal's end, on a thread of its own: reads `JournalService.Tail`,
/// verifies each record, and asks again, with a pause that grows, when the stream is lost. When the
/// journal was restored to a place before the settlement's own, the settlement begins again.
///
/// The arguments must outlive it. The destructor cancels the stream and ends the thread.
class TailClient {
   public:
    /// Called once, on the client's thread, when following cannot go on: the journal contradicts
    /// what was followed before, refuses this client, or a batch could not be stored. The process
    /// should then end.
    using OnFault = std::function<void(const Fault&)>;

    TailClient(v1::JournalService::StubInterface& journal, Settlement& settlement,
               OnFault on_fault);
    ~TailClient();
    TailClient(const TailClient&) = delete;
    TailClient& operator=(const TailClient&) = delete;

   private:
    enum class Stage : unsigned char { running, ending };

    void run();
    Result<Done> follow_once(DurationNs& pause);
    Result<Done> find_restored(const Fault& refusal);
    Result<Done> follow(const v1::TailResponse& response);
    /// @return `ending` when there must be no further stream.
    Stage begin(grpc::ClientContext& context);
    Stage pause_for(DurationNs pause);

    v1::JournalService::StubInterface& journal_;
    Settlement& settlement_;
    const OnFault on_fault_;

    std::mutex mutex_;  // guards the three below
    std::condition_variable ending_;
    Stage stage_ = Stage::running;
    grpc::ClientContext* stream_ = nullptr;

    std::thread thread_;
};

}  // namespace carecard::settlement
