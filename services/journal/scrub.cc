#include "services/journal/scrub.h"

#include <sys/resource.h>

#include <utility>

#include "services/journal/verify.h"

namespace carecard::journal {
namespace {

constexpr int own_niceness = 19;

/// Ends a walk; never leaves this file.
Fault asked_to_end() { return {.kind = FaultKind::unavailable, .field = "scrub"}; }

}  // namespace

Scrub::Scrub(const Store& store, const Pace& pace, Now now, OnDamage on_damage)
    : store_(store),
      pace_(pace),
      now_(std::move(now)),
      on_damage_(std::move(on_damage)),
      thread_([this] { run(); }) {}

Scrub::~Scrub() {
    {
        const std::lock_guard lock(mutex_);
        stage_ = Stage::ending;
    }
    ending_.notify_one();
    thread_.join();
}

Scrub::Status Scrub::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

Scrub::Stage Scrub::wait(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    ending_.wait_for(lock, time, [this] { return stage_ == Stage::ending; });
    return stage_;
}

void Scrub::run() {
    // Of this thread alone, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, own_niceness);
    do {
        pass();
    } while (wait(std::chrono::nanoseconds(pace_.pause.value)) == Stage::running);
}

void Scrub::pass() {
    {
        const std::lock_guard lock(mutex_);
        status_.verified = {};
    }
    note(verify_chain(store_, Head{},
                      [this](const RecordView& record) { return verified(record); }));
}

/// Waits as long as reading so many bytes may take.
Result<Done> Scrub::verified(const RecordView& record) {
    {
        const std::lock_guard lock(mutex_);
        status_.verified = record.header().last();
    }
    const std::chrono::nanoseconds due(record.record().bytes.size() * std::size_t{ns_per_second} /
                                       pace_.bytes_per_second);
    if (wait(due) == Stage::ending) return asked_to_end();
    return Done{};
}

void Scrub::note(const Result<Head>& outcome) {
    std::optional<Damage> damage;
    {
        const std::lock_guard lock(mutex_);
        if (outcome) {
            status_.last = {.ended = now_(), .through = outcome->sequence};
            status_.damage.reset();
            return;
        }
        if (stage_ == Stage::ending) return;
        damage = {.first = {status_.verified.value + 1}, .fault = outcome.fault()};
        status_.damage = damage;
    }
    on_damage_(*damage);
}

}  // namespace carecard::journal
