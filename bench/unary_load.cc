#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <optional>
#include <vector>

#include "bench/load.h"
#include "carecard/v1/authorisation.grpc.pb.h"
#include "services/rpc/faults.h"

namespace carecard::bench {
namespace {

constexpr std::chrono::seconds silence_max{10};
constexpr std::chrono::seconds call_timeout{10};

/// A place for one call at a time.
struct Call {
    std::optional<grpc::ClientContext> context;
    v1::AuthoriseRequest request;
    v1::AuthoriseResponse response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<v1::AuthoriseResponse>> reader;
    std::int64_t sent_ns = 0;
};

class UnaryLoad {
   public:
    UnaryLoad(const std::shared_ptr<grpc::Channel>& channel, Deck& deck, const Point& point,
              const Recorder::Span& span)
        : stub_(v1::AuthorisationService::NewStub(channel)),
          deck_(deck),
          calls_(point.in_flight),
          recorder_(span) {}

    Result<Sample> run() {
        for (Call& call : calls_) begin(call);
        while (open_ > 0) {
            void* tag = nullptr;
            bool ok = false;
            const auto deadline = std::chrono::system_clock::now() + silence_max;
            if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) {
                fail(silence_fault());
                continue;
            }
            --open_;
            take(*static_cast<Call*>(tag));
        }
        queue_.Shutdown();
        if (fault_) return *std::move(fault_);
        return recorder_.take();
    }

   private:
    void begin(Call& call) {
        call.reader.reset();
        call.context.emplace();
        call.context->set_deadline(std::chrono::system_clock::now() + call_timeout);
        call.response.Clear();
        deck_.deal(call.request);
        call.sent_ns = monotonic_ns();
        call.reader = stub_->AsyncAuthorise(&*call.context, call.request, &queue_);
        call.reader->Finish(&call.response, &call.status, &call);
        ++open_;
    }

    void take(Call& call) {
        const std::int64_t now_ns = monotonic_ns();
        if (!call.status.ok()) return fail(rpc::to_fault(call.status));
        const Result<Done> approved = check_approved(call.response);
        if (!approved) return fail(approved.fault());
        recorder_.add({.sent_ns = call.sent_ns, .now_ns = now_ns});
        if (!fault_ && !recorder_.over(now_ns)) begin(call);
    }

    void fail(Fault fault) {
        if (fault_) return;
        fault_ = std::move(fault);
        for (Call& call : calls_) {
            if (call.context) call.context->TryCancel();
        }
    }

    std::unique_ptr<v1::AuthorisationService::Stub> stub_;
    Deck& deck_;
    grpc::CompletionQueue queue_;
    std::vector<Call> calls_;
    Recorder recorder_;
    std::size_t open_ = 0;
    std::optional<Fault> fault_;
};

}  // namespace

Result<Sample> put_unary_load(const std::shared_ptr<grpc::Channel>& channel, Deck& deck,
                              const Point& point, const Recorder::Span& span) {
    return UnaryLoad(channel, deck, point, span).run();
}

}  // namespace carecard::bench
