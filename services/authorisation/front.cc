#include "services/authorisation/front.h"

#include <grpcpp/server_builder.h>

#include <chrono>

#include "common/limits.h"
#include "services/authorisation/front_calls.h"

namespace carecard::authorisation {
namespace {

constexpr int stream_calls_posted = 4;
constexpr int events_per_turn_max = 4'096;
constexpr std::chrono::seconds tick{1};
constexpr std::chrono::seconds grace{2};

}  // namespace

Result<std::unique_ptr<Front>> Front::listen(
    const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    std::unique_ptr<Front> front(new Front);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, credentials, &front->port_);
    builder.RegisterService(&front->service_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    front->queue_ = builder.AddCompletionQueue();
    front->server_ = builder.BuildAndStart();
    if (front->server_ == nullptr || front->port_ == 0) {
        return Fault{.kind = FaultKind::unavailable,
                     .field = "front",
                     .detail = "cannot listen on " + address,
                     .remedy = "see whether another service has the port, or give another one"};
    }
    return front;
}

Front::~Front() {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    if (!closed_) finish();
}

void Front::wake() {
    if (std::this_thread::get_id() == thread_.load()) return;
    if (wake_pending_.exchange(true)) return;
    const std::lock_guard lock(alarm_mutex_);
    if (queue_is_shut_) return;
    alarm_.Set(queue_.get(), gpr_now(GPR_CLOCK_MONOTONIC), &on_wake_);
}

void Front::stop() {
    if (stopping_.exchange(true)) return;
    wake();
}

Result<Done> Front::run(sequencer::Sequencer& sequencer) {
    using sequencer::Sequencer;
    thread_ = std::this_thread::get_id();
    sequencer_ = &sequencer;
    if (!stopping_) post_calls();
    std::thread closer;
    Sequencer::Progress progress = Sequencer::Progress::worked;
    while (!closed_) {
        if (stopping_ && !closer.joinable()) {
            // Lets the calls under way end, while this thread goes on answering them.
            closer = std::thread([this] {
                server_->Shutdown(std::chrono::system_clock::now() + grace);
                closed_ = true;
                wake();
            });
        }
        const auto now = std::chrono::system_clock::now();
        poll(progress == Sequencer::Progress::worked ? now : now + tick);
        const Result<Sequencer::Progress> turned = sequencer.turn();
        if (!turned) {
            if (closer.joinable()) closer.detach();  // the process is about to end
            return turned.fault();
        }
        progress = *turned;
        flush_streams();
    }
    closer.join();
    finish();
    return Done{};
}

void Front::post_calls() {
    unary_pools_ = unary_pools(*this);
    for (const auto& pool : unary_pools_) pool->post();
    for (int posted = 0; posted < stream_calls_posted; ++posted) post_stream(*this);
}

/// Hands out what has happened: waits until `deadline` for the first, and not for the rest.
bool Front::poll(std::chrono::system_clock::time_point deadline) {
    void* tag = nullptr;
    bool ok = false;
    for (int events = 0; events < events_per_turn_max; ++events) {
        const auto next = queue_->AsyncNext(&tag, &ok, deadline);
        if (next != grpc::CompletionQueue::GOT_EVENT) return false;
        static_cast<Waiter*>(tag)->proceed(ok);
        deadline = {};  // 1970: passed. A time before it would mean "for ever" to gRPC.
    }
    return true;
}

void Front::flush_streams() {
    for (StreamCall* call : to_flush_) call->flush();
    to_flush_.clear();
}

void Front::finish() {
    {
        const std::lock_guard lock(alarm_mutex_);
        queue_is_shut_ = true;
    }
    queue_->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) static_cast<Waiter*>(tag)->proceed(ok);
}

}  // namespace carecard::authorisation
