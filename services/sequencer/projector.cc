#include "services/sequencer/projector.h"

#include <sys/resource.h>

#include <chrono>

#include "rules/apply.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"

namespace carecard::sequencer {
namespace {

// Rare enough to cost the sequencer nothing when little happens, and to gather when much does.
constexpr std::chrono::milliseconds pause{20};
constexpr int own_niceness = 10;

/// What an account's list of transactions shows.
bool is_activity(const rules::Event& event) {
    return std::holds_alternative<rules::AuthorisationDecided>(event) ||
           std::holds_alternative<rules::Reversed>(event) ||
           std::holds_alternative<rules::Presented>(event) ||
           std::holds_alternative<rules::HoldExpired>(event) ||
           std::holds_alternative<rules::Loaded>(event);
}

}  // namespace

Projector::Projector(const journal::Store& store, Activity& activity, OnFailure on_failure)
    : store_(store),
      activity_(activity),
      on_failure_(std::move(on_failure)),
      thread_([this] { run(); }) {}

Projector::~Projector() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    change_.notify_one();
    thread_.join();
}

void Projector::run() {
    // Of this thread alone, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, own_niceness);
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        const Result<Done> passed = pass();
        if (!passed) {
            on_failure_(passed.fault());
            return;
        }
        lock.lock();
        change_.wait_for(lock, pause, [this] { return ending_; });
    }
}

/// Takes all there is now, record by record.
Result<Done> Projector::pass() {
    const Sequence tail = store_.tail();
    while (activity_.watermark() < tail) {
        journal::Record record;
        const Result<journal::ReadOutcome> read =
            store_.read(activity_.watermark(), buffer_, record);
        if (!read) return read.fault();
        if (*read == journal::ReadOutcome::end) break;
        const Result<Done> projected = project(record);
        if (!projected) return projected.fault();
    }
    return Done{};
}

Result<Done> Projector::project(const journal::Record& record) {
    const Result<journal::RecordView> view = journal::parse_record(record.bytes);
    if (!view) return view.fault();
    entries_.clear();
    for (const journal::EventView event : view->events()) {
        const Result<journal::DecodedEvent> decoded = journal::decode_clear(event.clear);
        if (!decoded) return decoded.fault();
        if (!is_activity(decoded->event)) continue;
        entries_.push_back(
            {.account = rules::account_of(decoded->event), .sequence = event.sequence});
    }
    return activity_.append(entries_, record.last);
}

}  // namespace carecard::sequencer
