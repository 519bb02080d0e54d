#include "services/fsck/check.h"

#include <string>
#include <utility>
#include <vector>

#include "services/fsck/projections.h"
#include "services/fsck/replay.h"
#include "services/journal/codec.h"
#include "services/journal/verify.h"
#include "services/sequencer/progress.h"

namespace carecard::fsck {
namespace {

/// The stamp of the last record; the beginning of time for an empty journal. Damage is left for
/// the walk to find.
TimestampNs last_stamp(const journal::Store& store) {
    if (store.tail().value == 0) return {};
    std::vector<std::byte> buffer;
    journal::Record record;
    const auto read = store.read({store.tail().value - 1}, buffer, record);
    if (!read || *read == journal::ReadOutcome::end) return {};
    const auto header = journal::parse_record_header(record.bytes);
    return header ? header->stamp : TimestampNs{};
}

Fault of_another_journal() {
    return not_as_journaled(
        "they say that they have come to a record that this journal does not "
        "have");
}

/// One walk, and what it finds.
class Check {
   public:
    Check(const journal::Store& store, Beside beside, const OnProgress& on_progress)
        : store_(store),
          tail_(store.tail()),
          beside_(std::move(beside)),
          on_progress_(on_progress),
          replay_(store) {
        begin_projections();
        if (beside_.batches) {
            report_.batches = Report::Checked::checked;
            batches_.emplace(*std::move(beside_.batches));
        }
    }

    Report run() {
        const Result<journal::Head> head = journal::verify_chain(
            store_, journal::Head{},
            [this](const journal::RecordView& record) { return visit(record); });
        if (!head) {
            blame(head.fault());
        } else {
            end(*head);
        }
        summarise();
        return std::move(report_);
    }

   private:
    void begin_projections() {
        if (beside_.projections == nullptr) return;
        const auto version = sequencer::read_version(*beside_.projections);
        if (!version) return blame_cache({1}, version.fault());
        if (!*version) return;
        if (**version != sequencer::projections_version) {
            report_.projections = Report::Checked::other_version;
            return;
        }
        report_.projections = Report::Checked::checked;
        const auto progress = sequencer::read_progress(*beside_.projections, store_);
        if (!progress) return blame_cache({1}, progress.fault());
        if (!*progress) return blame_cache({1}, of_another_journal());
        projections_.emplace(Projections::Parts{.tables = *beside_.projections,
                                                .store = store_,
                                                .end = last_stamp(store_),
                                                .fingerprints = beside_.fingerprints},
                             **progress);
    }

    void blame_cache(Sequence sequence, const Fault& fault) {
        report_.cache = {.sequence = sequence, .fault = fault};
    }

    /// The first flaw of the journal stands where the walk stopped.
    void blame(const Fault& fault) {
        report_.journal = {.sequence = {sound_.value + 1}, .fault = fault};
    }

    Result<Done> visit(const journal::RecordView& record) {
        for (const journal::EventView view : record.events()) {
            const Result<Done> folded = fold(view, record.header());
            if (!folded) return folded.fault();
            sound_ = view.sequence;
            ++report_.events;
        }
        if (projections_) projections_->record(record.header());
        ++report_.records;
        report_.head = {.epoch = record.header().epoch,
                        .sequence = record.header().last(),
                        .chain = record.chain()};
        on_progress_(report_.head.sequence, tail_);
        return Done{};
    }

    Result<Done> fold(const journal::EventView& view, const journal::RecordHeader& header) {
        const Result<journal::DecodedEvent> event = journal::decode_clear(view.clear);
        if (!event) return event.fault();
        if (event->stamp.sequence != view.sequence || event->stamp.epoch != header.epoch) {
            return Fault{.kind = FaultKind::corrupt,
                         .field = "event",
                         .detail = "the event says that it belongs elsewhere",
                         .remedy = restore_remedy()};
        }
        const Result<Done> folded = replay_.fold(*event);
        if (!folded) return folded.fault();
        if (projections_) projections_->event(*event, replay_.state());
        if (batches_) batches_->event(*event, view.clear);
        return Done{};
    }

    void end(const journal::Head& head) {
        if (beside_.head_file) {
            const Result<Done> held = journal::check_head(store_, head, *beside_.head_file);
            if (!held) return blame(held.fault());
        }
        if (projections_) projections_->end(replay_.state());
        if (batches_) batches_->end(head.sequence);
    }

    void summarise() {
        const rules::State& state = replay_.state();
        report_.programmes = state.programmes.size();
        report_.accounts = state.accounts.size();
        report_.authorisations_open = state.holds_due.size();
        if (projections_) {
            report_.rows = projections_->rows();
            report_.images = projections_->images();
            report_.projected = projections_->projected();
            report_.fingerprints_checked = beside_.fingerprints != nullptr;
            report_.cache = projections_->flaw();
        }
        if (batches_) {
            report_.batches_agreed = batches_->agreed();
            report_.signatures_checked = batches_->checks_signatures();
            report_.batch = batches_->flaw();
        }
    }

    const journal::Store& store_;
    const Sequence tail_;
    Beside beside_;
    const OnProgress& on_progress_;
    Replay replay_;
    std::optional<Projections> projections_;
    std::optional<Batches> batches_;
    Sequence sound_;  ///< The last event that follows from those before.
    Report report_;
};

}  // namespace

Report check(const journal::Store& store, Beside beside, const OnProgress& on_progress) {
    return Check(store, std::move(beside), on_progress).run();
}

}  // namespace carecard::fsck
