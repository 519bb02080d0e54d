#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "services/authorisation/front.h"
#include "services/rpc/identity.h"

namespace carecard::authorisation {

/// The calls of each unary RPC. They go after the last of their completions has been handed out.
[[nodiscard]] std::vector<std::unique_ptr<CallPool>> unary_pools(Front& front);

/// Posts one handler for streams. It posts the next when a caller has come, and deletes itself
/// when its stream has ended or the server stops.
void post_stream(Front& front);

/// A message of results whose parts come out of one piece of memory: without it each result is a
/// handful of allocations.
class ResultsMessage {
   public:
    [[nodiscard]] v1::AuthoriseStreamResponse& operator*() { return *message_; }
    [[nodiscard]] v1::AuthoriseStreamResponse* operator->() { return message_; }
    void clear() {
        arena_.Reset();
        message_ = make();
    }

   private:
    [[nodiscard]] v1::AuthoriseStreamResponse* make() {
        return google::protobuf::Arena::CreateMessage<v1::AuthoriseStreamResponse>(&arena_);
    }

    google::protobuf::Arena arena_;
    v1::AuthoriseStreamResponse* message_ = make();  // the arena's
};

/// One `AuthoriseStream`: reads ahead while results of earlier messages are still to come, and
/// sends all results of a turn in one message.
class StreamCall final : public Waiter {
   public:
    explicit StreamCall(Front& front);
    void proceed(bool ok) override;

    /// Sends what has been gathered, unless a message is on its way.
    void flush();

   private:
    /// Completions of a read, a write and the end come under tags of their own.
    class Step final : public Waiter {
       public:
        using Handler = void (StreamCall::*)(bool ok);
        Step(StreamCall& call, Handler handler) : call_(call), handler_(handler) {}
        void proceed(bool ok) override { (call_.*handler_)(ok); }

       private:
        StreamCall& call_;
        Handler handler_;
    };

    void on_read(bool ok);
    void on_written(bool ok);
    void on_finished(bool ok);
    void submit(const v1::AuthoriseRequest& item);
    void answered(std::uint64_t index, const sequencer::Answer& answer);
    v1::AuthoriseStreamResult& new_result(std::uint64_t index);
    void mark_for_flush();
    void read_on();
    void end(const grpc::Status& status);
    void finish_when_written();
    void end_if_done();
    void delete_if_idle();

    Front& front_;
    grpc::ServerContext context_;
    grpc::ServerAsyncReaderWriter<v1::AuthoriseStreamResponse, v1::AuthoriseStreamRequest> stream_;
    Step read_step_{*this, &StreamCall::on_read};
    Step write_step_{*this, &StreamCall::on_written};
    Step finish_step_{*this, &StreamCall::on_finished};
    rpc::Identity caller_;
    v1::AuthoriseStreamRequest request_;
    ResultsMessage messages_[2];
    ResultsMessage* gathered_ = &messages_[0];
    ResultsMessage* sending_ = &messages_[1];
    std::uint64_t next_index_ = 0;
    std::size_t outstanding_ = 0;  // items without a result yet
    bool reading_ = false;
    bool writing_ = false;
    bool half_closed_ = false;  // the caller sends no more
    bool broken_ = false;       // the caller is gone: results have nowhere to go
    bool ending_ = false;
    grpc::Status end_status_;
    bool finish_sent_ = false;
    bool finished_ = false;
    bool marked_ = false;     // will be flushed after this turn
    bool announced_ = false;  // stream_items_max was sent
};

}  // namespace carecard::authorisation
