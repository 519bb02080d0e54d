#include "services/fsck/projections.h"

namespace carecard::fsck {

Projections::Projections(const Parts& parts, const sequencer::Progress& progress)
    : store_(parts.store),
      projected_(progress.projected.sequence),
      rows_(parts.tables, parts.end),
      key_blocks_(parts.tables, parts.end, parts.fingerprints),
      images_(parts.tables, progress.imaged) {
    note(progress.imaged.head.sequence, images_.load());
}

void Projections::note(Sequence sequence, const Result<Done>& outcome) {
    if (!outcome && !flaw_) flaw_ = {.sequence = sequence, .fault = outcome.fault()};
}

void Projections::note(const Result<std::optional<Flaw>>& outcome) {
    if (flaw_) return;
    if (outcome) {
        flaw_ = *outcome;
    } else {
        flaw_ = {.sequence = projected_, .fault = outcome.fault()};
    }
}

void Projections::event(const journal::DecodedEvent& event, const rules::State& state) {
    if (flaw_) return;
    note(event.stamp.sequence, images_.folded(state));
    if (event.stamp.sequence > projected_) return;
    note(event.stamp.sequence, rows_.event(event));
    key_blocks_.event(event);
}

void Projections::record(const journal::RecordHeader& record) {
    if (!flaw_ && record.last() <= projected_) note(record.first, key_blocks_.record(record));
}

void Projections::end(const rules::State& state) {
    if (!flaw_) note(images_.nothing_else(state));
    if (!flaw_) note(rows_.nothing_else(store_));
    if (!flaw_) note(key_blocks_.nothing_else(store_));
}

}  // namespace carecard::fsck
