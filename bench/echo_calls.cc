#include "bench/echo_calls.h"

#include <chrono>
#include <optional>

namespace carecard::bench {
namespace {

/// An answer as long as the service's.
void approve(const v1::AuthoriseRequest& request, v1::AuthoriseResponse& response) {
    response.set_authorisation_id("1-" + request.rrn().substr(5));
    response.set_outcome(v1::AUTHORISE_OUTCOME_APPROVED);
    response.set_authorisation_code(request.stan());
    *response.mutable_approved() = request.billing();
    *response.mutable_available() = request.billing();
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
    response.mutable_decided_at()->set_seconds(seconds.count());
    response.mutable_decided_at()->set_nanos(static_cast<std::int32_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now - seconds).count()));
}

class EchoCall final : public EchoWaiter {
   public:
    explicit EchoCall(EchoServer& server) : server_(server) { wait(); }

    void proceed(bool ok) override {
        if (answering_) {
            wait();
        } else if (ok) {
            answering_ = true;
            approve(request_, response_);
            writer_->Finish(response_, grpc::Status::OK, this);
        } else {
            delete this;  // the server is stopping
        }
    }

   private:
    void wait() {
        answering_ = false;
        writer_.reset();
        context_.emplace();
        request_.Clear();
        response_.Clear();
        writer_.emplace(&*context_);
        if (!server_.accepting()) {
            delete this;
            return;
        }
        server_.service().RequestAuthorise(&*context_, &request_, &*writer_, &server_.queue(),
                                           &server_.queue(), this);
    }

    EchoServer& server_;
    std::optional<grpc::ServerContext> context_;
    v1::AuthoriseRequest request_;
    v1::AuthoriseResponse response_;
    std::optional<grpc::ServerAsyncResponseWriter<v1::AuthoriseResponse>> writer_;
    bool answering_ = false;
};

}  // namespace

void post_echo(EchoServer& server) { new EchoCall(server); }
void post_echo_stream(EchoServer& server) { new EchoStream(server); }

EchoStream::EchoStream(EchoServer& server) : server_(server), stream_(&context_) {
    server_.service().RequestAuthoriseStream(&context_, &stream_, &server_.queue(),
                                             &server_.queue(), this);
}

/// A caller has come, or the server is stopping.
void EchoStream::proceed(bool ok) {
    if (!ok) {
        delete this;
        return;
    }
    if (server_.accepting()) post_echo_stream(server_);
    stream_.Read(&request_, &read_);
}

void EchoStream::on_read(bool ok) {
    if (!ok) {
        half_closed_ = true;
        return finish_when_idle();
    }
    for (const v1::AuthoriseRequest& item : request_.items()) {
        v1::AuthoriseStreamResult& result = *gathered_.add_results();
        result.set_index(next_index_++);
        approve(item, *result.mutable_response());
    }
    mark_for_flush();
    stream_.Read(&request_, &read_);
}

void EchoStream::mark_for_flush() {
    if (marked_) return;
    marked_ = true;
    server_.flush_later(this);
}

void EchoStream::flush() {
    marked_ = false;
    if (!writing_ && gathered_.results_size() > 0) {
        sending_.Clear();
        sending_.Swap(&gathered_);
        writing_ = true;
        stream_.Write(sending_, &write_);
    }
    finish_when_idle();
}

void EchoStream::on_written(bool ok) {
    writing_ = false;
    if (!ok) gathered_.Clear();  // the caller is gone
    if (gathered_.results_size() > 0) mark_for_flush();
    finish_when_idle();
}

void EchoStream::finish_when_idle() {
    if (!half_closed_ || writing_ || marked_ || finishing_) return;
    finishing_ = true;
    stream_.Finish(grpc::Status::OK, &finish_);
}

void EchoStream::on_finished(bool) { delete this; }

}  // namespace carecard::bench
