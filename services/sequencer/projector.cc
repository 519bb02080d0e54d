#include "services/sequencer/projector.h"

#include <sys/resource.h>

#include "common/limits.h"
#include "services/journal/codec.h"
#include "services/journal/record.h"
#include "services/sequencer/activity.h"
#include "services/sequencer/archive.h"
#include "services/sequencer/core.h"

namespace carecard::sequencer {
namespace {

// Rare enough to cost the sequencer nothing when little happens, and to gather when much does.
constexpr std::chrono::milliseconds pause{20};
constexpr int own_niceness = 10;

std::chrono::nanoseconds chrono_of(DurationNs duration) {
    return std::chrono::nanoseconds(duration.value);
}

}  // namespace

Projector::Projector(const journal::Store& store, Tables& tables, Handover& handover,
                     const Secret& fingerprint_key, const Progress& progress)
    : store_(store),
      tables_(tables),
      handover_(handover),
      fingerprints_(fingerprint_key),
      projected_(progress.projected.sequence.value),
      imaged_(progress.imaged.head.sequence.value) {
    handover_.set_archived(progress.projected.sequence);
}

Result<Projector::Work> Projector::step() {
    Result<Work> worked = try_step();
    if (!worked) stopped_ = true;
    return worked;
}

Result<Done> Projector::flush() {
    Result<Done> flushed = try_flush();
    if (!flushed) stopped_ = true;
    return flushed;
}

Result<Projector::Work> Projector::try_step() {
    const Result<Work> projected = project_next();
    if (!projected) return projected.fault();
    const std::unique_ptr<ImageChunk> chunk = handover_.take();
    if (!chunk) return *projected;
    const Result<Done> written = write_images(*chunk);
    if (!written) return written.fault();
    return Work::worked;
}

Result<Projector::Work> Projector::project_next() {
    journal::Record record;
    const Result<journal::ReadOutcome> read = store_.read(projected(), buffer_, record);
    if (!read) return read.fault();
    if (*read == journal::ReadOutcome::end) return Work::idle;
    const Result<journal::RecordView> view = journal::parse_record(record.bytes);
    if (!view) return view.fault();
    const Result<Done> done = project(*view);
    if (!done) return done.fault();
    return Work::worked;
}

Result<Done> Projector::project(const journal::RecordView& record) {
    batch_.clear();
    keys_.begin(record.header().first, record.header().stamp);
    for (const journal::EventView view : record.events()) {
        const Result<journal::DecodedEvent> decoded = journal::decode_clear(view.clear);
        if (!decoded) return decoded.fault();
        const rules::Event& event = decoded->event;
        archive(event, decoded->stamp, batch_);
        list_as_activity(event, view.sequence, batch_);
        const rules::Request* request = request_of(event);
        if (request != nullptr && !request->key.empty()) {
            keys_.add(fingerprints_.of(*request), view.sequence);
        }
    }
    keys_.put(batch_);
    const journal::Head head{.epoch = record.header().epoch,
                             .sequence = record.header().last(),
                             .chain = record.chain()};
    put_projected(head, batch_);
    const Result<Done> written = write(batch_);
    if (!written) return written.fault();
    projected_ = head.sequence.value;
    tables_.set_now(record.header().stamp);
    return Done{};
}

/// What a sweep's end says holds only when the archive has everything up to its beginning.
Result<Done> Projector::write_images(ImageChunk& chunk) {
    if (chunk.ends) {
        while (projected() < chunk.ends->head.sequence) {
            const Result<Work> more = project_next();
            if (!more) return more.fault();
        }
        put_imaged(*chunk.ends, chunk.images);
    }
    const Result<Done> written = write(chunk.images);
    if (!written) return written.fault();
    if (chunk.ends) {
        imaged_ = chunk.ends->head.sequence.value;
        sweep_ended_ = true;
    }
    return Done{};
}

Result<Done> Projector::write(const TableBatch& batch) {
    unflushed_bytes_ += batch.bytes();
    return tables_.write(batch);
}

Result<Done> Projector::try_flush() {
    const Sequence covered = projected();
    const Result<Done> flushed = tables_.flush();
    if (!flushed) return flushed.fault();
    unflushed_bytes_ = 0;
    handover_.set_archived(covered);
    return Done{};
}

ProjectorThread::ProjectorThread(Projector& projector, Handover& handover, OnFailure on_failure)
    : projector_(projector),
      handover_(handover),
      on_failure_(std::move(on_failure)),
      flushed_(std::chrono::steady_clock::now()),
      sweep_due_(flushed_),
      thread_([this] { run(); }) {}

ProjectorThread::~ProjectorThread() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    change_.notify_one();
    thread_.join();
}

void ProjectorThread::run() {
    // Of this thread alone, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, own_niceness);
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        const Result<Projector::Work> worked = work();
        if (!worked) return on_failure_(worked.fault());
        lock.lock();
        if (*worked == Projector::Work::idle)
            change_.wait_for(lock, pause, [this] { return ending_; });
    }
    const Result<Done> ended = end();
    if (!ended) on_failure_(ended.fault());
}

Result<Projector::Work> ProjectorThread::work() {
    const Result<Projector::Work> worked = projector_.step();
    if (!worked) return worked.fault();
    const Instant now = std::chrono::steady_clock::now();
    pace_sweeps(now);
    const Result<Done> flushed = flush_when_due(now);
    if (!flushed) return flushed.fault();
    return *worked;
}

void ProjectorThread::pace_sweeps(Instant now) {
    if (projector_.sweep_ended()) {
        sweep_is_asked_for_ = false;
        sweep_due_ = now + chrono_of(sweep_pause);
    }
    if (sweep_is_asked_for_ || now < sweep_due_) return;
    handover_.want_sweep();
    sweep_is_asked_for_ = true;
}

Result<Done> ProjectorThread::flush_when_due(Instant now) {
    const std::size_t bytes = projector_.unflushed_bytes();
    const bool is_due =
        bytes >= flush_bytes_max || (bytes > 0 && now - flushed_ >= chrono_of(flush_age_max));
    if (!is_due) return Done{};
    flushed_ = now;
    return projector_.flush();
}

Result<Done> ProjectorThread::end() {
    while (true) {
        const Result<Projector::Work> worked = projector_.step();
        if (!worked) return worked.fault();
        if (*worked == Projector::Work::idle) return projector_.flush();
    }
}

}  // namespace carecard::sequencer
