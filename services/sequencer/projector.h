#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/secret.h"
#include "services/journal/store.h"
#include "services/sequencer/handover.h"
#include "services/sequencer/key_blocks.h"
#include "services/sequencer/progress.h"
#include "services/sequencer/request_keys.h"
#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// Keeps the projections up with the journal, one step at a time; `ProjectorThread` drives it.
///
/// `store`, `tables` and `handover` outlive it. One thread, but for what says otherwise.
class Projector {
   public:
    /// @param fingerprint_key  the one of the sequencer's `Fingerprints`.
    Projector(const journal::Store& store, Tables& tables, Handover& handover,
              const Secret& fingerprint_key, const Progress& progress);

    enum class Work : unsigned char { idle, worked };

    /// Projects the next record, if there is one, and writes the images that were handed over.
    /// @return whether it did anything; a fault when the journal or the tables failed, and then
    ///         it is of no more use.
    [[nodiscard]] Result<Work> step();

    /// Makes all that was written survive a crash, and tells the sequencer's thread.
    [[nodiscard]] Result<Done> flush();

    [[nodiscard]] std::size_t unflushed_bytes() const { return unflushed_bytes_; }
    /// Ends a sweep since this was asked last.
    [[nodiscard]] bool sweep_ended() { return std::exchange(sweep_ended_, false); }

    /// Everything up to here is in the tables. Any thread.
    [[nodiscard]] Sequence projected() const { return {projected_.load()}; }
    /// The same, as far as it survives a crash. Any thread.
    [[nodiscard]] Sequence archived() const { return handover_.archived(); }
    /// Whether a step or flush has failed: `projected` stays where it is. Any thread.
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// Start-ups fold on from here, once it is flushed. Any thread.
    [[nodiscard]] Sequence imaged() const { return {imaged_.load()}; }

   private:
    Result<Work> try_step();
    Result<Done> try_flush();
    Result<Work> project_next();
    Result<Done> project(const journal::RecordView& record);
    Result<Done> write_images(ImageChunk& chunk);
    Result<Done> write(const TableBatch& batch);

    const journal::Store& store_;
    Tables& tables_;
    Handover& handover_;
    const Fingerprints fingerprints_;
    std::atomic<std::uint64_t> projected_;
    std::atomic<std::uint64_t> imaged_;
    std::atomic<bool> stopped_{false};
    std::size_t unflushed_bytes_ = 0;
    bool sweep_ended_ = false;

    std::vector<std::byte> buffer_;
    TableBatch batch_;
    KeyBlock keys_;
};

/// Runs a projector on a niced thread of its own: paces it, asks for sweeps, and flushes. The
/// destructor brings it up to the journal's end, flushes, and ends the thread.
class ProjectorThread {
   public:
    using OnFailure = std::function<void(const Fault&)>;

    /// @param on_failure  called once, on the thread, which then ends: the projections stay where
    ///                    they are, nothing more leaves memory, and the service goes on.
    ProjectorThread(Projector& projector, Handover& handover, OnFailure on_failure);
    ~ProjectorThread();
    ProjectorThread(const ProjectorThread&) = delete;
    ProjectorThread& operator=(const ProjectorThread&) = delete;

   private:
    using Instant = std::chrono::steady_clock::time_point;

    void run();
    Result<Projector::Work> work();
    Result<Done> end();
    void pace_sweeps(Instant now);
    Result<Done> flush_when_due(Instant now);

    Projector& projector_;
    Handover& handover_;
    const OnFailure on_failure_;
    Instant flushed_;
    Instant sweep_due_;
    bool sweep_is_asked_for_ = false;

    std::mutex mutex_;  // guards ending_
    std::condition_variable change_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace carecard::sequencer
