#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "carecard/v1/authorisation.grpc.pb.h"
#include "common/result.h"
#include "services/sequencer/sequencer.h"

namespace carecard::authorisation {

/// What the completion queue hands back: someone who waited for it.
class Waiter {
   public:
    virtual ~Waiter() = default;
    /// @param ok  as the completion queue says.
    virtual void proceed(bool ok) = 0;
};

/// The calls of one unary RPC.
class CallPool {
   public:
    virtual ~CallPool() = default;
    /// Lets callers in: as many as may wait, unless too many are under way or the server stops.
    virtual void post() = 0;
};

class StreamCall;

/// The card network's side: `AuthorisationService` on a completion queue, served by one thread
/// that also drives the sequencer. A group is what arrived while the last one was committed.
class Front {
   public:
    /// Begins to listen. Nothing is served until `run`.
    ///
    /// @param address  "127.0.0.1:0" takes a free port.
    /// @return `unavailable` on field "front" when the address cannot be had.
    [[nodiscard]] static Result<std::unique_ptr<Front>> listen(
        const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials);
    ~Front();
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    [[nodiscard]] int port() const { return port_; }

    /// Wakes the thread in `run`, from any other thread; safe after `run` too. For
    /// `Sequencer::Ports::on_push`.
    void wake();

    /// Serves, on the calling thread, until `stop`. Returns `Done` after every accepted call was
    /// answered; or the sequencer's fault, with nothing answered, and then the process must end.
    [[nodiscard]] Result<Done> run(sequencer::Sequencer& sequencer);

    /// Ends `run` soon. Any thread; safe to call again.
    void stop();

    // For the calls.
    [[nodiscard]] v1::AuthorisationService::AsyncService& service() { return service_; }
    [[nodiscard]] grpc::ServerCompletionQueue& queue() { return *queue_; }
    [[nodiscard]] sequencer::Sequencer& sequencer() { return *sequencer_; }
    [[nodiscard]] bool accepting() const { return !stopping_; }
    /// Has `call` send what it has once the turn in hand is over.
    void flush_later(StreamCall* call) { to_flush_.push_back(call); }

   private:
    class Wake : public Waiter {
       public:
        explicit Wake(std::atomic<bool>& pending) : pending_(pending) {}
        void proceed(bool) override { pending_ = false; }

       private:
        std::atomic<bool>& pending_;
    };

    Front() = default;
    void post_calls();
    bool poll(std::chrono::system_clock::time_point deadline);
    void flush_streams();
    void finish();

    v1::AuthorisationService::AsyncService service_;
    std::unique_ptr<grpc::ServerCompletionQueue> queue_;
    std::unique_ptr<grpc::Server> server_;
    int port_ = 0;
    sequencer::Sequencer* sequencer_ = nullptr;
    std::vector<std::unique_ptr<CallPool>> unary_pools_;
    std::vector<StreamCall*> to_flush_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> wake_pending_{false};
    std::atomic<bool> closed_{false};  // no call is under way any more
    std::atomic<std::thread::id> thread_;
    std::mutex alarm_mutex_;      // guards the two below: nothing may be set on a queue shut down
    bool queue_is_shut_ = false;  // or about to be
    grpc::Alarm alarm_;
    Wake on_wake_{wake_pending_};
};

}  // namespace carecard::authorisation
