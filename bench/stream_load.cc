#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bench/load.h"
#include "carecard/v1/authorisation.grpc.pb.h"
#include "google/rpc/status.pb.h"
#include "services/rpc/faults.h"

namespace carecard::bench {
namespace {

constexpr std::chrono::seconds silence_max{10};
constexpr std::size_t places_per_request = 4;  // results may overtake each other

/// What all streams of a load share.
struct Shared {
    v1::AuthorisationService::Stub& stub;
    Deck& deck;
    grpc::CompletionQueue& queue;
    Recorder& recorder;
    std::function<void(Fault)> fail;
};

/// One stream: sends a message whenever there is room for all of its requests.
class LoadStream {
   public:
    struct Shape {
        std::size_t in_flight = 1;
        std::size_t batch = 1;
    };

    LoadStream(Shared& shared, const Shape& shape)
        : shared_(shared), shape_(shape), sent_(shape.in_flight * places_per_request) {
        stream_ = shared_.stub.AsyncAuthoriseStream(&context_, &shared_.queue, &start_);
    }

    [[nodiscard]] bool ended() const { return ended_; }
    void cancel() { context_.TryCancel(); }

    /// What the completion queue gives back.
    class Step {
       public:
        using Handler = void (LoadStream::*)(bool ok);
        Step(LoadStream& stream, Handler handler) : stream_(stream), handler_(handler) {}
        void proceed(bool ok) { (stream_.*handler_)(ok); }

       private:
        LoadStream& stream_;
        Handler handler_;
    };

   private:
    struct Sent {
        std::uint64_t index = 0;
        std::int64_t at_ns = 0;
        bool answered = true;
    };

    void on_started(bool ok) {
        if (!ok) return finish();
        stream_->Read(&response_, &read_);
        write_on();
    }

    void on_written(bool ok) {
        writing_ = false;
        if (!ok) return;  // the read says why
        write_on();
    }

    void on_closed(bool) {}

    void on_read(bool ok) {
        if (!ok) return finish();
        const std::int64_t now_ns = monotonic_ns();
        for (const v1::AuthoriseStreamResult& result : response_.results()) take(result, now_ns);
        stream_->Read(&response_, &read_);
        write_on();
    }

    void on_finished(bool) {
        ended_ = true;
        if (!status_.ok()) shared_.fail(rpc::to_fault(status_));
    }

    void finish() {
        if (finishing_) return;
        finishing_ = true;
        stream_->Finish(&status_, &finish_);
    }

    void write_on() {
        if (writing_ || closed_ || finishing_) return;
        if (shared_.recorder.over(monotonic_ns())) {
            closed_ = true;
            stream_->WritesDone(&close_);
            return;
        }
        if (outstanding_ + shape_.batch > shape_.in_flight) return;
        while (static_cast<std::size_t>(request_.items_size()) < shape_.batch) request_.add_items();
        const std::int64_t now_ns = monotonic_ns();
        for (v1::AuthoriseRequest& item : *request_.mutable_items()) {
            shared_.deck.deal(item);
            Sent& sent = sent_[next_index_ % sent_.size()];
            if (!sent.answered) shared_.fail(order_fault());
            sent = {.index = next_index_++, .at_ns = now_ns, .answered = false};
        }
        outstanding_ += shape_.batch;
        writing_ = true;
        stream_->Write(request_, &write_);
    }

    void take(const v1::AuthoriseStreamResult& result, std::int64_t now_ns) {
        if (result.has_fault()) return shared_.fail(rpc::to_fault(result.fault()));
        const Result<Done> approved = check_approved(result.response());
        if (!approved) return shared_.fail(approved.fault());
        Sent& sent = sent_[result.index() % sent_.size()];
        if (sent.answered || sent.index != result.index()) return shared_.fail(order_fault());
        sent.answered = true;
        --outstanding_;
        shared_.recorder.add({.sent_ns = sent.at_ns, .now_ns = now_ns});
    }

    static Fault order_fault() {
        return {.kind = FaultKind::conflict,
                .field = "index",
                .detail = "a result came twice, for nothing that was asked, or far too late",
                .remedy = "see what the server said"};
    }

    Shared& shared_;
    Shape shape_;
    std::vector<Sent> sent_;  // by index, a ring
    grpc::ClientContext context_;
    grpc::Status status_;
    v1::AuthoriseStreamRequest request_;
    v1::AuthoriseStreamResponse response_;
    Step start_{*this, &LoadStream::on_started};
    Step write_{*this, &LoadStream::on_written};
    Step read_{*this, &LoadStream::on_read};
    Step close_{*this, &LoadStream::on_closed};
    Step finish_{*this, &LoadStream::on_finished};
    std::unique_ptr<
        grpc::ClientAsyncReaderWriter<v1::AuthoriseStreamRequest, v1::AuthoriseStreamResponse>>
        stream_;
    std::uint64_t next_index_ = 0;
    std::size_t outstanding_ = 0;
    bool writing_ = false;
    bool closed_ = false;
    bool finishing_ = false;
    bool ended_ = false;
};

class StreamLoad {
   public:
    StreamLoad(const std::shared_ptr<grpc::Channel>& channel, Deck& deck,
               const Recorder::Span& span)
        : stub_(v1::AuthorisationService::NewStub(channel)),
          recorder_(span),
          shared_{.stub = *stub_,
                  .deck = deck,
                  .queue = queue_,
                  .recorder = recorder_,
                  .fail = [this](Fault fault) { fail(std::move(fault)); }} {}

    Result<Sample> run(const Point& point) {
        const std::size_t count = point.streams();
        for (std::size_t made = 0; made < count; ++made) {
            streams_.push_back(std::make_unique<LoadStream>(
                shared_,
                LoadStream::Shape{.in_flight = point.in_flight / count, .batch = point.batch}));
        }
        while (!all_ended()) serve();
        queue_.Shutdown();
        void* tag = nullptr;
        bool ok = false;
        while (queue_.Next(&tag, &ok)) static_cast<LoadStream::Step*>(tag)->proceed(ok);
        if (fault_) return *std::move(fault_);
        return recorder_.take();
    }

   private:
    void serve() {
        void* tag = nullptr;
        bool ok = false;
        const auto deadline = std::chrono::system_clock::now() + silence_max;
        if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT) {
            static_cast<LoadStream::Step*>(tag)->proceed(ok);
        } else {
            fail(silence_fault());
        }
    }

    [[nodiscard]] bool all_ended() const {
        return std::ranges::all_of(streams_, [](const auto& stream) { return stream->ended(); });
    }

    void fail(Fault fault) {
        if (fault_) return;
        fault_ = std::move(fault);
        for (const auto& stream : streams_) stream->cancel();
    }

    std::unique_ptr<v1::AuthorisationService::Stub> stub_;
    grpc::CompletionQueue queue_;
    Recorder recorder_;
    Shared shared_;
    std::vector<std::unique_ptr<LoadStream>> streams_;
    std::optional<Fault> fault_;
};

}  // namespace

Result<Sample> put_stream_load(const std::shared_ptr<grpc::Channel>& channel, Deck& deck,
                               const Point& point, const Recorder::Span& span) {
    return StreamLoad(channel, deck, span).run(point);
}

}  // namespace carecard::bench
