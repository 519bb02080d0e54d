#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/result.h"
#include "services/journal/record.h"
#include "services/journal/sealer.h"
#include "services/journal/store.h"
#include "services/sequencer/archive.h"
#include "services/sequencer/clock.h"
#include "services/sequencer/core.h"
#include "services/sequencer/handover.h"
#include "services/sequencer/images.h"
#include "services/sequencer/inbox.h"
#include "services/sequencer/poison.h"
#include "services/sequencer/prefetch.h"
#include "services/sequencer/quarantine.h"
#include "services/sequencer/repeats.h"

namespace carecard::sequencer {

/// What has been done since the process began, for `ReadStatus`. The sequencer's thread only.
struct Counters {
    std::uint64_t commands_taken = 0;
    std::uint64_t groups_committed = 0;
    std::uint64_t events_committed = 0;
    std::uint64_t replays = 0;
    std::uint64_t recalls = 0;  ///< Stored records read to answer a repeat.
    PrefetchCounters prefetch;
    std::uint64_t dropped_late = 0;
    std::uint64_t faults = 0;
    std::uint64_t quarantined = 0;  ///< Refused, or passed over, because they are set aside.
    std::uint64_t approved = 0;
    std::array<std::uint64_t, rules::decline_reason_last + 1> declined{};  ///< By reason.
};

/// How far the journal has come: received >= decided >= durable >= replied.
struct Watermarks {
    std::uint64_t received = 0;
    Sequence decided;
    Sequence durable;
    Sequence replied;
};

/// The one who decides: drain, decide, commit, reply, repeat (ARCHITECTURE, section 2).
///
/// Has no thread of its own: whoever drives it calls `turn` whenever something may be in the
/// inbox, and at least once a second. All members but `inbox` belong to that one thread.
class Sequencer {
   public:
    struct Ports {
        journal::Store& store;
        /// Asked for what has left memory.
        const Archive& archive;
        /// Takes images, and says what may leave memory.
        Handover& handover;
        Clock& clock;
        /// The same clock when it is a simulated one; null otherwise. Moves with `AdvanceClock`.
        SimulatedClock* simulated = nullptr;
        /// Of a copy that is only looked at: every command is refused with this, nothing is due,
        /// and nothing is written.
        std::optional<Fault> refuse_all;
        /// Told of each durable head, before the replies. Must be quick.
        std::function<void(const journal::Head&)> on_durable = [](const journal::Head&) {};
        /// Told when the clock stops or starts being believed.
        std::function<void(ClockGuard::Verdict)> on_clock = [](ClockGuard::Verdict) {};
        /// See `Inbox`.
        std::function<void()> on_push = [] {};
        /// Where a death is noted; null for nowhere.
        PoisonPage* poison = nullptr;
        /// What is never decided; null for nothing.
        const Quarantine* quarantine = nullptr;
        /// Told of each command that is refused, or passed over, because it is set aside.
        std::function<void(const Marked&)> on_quarantined = [](const Marked&) {};
    };

    Sequencer(Core& core, Ports ports);

    enum class Progress : unsigned char {
        idle,    ///< Nothing to do: wait for a push, or a second.
        worked,  ///< There may be more: call again at once.
    };

    /// Takes one group through: queries, what is due, then commands in order, one commit, and all
    /// replies. Then copies some images and lets go of what the archive has.
    ///
    /// @return the progress; or the fault of the commit or of a read, whose outcome is unknown.
    ///         No reply has been given then, and none must be: the process ends, and the next
    ///         one's replay finds out.
    [[nodiscard]] Result<Progress> turn();

    [[nodiscard]] Inbox& inbox() { return inbox_; }
    [[nodiscard]] const Core& core() const { return core_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] Watermarks watermarks() const;
    [[nodiscard]] bool clock_is_believed() const { return believed_; }
    [[nodiscard]] TimestampNs clock_now() const { return ports_.clock.read().wall; }
    [[nodiscard]] ClockKind clock_kind() const { return ports_.clock.kind(); }

   private:
    /// An event of the group in hand.
    struct Decided {
        rules::Event event;
        rules::Stamp stamp;
    };
    /// A reply to release after the commit, and where its answer is.
    struct Pending {
        Reply reply;
        std::optional<std::size_t> decided;                     // index into the group
        std::unique_ptr<Recorded> recalled;                     // or read back from the journal
        std::variant<rules::RefusedUnrecorded, Fault> refusal;  // or there is no event
        bool replay = false;
        Marked command;
    };
    enum class Taken : unsigned char {
        taken,
        next_group,  ///< The record is full, or somebody in the group must be alone in it.
    };

    void take_from_inbox();
    void run_queries();
    bool believe_clock();
    void refuse_all_for_clock();
    Progress refuse_all();
    void refuse(Submission& submission, Fault fault);
    void begin_group(TimestampNs now);
    void take_due(TimestampNs now);
    [[nodiscard]] Taken take_due_item(const rules::Due& due);
    void pass_over(const rules::Command& command);
    [[nodiscard]] bool is_quarantined(const Marked& command) const;
    [[nodiscard]] bool may_join(const Marked& command);
    [[nodiscard]] Marked mark(const rules::Command& command) const;
    Result<Done> take_commands();
    Result<Done> advance_clock();
    [[nodiscard]] bool will_be_decided(const Submission& submission) const;
    Result<Taken> take(Submission& submission);
    Result<Taken> take_marked(Submission& submission);
    Result<Taken> take_new(Submission& submission, std::uint64_t fingerprint);
    rules::Decision decide(const Submission& submission, std::uint64_t fingerprint);
    Taken record_new(rules::Event&& event, Submission& submission, std::uint64_t fingerprint);
    Result<Done> answer_as_before(const Submission& submission, Sequence sequence,
                                  Pending& pending);
    [[nodiscard]] std::size_t index_in_group(Sequence sequence) const;
    [[nodiscard]] const Decided& in_group(Sequence sequence) const;
    bool tend_memory();
    Result<Taken> take_repeat(Submission& submission, Sequence sequence, Likeness likeness,
                              std::unique_ptr<Recorded> recorded);
    Taken record(rules::Event&& event, const Secret* new_key);
    void encode(const rules::Event& event, const rules::Stamp& stamp, const Secret* new_key);
    void count(const rules::Event& event);
    void check_group();
    Result<Done> commit();
    void reply();
    void answer(Pending& pending) const;
    Result<std::unique_ptr<Recorded>> recall(Sequence sequence);
    [[nodiscard]] rules::Stamp next_stamp() const;

    Core& core_;
    Ports ports_;
    Inbox inbox_;
    ClockGuard guard_;
    bool believed_ = true;
    bool clock_is_accepted_ = false;  // by a command that is not recorded yet
    Recall recall_;
    Sweeper sweeper_;
    Counters counters_;
    Sequence durable_;
    Sequence replied_;

    std::vector<InboxItem> taken_;  // taken out of the inbox, from next_ on still to be decided
    std::size_t next_ = 0;
    std::optional<TimestampNs> advancing_to_;

    rules::PassedOver passed_over_;
    std::uint64_t releases_seen_ = 0;

    // The group in hand. Buffers are kept from group to group.
    TimestampNs now_;
    Poison poison_;
    bool nobody_joins_ = false;
    journal::RecordBuilder builder_;
    std::vector<Decided> decided_;
    std::vector<Pending> pending_;
    journal::Sealer sealer_;
    std::vector<std::byte> clear_;
    std::vector<std::byte> sealed_;
};

}  // namespace carecard::sequencer
