#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>

#include "bench/echo_server.h"

namespace carecard::bench {

/// What the echo server's completion queue hands back.
class EchoWaiter {
   public:
    virtual ~EchoWaiter() = default;
    virtual void proceed(bool ok) = 0;
};

/// Post one handler each. A handler posts itself, or another, again, and deletes itself when the
/// server stops.
void post_echo(EchoServer& server);
void post_echo_stream(EchoServer& server);

/// One stream: answers what was read in a turn in one message.
class EchoStream final : public EchoWaiter {
   public:
    explicit EchoStream(EchoServer& server);
    void proceed(bool ok) override;
    void flush();

   private:
    class Step final : public EchoWaiter {
       public:
        using Handler = void (EchoStream::*)(bool ok);
        Step(EchoStream& stream, Handler handler) : stream_(stream), handler_(handler) {}
        void proceed(bool ok) override { (stream_.*handler_)(ok); }

       private:
        EchoStream& stream_;
        Handler handler_;
    };

    void on_read(bool ok);
    void on_written(bool ok);
    void on_finished(bool ok);
    void mark_for_flush();
    void finish_when_idle();

    EchoServer& server_;
    grpc::ServerContext context_;
    grpc::ServerAsyncReaderWriter<v1::AuthoriseStreamResponse, v1::AuthoriseStreamRequest> stream_;
    Step read_{*this, &EchoStream::on_read};
    Step write_{*this, &EchoStream::on_written};
    Step finish_{*this, &EchoStream::on_finished};
    v1::AuthoriseStreamRequest request_;
    v1::AuthoriseStreamResponse gathered_;
    v1::AuthoriseStreamResponse sending_;
    std::uint64_t next_index_ = 0;
    bool writing_ = false;
    bool marked_ = false;
    bool half_closed_ = false;
    bool finishing_ = false;
};

}  // namespace carecard::bench
