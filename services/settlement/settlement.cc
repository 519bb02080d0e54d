#include "services/settlement/settlement.h"

#include <fmt/format.h>

#include <variant>

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
    parts.catalogue.set_as_of(settlement->cursor_.head.sequence);
    return settlement;
}

void Settlement::publish_programmes() {
    while (programmes_published_ < period_.programmes().size()) {
        parts_.catalogue.add_programme(period_.programmes()[programmes_published_++]);
    }
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
    cursor_.applied = stamp.sequence;
    const Result<Done> written = flush();
    if (!written) return written.fault();
    period_.closed(event.programme, batch);
    publish_programmes();
    parts_.catalogue.add_batch(batch);
    return Done{};
}

Result<Done> Settlement::fold(const journal::EventView& event) {
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
    cursor_.applied = event.sequence;
    return Done{};
}

Result<Done> Settlement::follow(const journal::RecordView& record, ClockKind clock) {
    const Result<Done> linked = check_link(record);
    if (!linked) return linked.fault();
    if (clock == ClockKind::simulated) cursor_.clock = clock;
    for (const journal::EventView event : record.events()) {
        if (event.sequence <= cursor_.applied) continue;
        const Result<Done> folded = fold(event);
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
