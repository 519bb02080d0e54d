#pragma once

#include <grpcpp/completion_queue.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "carecard/v1/authorisation.grpc.pb.h"
#include "common/result.h"

namespace carecard::bench {

class EchoStream;

/// `AuthorisationService` without the service: approves every payment at once and keeps nothing.
/// Its use of gRPC is that of the authorisation service's front: one completion queue, one
/// thread, handlers posted ahead, and what arrived together answered together. So what it does in
/// a second is what the service could do if deciding and keeping cost nothing.
class EchoServer {
   public:
    /// Begins to listen on a free port of 127.0.0.1. Nothing is served until `run`.
    /// @return `unavailable` on field "port" when there is none.
    [[nodiscard]] static Result<std::unique_ptr<EchoServer>> listen(
        const std::shared_ptr<grpc::ServerCredentials>& credentials);

    [[nodiscard]] int port() const { return port_; }

    /// Serves, on the calling thread, until `stop`. Once.
    void run();

    /// Ends `run` within a second or two. Any thread; once.
    void stop();

    // For the calls.
    [[nodiscard]] v1::AuthorisationService::AsyncService& service() { return service_; }
    [[nodiscard]] grpc::ServerCompletionQueue& queue() { return *queue_; }
    [[nodiscard]] bool accepting() const { return !stopping_; }
    void flush_later(EchoStream* stream) { to_flush_.push_back(stream); }

   private:
    EchoServer() = default;
    void post_calls();
    void poll();
    void flush_streams();

    v1::AuthorisationService::AsyncService service_;
    std::unique_ptr<grpc::ServerCompletionQueue> queue_;
    std::unique_ptr<grpc::Server> server_;
    int port_ = 0;
    std::vector<EchoStream*> to_flush_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> closed_{false};  // no call is under way any more
};

}  // namespace carecard::bench
