#include "services/settlement/settlement.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/check.h"
#include "services/journal/codec.h"

namespace carecard::settlement {
namespace {

Fault broken_chain(Sequence first, std::string_view what) {
    return {FaultKind::corrupt, "record",
            fmt::format("the record that begins at sequence {} {}", first.value, what),
            "Stop. Either the journal is not the one that this service has followed, and then give "
            "the service an empty data directory; or it was changed, and then call an operator."};
}

}  // namespace

Result<std::unique_ptr<Settlement>> Settlement::open(const Parts& parts) {
    std::unique_ptr<Settlement> settlement(new Settlement(parts));
    const Result<std::vector<ClosedBatch>> batches = settlement->period_.load(parts.book);
    if (!batches) return batches.fault();
    settlement->cursor_ = settlement->period_.loaded_cursor();
    settlement->publish_programmes();
    for (const ClosedBatch& batch : *batches) parts.catalogue.add_batch(batch);
    const Result<Done> kept = settlement->load_kept();
    if (!kept) return kept.fault();
    parts.catalogue.set_as_of(settlement->cursor_.head.sequence);
    return settlement;
}

void Settlement::publish_programmes() {
    while (programmes_published_ < period_.programmes().size()) {
        parts_.catalogue.add_programme(period_.programmes()[programmes_published_++]);
    }
}

Result<Done> Settlement::load_kept() {
    return parts_.book.scan(
        all_kept(), [&](std::string_view, std::string_view value) -> Result<Done> {
            const std::optional<ClosedBatch> batch = decode_kept(value);
            if (!batch) {
                return Fault{
                    FaultKind::corrupt, "data",
                    "the settlement's book is damaged: a batch of a lost part of the journal",
                    "Stop the service, and call an operator."};
            }
            const Manifest& manifest = batch->manifest;
            kept_.emplace(std::pair(manifest.programme, manifest.number), *batch);
            // Its programme may not be there yet, or never again.
            const auto council = CouncilCode::from(manifest.council);
            const auto code = ProgrammeCode::from(manifest.programme);
            if (council && code)
                parts_.catalogue.add_programme({.code = *code, .council = *council});
            parts_.catalogue.add_batch(*batch);
            return Done{};
        });
}

Result<Done> Settlement::begin_again() {
    changes_.clear();
    for (const KeyRange& range : all_made_anew()) {
        const Result<Done> scanned =
            parts_.book.scan(range, [&](std::string_view key, std::string_view) -> Result<Done> {
                changes_.push_back({std::string(key), std::nullopt});
                return Done{};
            });
        if (!scanned) return scanned.fault();
    }
    const Result<Done> kept = parts_.book.scan(
        all_batches(), [&](std::string_view, std::string_view value) -> Result<Done> {
            const std::optional<ClosedBatch> batch = decode_batch(value);
            CHECK(batch.has_value());  // it was loaded
            const Manifest& manifest = batch->manifest;
            kept_.insert_or_assign(std::pair(manifest.programme, manifest.number), *batch);
            changes_.push_back(
                {kept_key(manifest.programme, manifest.number), encode_kept(*batch)});
            return Done{};
        });
    if (!kept) return kept.fault();
    Result<Done> written = parts_.book.write(changes_);
    changes_.clear();
    period_ = Period(parts_.currency_name);
    cursor_ = {};
    programmes_published_ = 0;
    return written;
}

/// Of what was published before the restore, the journal's present life has closed again all that
/// it shares with the lost one. The rest is lost, and the event must say so, or its numbers would
/// be given twice.
Result<Done> Settlement::mark_lost(const rules::Restored& event, Epoch present) {
    if (event.epoch != present) return Done{};  // an earlier restore than the one just found
    for (auto& [name, batch] : kept_) {
        const auto& [code, number] = name;
        if (period_.has_programme(code) && !period_.has_number(code, number)) {
            return Fault{
                FaultKind::corrupt, "batches",
                fmt::format("batch {} of {} was published, and the restore of the journal to "
                            "sequence {} does not know of it: its number would be given again",
                            number, code, event.restored_to.value),
                "Stop the authorisation service too, and restore once more with --settlement and "
                "this service's data directory."};
        }
        batch.lost = true;
        changes_.push_back({kept_key(code, number), encode_kept(batch)});
        parts_.catalogue.add_batch(batch);
    }
    return Done{};
}

Result<Done> Settlement::check_link(const journal::RecordView& record) const {
    const journal::RecordHeader& header = record.header();
    const journal::Head& head = cursor_.head;
    if (header.first.value != head.sequence.value + 1) {
        return broken_chain(header.first,
                            fmt::format("came where sequence {} begins", head.sequence.value + 1));
    }
    if (header.previous != head.chain) {
        return broken_chain(header.first, "does not continue the chain that was followed so far");
    }
    if (header.epoch < head.epoch) {
        return broken_chain(header.first, "is of an earlier epoch than the one before it");
    }
    return Done{};
}

Result<Done> Settlement::flush() {
    changes_.push_back({cursor_key(), encode(cursor_)});
    Result<Done> written = parts_.book.write(changes_);
    changes_.clear();
    return written;
}

Result<Done> Settlement::close(const rules::SettlementClosed& event, const rules::Stamp& stamp) {
    // The batch's events may stand before it in the same record.
    const Result<Done> before = flush();
    if (!before) return before.fault();
    Result<Draft> draft = period_.close(event, stamp.epoch, parts_.book, changes_);
    if (!draft) return draft.fault();
    draft->manifest.clock = cursor_.clock;
    const Result<Shelf::Stored> stored = parts_.shelf.put(*draft, parts_.signer);
    if (!stored) return stored.fault();
    const ClosedBatch batch{.manifest = draft->manifest,
                            .manifest_digest = stored->manifest,
                            .signature_digest = stored->signature,
                            .closed_sequence = stamp.sequence,
                            .closed_at = stamp.now_ns};
    changes_.push_back({batch_key(event.programme, event.number), encode(batch)});
    const bool was_kept = kept_.erase({batch.manifest.programme, batch.manifest.number}) > 0;
    if (was_kept) {
        changes_.push_back(
            {kept_key(batch.manifest.programme, batch.manifest.number), std::nullopt});
    }
    cursor_.applied = stamp.sequence;
    const Result<Done> written = flush();
    if (!written) return written.fault();
    period_.closed(event.programme, batch);
    publish_programmes();
    parts_.catalogue.add_batch(batch);
    return Done{};
}

Result<Done> Settlement::fold(const journal::EventView& event, Epoch present) {
    const Result<journal::DecodedEvent> decoded = journal::decode_clear(event.clear);
    if (!decoded) return decoded.fault();
    if (decoded->stamp.sequence != event.sequence) {
        return broken_chain(event.sequence, "holds an event that carries another sequence");
    }
    if (std::holds_alternative<rules::ClockAdvanced>(decoded->event)) {
        cursor_.clock = ClockKind::simulated;
    }
    if (const auto* const closed = std::get_if<rules::SettlementClosed>(&decoded->event)) {
        return close(*closed, decoded->stamp);
    }
    const Result<Done> noted = period_.note(*decoded, event.clear, changes_);
    if (!noted) return noted.fault();
    if (const auto* const restored = std::get_if<rules::Restored>(&decoded->event)) {
        const Result<Done> marked = mark_lost(*restored, present);
        if (!marked) return marked.fault();
    }
    cursor_.applied = event.sequence;
    return Done{};
}

Result<Done> Settlement::follow(const journal::RecordView& record, const JournalFacts& journal) {
    const Result<Done> linked = check_link(record);
    if (!linked) return linked.fault();
    if (journal.clock == ClockKind::simulated) cursor_.clock = journal.clock;
    for (const journal::EventView event : record.events()) {
        if (event.sequence <= cursor_.applied) continue;
        const Result<Done> folded = fold(event, journal.epoch);
        if (!folded) return folded.fault();
    }
    cursor_.head = {.epoch = record.header().epoch,
                    .sequence = record.header().last(),
                    .chain = record.chain()};
    cursor_.applied = cursor_.head.sequence;
    const Result<Done> written = flush();
    if (!written) return written.fault();
    publish_programmes();
    parts_.catalogue.set_as_of(cursor_.head.sequence);
    return Done{};
}

}  // namespace carecard::settlement
