#include "bench/echo_server.h"

#include <grpcpp/server_builder.h>

#include <chrono>

#include "bench/echo_calls.h"

namespace carecard::bench {
namespace {

constexpr int unary_calls_posted = 64;
constexpr int stream_calls_posted = 4;
constexpr int events_per_turn_max = 4'096;
constexpr std::chrono::seconds tick{1};

}  // namespace

Result<std::unique_ptr<EchoServer>> EchoServer::listen(
    const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    std::unique_ptr<EchoServer> echo(new EchoServer);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &echo->port_);
    builder.RegisterService(&echo->service_);
    echo->queue_ = builder.AddCompletionQueue();
    echo->server_ = builder.BuildAndStart();
    if (echo->server_ == nullptr || echo->port_ == 0) {
        return Fault{.kind = FaultKind::unavailable,
                     .field = "port",
                     .detail = "no port of 127.0.0.1 can be listened on",
                     .remedy = "see what holds them"};
    }
    return echo;
}

void EchoServer::run() {
    post_calls();
    while (!closed_) {
        poll();
        flush_streams();
    }
    queue_->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) static_cast<EchoWaiter*>(tag)->proceed(ok);
}

void EchoServer::stop() {
    stopping_ = true;
    server_->Shutdown(std::chrono::system_clock::now());
    closed_ = true;
}

void EchoServer::post_calls() {
    for (int posted = 0; posted < unary_calls_posted; ++posted) post_echo(*this);
    for (int posted = 0; posted < stream_calls_posted; ++posted) post_echo_stream(*this);
}

/// Waits for the first of what has happened, and not for the rest.
void EchoServer::poll() {
    void* tag = nullptr;
    bool ok = false;
    auto deadline = std::chrono::system_clock::now() + tick;
    for (int events = 0; events < events_per_turn_max; ++events) {
        const auto next = queue_->AsyncNext(&tag, &ok, deadline);
        if (next != grpc::CompletionQueue::GOT_EVENT) return;
        static_cast<EchoWaiter*>(tag)->proceed(ok);
        deadline = {};  // 1970: passed. A time before it would mean "for ever" to gRPC.
    }
}

void EchoServer::flush_streams() {
    for (EchoStream* stream : to_flush_) stream->flush();
    to_flush_.clear();
}

}  // namespace carecard::bench
