#include "services/authorisation/tail.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>
#include <vector>

#include "common/limits.h"
#include "services/authorisation/door.h"
#include "services/journal/record.h"
#include "services/rpc/faults.h"

namespace carecard::authorisation {
namespace {

Fault wrong_start() {
    return {.kind = FaultKind::conflict,
            .field = "from_sequence",
            .detail = "the journal's present life does not have what comes before this",
            .remedy = "do not go on; call an operator"};
}

Fault too_many() {
    return {.kind = FaultKind::overloaded,
            .field = {},
            .detail = fmt::format("{} tails are open, as many as may be", tails_max),
            .remedy = "end one that is not needed, or wait and call again"};
}

Fault stopping() {
    return {.kind = FaultKind::unavailable,
            .field = {},
            .detail = "the service is stopping",
            .remedy = "call again from the last sequence received + 1"};
}

class Tail final : public grpc::ServerWriteReactor<v1::TailResponse> {
   public:
    Tail(const TailSource& source, const v1::TailRequest& request)
        : source_(source), after_{request.from_sequence() == 0 ? 0 : request.from_sequence() - 1} {
        is_counted_ = source.bell.enter();
        if (!is_counted_) {
            Finish(rpc::to_status(too_many()));
            return;
        }
        const Result<Done> ours = check_start(Epoch{request.epoch()});
        if (!ours) {
            Finish(rpc::to_status(ours.fault()));
            return;
        }
        thread_ = std::thread([this] { run(); });
    }

    void OnWriteDone(bool ok) override {
        const std::lock_guard lock(mutex_);
        written_ = true;
        cancelled_ = cancelled_ || !ok;
        change_.notify_one();
    }

    void OnCancel() override {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        change_.notify_one();
    }

    void OnDone() override {
        if (thread_.joinable()) thread_.detach();  // it has called Finish and touches nothing more
        if (is_counted_) source_.bell.leave();
        delete this;
    }

   private:
    /// What the caller has followed must be of this journal: the last record of it is of the same
    /// epoch here. Whether the two are equal shows in the chain of the next one.
    Result<Done> check_start(Epoch followed) {
        if (after_ > source_.store.tail()) return wrong_start();
        if (followed.value == 0 || after_.value == 0) return Done{};
        std::vector<std::byte> buffer;
        journal::Record record;
        const auto read = source_.store.read({after_.value - 1}, buffer, record);
        if (!read) return unreadable(read.fault());
        const auto header = journal::parse_record_header(record.bytes);
        if (!header) return unreadable(header.fault());
        if (header->epoch != followed) return wrong_start();
        return Done{};
    }

    void run() {
        // Finish is the last thing done here: OnDone may delete this object right after it.
        const grpc::Status status = send_all();
        Finish(status);
    }

    grpc::Status send_all() {
        std::vector<std::byte> buffer;
        while (!is_cancelled()) {
            if (source_.bell.closed()) return rpc::to_status(stopping());
            journal::Record record;
            const Result<journal::ReadOutcome> read = source_.store.read(after_, buffer, record);
            if (!read) return rpc::to_status(unreadable(read.fault()));
            if (*read == journal::ReadOutcome::end) {
                (void)source_.bell.wait_beyond(after_);
                continue;
            }
            if (!send(record)) break;
            after_ = record.last;
        }
        return grpc::Status::CANCELLED;
    }

    /// What was found, with the sequence that it was found at.
    [[nodiscard]] Fault unreadable(const Fault& found) const {
        Fault fault = for_caller(found, "carecard.v1.JournalService/Tail");
        fault.field = "record";
        fault.detail += fmt::format(": the record with sequence {}", after_.value + 1);
        return fault;
    }

    /// @return whether the caller took it.
    bool send(const journal::Record& record) {
        response_.set_epoch(source_.epoch.value);
        response_.set_first_sequence(record.first.value);
        response_.set_last_sequence(record.last.value);
        response_.set_record(record.bytes.data(), record.bytes.size());
        response_.set_durable_sequence(source_.store.tail().value);
        response_.set_simulated_clock(source_.clock == sequencer::ClockKind::simulated);
        {
            const std::lock_guard lock(mutex_);
            written_ = false;
        }
        StartWrite(&response_);
        std::unique_lock lock(mutex_);
        change_.wait(lock, [this] { return written_; });
        return !cancelled_;
    }

    bool is_cancelled() {
        const std::lock_guard lock(mutex_);
        return cancelled_;
    }

    const TailSource source_;
    Sequence after_;
    bool is_counted_ = false;
    v1::TailResponse response_;
    std::mutex mutex_;  // guards the two below
    std::condition_variable change_;
    bool written_ = false;
    bool cancelled_ = false;
    std::thread thread_;
};

}  // namespace

void TailBell::ring(Sequence durable) {
    {
        const std::lock_guard lock(mutex_);
        durable_ = durable;
    }
    grown_.notify_all();
}

bool TailBell::wait_beyond(Sequence after) {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, std::chrono::seconds(1), [&] { return closed_ || durable_ > after; });
    return durable_ > after;
}

bool TailBell::enter() {
    const std::lock_guard lock(mutex_);
    if (tails_ == tails_max) return false;
    ++tails_;
    return true;
}

void TailBell::leave() {
    const std::lock_guard lock(mutex_);
    --tails_;
}

void TailBell::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    grown_.notify_all();
}

bool TailBell::closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
}

grpc::ServerWriteReactor<v1::TailResponse>* start_tail(const TailSource& source,
                                                       const v1::TailRequest& request) {
    return new Tail(source, request);
}

}  // namespace carecard::authorisation
