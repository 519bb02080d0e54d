#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "common/limits.h"
#include "common/result.h"
#include "common/time.h"
#include "services/journal/head_file.h"
#include "services/journal/record.h"
#include "services/journal/store.h"

namespace carecard::journal {

/// Reads the whole journal again and again on a niced thread of its own, slowly, and verifies form,
/// checksum and chain of every record (`verify_chain`): a start-up looks only at what came after
/// the images, and a disk may lose what lies still.
class Scrub {
   public:
    struct Pace {
        std::size_t bytes_per_second = scrub_bytes_per_second;
        DurationNs pause = scrub_pause;  ///< Between the end of a pass and the next one.
    };
    /// A pass that has read the journal to its end.
    struct Pass {
        TimestampNs ended;
        Sequence through;  ///< The last sequence that it found sound.
    };
    struct Damage {
        Sequence first;  ///< The first sequence that cannot be vouched for.
        Fault fault;
    };
    struct Status {
        Sequence verified;             ///< In the pass under way.
        std::optional<Pass> last;      ///< Nothing before the first pass has ended.
        std::optional<Damage> damage;  ///< What the latest pass that found any stopped at.
    };

    using Now = std::function<TimestampNs()>;
    using OnDamage = std::function<void(const Damage&)>;

    /// Begins at once.
    ///
    /// @param store      outlives the object.
    /// @param now        the wall clock, for people.
    /// @param on_damage  called on the thread, at most once a pass. The scrub changes nothing and
    ///                   stops nothing; it goes on with the next pass.
    Scrub(const Store& store, const Pace& pace, Now now, OnDamage on_damage);
    /// Ends the thread within one record.
    ~Scrub();
    Scrub(const Scrub&) = delete;
    Scrub& operator=(const Scrub&) = delete;

    /// Any thread.
    [[nodiscard]] Status status() const;

   private:
    enum class Stage : unsigned char { running, ending };

    void run();
    void pass();
    void note(const Result<Head>& outcome);
    Result<Done> verified(const RecordView& record);
    /// @return whether to go on.
    Stage wait(std::chrono::nanoseconds time);

    const Store& store_;
    const Pace pace_;
    const Now now_;
    const OnDamage on_damage_;
    mutable std::mutex mutex_;  // guards the next two
    Stage stage_ = Stage::running;
    Status status_;
    std::condition_variable ending_;
    std::thread thread_;
};

}  // namespace carecard::journal
