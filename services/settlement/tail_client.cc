#include "services/settlement/tail_client.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/journal/record.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"

namespace carecard::settlement {
namespace {

/// Whether asking again can help after a stream ended like this.
bool worth_repeating(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::OK:
        case grpc::StatusCode::UNAVAILABLE:
        case grpc::StatusCode::DEADLINE_EXCEEDED:
        case grpc::StatusCode::CANCELLED:
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
        case grpc::StatusCode::UNKNOWN:
        case grpc::StatusCode::INTERNAL:
        case grpc::StatusCode::ABORTED:
            return true;
        default:
            return false;
    }
}

/// Whether the journal's present life does not have the place that was asked for.
bool is_wrong_start(const Fault& fault) {
    return fault.kind == FaultKind::conflict && fault.field == "from_sequence";
}

}  // namespace

TailClient::TailClient(v1::JournalService::StubInterface& journal, Settlement& settlement,
                       OnFault on_fault)
    : journal_(journal),
      settlement_(settlement),
      on_fault_(std::move(on_fault)),
      thread_([this] { run(); }) {}

TailClient::~TailClient() {
    {
        const std::scoped_lock lock(mutex_);
        stage_ = Stage::ending;
        if (stream_ != nullptr) stream_->TryCancel();
        ending_.notify_all();
    }
    thread_.join();
}

TailClient::Stage TailClient::begin(grpc::ClientContext& context) {
    const std::scoped_lock lock(mutex_);
    if (stage_ == Stage::running) stream_ = &context;
    return stage_;
}

TailClient::Stage TailClient::pause_for(DurationNs pause) {
    std::unique_lock lock(mutex_);
    ending_.wait_for(lock, std::chrono::nanoseconds(pause.value),
                     [&] { return stage_ == Stage::ending; });
    return stage_;
}

void TailClient::run() {
    DurationNs pause = tail_pause_min;
    do {
        Result<Done> followed = follow_once(pause);
        if (!followed && is_wrong_start(followed.fault())) {
            followed = find_restored(followed.fault());
        }
        if (!followed) {
            on_fault_(followed.fault());
            return;
        }
        pause = std::min(DurationNs{pause.value * 2}, tail_pause_max);
    } while (pause_for(pause) == Stage::running);
}

Result<Done> TailClient::follow(const v1::TailResponse& response) {
    const Result<journal::RecordView> record = journal::parse_record(bytes_of(response.record()));
    if (!record) return record.fault();
    return settlement_.follow(
        *record, {.clock = response.simulated_clock() ? ClockKind::simulated : ClockKind::system,
                  .epoch = {response.epoch()}});
}

Result<Done> TailClient::follow_once(DurationNs& pause) {
    grpc::ClientContext context;
    if (begin(context) == Stage::ending) return Done{};
    const journal::Head& head = settlement_.head();
    v1::TailRequest request;
    request.set_epoch(head.sequence.value == 0 ? 0 : head.epoch.value);
    request.set_from_sequence(head.sequence.value + 1);
    const std::unique_ptr<grpc::ClientReaderInterface<v1::TailResponse>> stream =
        journal_.Tail(&context, request);
    v1::TailResponse response;
    Result<Done> followed = Done{};
    while (followed && stream->Read(&response)) {
        followed = follow(response);
        pause = tail_pause_min;
    }
    // Of a stream that the service ended, a cancellation would hide why.
    if (!followed) context.TryCancel();
    const grpc::Status status = stream->Finish();
    const std::scoped_lock lock(mutex_);
    stream_ = nullptr;
    if (!followed) return followed;
    if (stage_ == Stage::ending || worth_repeating(status.error_code())) return Done{};
    return rpc::to_fault(status);
}

/// The journal has no such place in its present life: looks whether that is a later one.
Result<Done> TailClient::find_restored(const Fault& refusal) {
    grpc::ClientContext context;
    if (begin(context) == Stage::ending) return Done{};
    v1::TailRequest request;
    request.set_from_sequence(1);
    const auto stream = journal_.Tail(&context, request);
    v1::TailResponse first;
    const bool answered = stream->Read(&first);
    context.TryCancel();
    (void)stream->Finish();
    {
        const std::scoped_lock lock(mutex_);
        stream_ = nullptr;
    }
    if (!answered) return Done{};  // asked again with the next stream
    if (first.epoch() <= settlement_.head().epoch.value) return refusal;
    rpc::log("carecard-settlement", "journal_restored epoch={} before={}", first.epoch(),
             settlement_.head().epoch.value);
    return settlement_.begin_again();
}

}  // namespace carecard::settlement
