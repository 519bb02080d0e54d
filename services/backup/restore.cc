#include "services/backup/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "common/limits.h"
#include "rules/forms.h"
#include "services/backup/appending.h"
#include "services/backup/known_batches.h"
#include "services/backup/places.h"
#include "services/journal/codec.h"
#include "services/journal/copy_file.h"
#include "services/journal/verify.h"

namespace carecard::backup {
namespace {

using journal::Head;

Fault malformed(std::string field, std::string detail, std::string remedy) {
    return {FaultKind::malformed, std::move(field), std::move(detail), std::move(remedy)};
}

Result<Done> check_places(const RestorePlaces& places) {
    const Result<Done> apart = keep_apart(places.to, places.from, "the backup must stay as it is");
    if (!apart || !places.vault_from) return apart;
    return keep_apart(places.to, *places.vault_from, "the vault's copy must stay as it is");
}

Result<Done> check_reason(std::string_view reason) {
    using rules::forms::FreeTextFlaw;
    const auto refuse = [](const char* what) {
        return malformed("because", what, "Say in plain words why the service is restored.");
    };
    if (reason.empty()) return refuse("is empty");
    switch (rules::forms::free_text_flaw(reason)) {
        case FreeTextFlaw::none:
            return Done{};
        case FreeTextFlaw::not_utf8:
            return refuse("is not UTF-8");
        case FreeTextFlaw::control_character:
            return refuse("holds a control character");
        case FreeTextFlaw::card_number:
            return refuse("holds what looks like a card number");
    }
    CHECK(false);
}

Result<Done> check_service(const RestorePlaces& places, const ToService& to_service) {
    if (!places.vault_from) {
        return malformed("vault-from", "is missing: a service needs the accounts' keys",
                         "Name the copy of the vault; without one, restore for inspection only.");
    }
    return check_reason(to_service.request.reason.view());
}

/// The backup, opened and as long as it says it is.
Result<std::unique_ptr<journal::Store>> open_backup(const journal::NamedPath& from,
                                                    const Ports& ports) {
    const auto note = journal::read_copy_note(ports.files, journal::copy_file_of(from));
    if (!note) return note.fault();
    if (!*note || (*note)->kind != journal::CopyKind::backup) {
        return Fault{FaultKind::conflict, from.field,
                     fmt::format("the directory {} is no backup", from.path),
                     "Name a directory that carecard backup made; of a stopped service's data "
                     "directory, make a backup first."};
    }
    const auto known = journal::read_head(ports.files, head_of(from));
    if (!known) return known.fault();
    auto store = ports.stores.look_at(journal_of(from));
    if (!store || !*known) return store;
    const auto end = end_of(**store);
    if (!end) return end.fault();
    const Result<Done> whole = journal::check_head(**store, end->head, **known);
    if (!whole) return whole.fault();
    return store;
}

bool within(const Cut& cut, const journal::RecordHeader& header) {
    return (!cut.sequence || header.last() <= *cut.sequence) &&
           (!cut.time || header.stamp <= *cut.time);
}

/// Something must be left of the backup, before anything is made for its sake.
Result<Done> check_something_is_left(const Cut& cut, const journal::Store& backup) {
    std::vector<std::byte> buffer;
    journal::Record record;
    const auto read = backup.read({0}, buffer, record);
    if (!read) return read.fault();
    const auto header = journal::parse_record_header(record.bytes);
    if (!header) return header.fault();
    if (within(cut, *header)) return Done{};
    return malformed(cut.sequence ? "sequence" : "time",
                     "is before the end of the backup's first record, so nothing is left",
                     "Give a later one.");
}

Result<Done> check_cut(const Cut& cut, const journal::Store& store, const ChainEnd& backup) {
    if (backup.head.sequence.value == 0) {
        return malformed("from", "the backup holds no event", "Name another backup.");
    }
    const bool beyond =
        cut.sequence && (cut.sequence->value == 0 || *cut.sequence > backup.head.sequence);
    if (beyond) {
        return malformed("sequence",
                         fmt::format("is {}; the backup holds 1 to {}", cut.sequence->value,
                                     backup.head.sequence.value),
                         "Give a sequence of the backup, or leave it out for all of it.");
    }
    return check_something_is_left(cut, store);
}

/// Makes the directory and marks it as unfinished, before anything else is in it.
Result<Done> begin_directory(const journal::NamedPath& to, journal::FileSystem& files) {
    const Result<Done> made = files.make_directory(to);
    if (!made) return made.fault();
    const auto names = files.list(to);
    if (!names) return names.fault();
    if (!names->empty()) {
        return Fault{FaultKind::conflict, to.field,
                     fmt::format("the directory {} is not empty", to.path),
                     "Name a new one. What a restore that was stopped has left can be removed."};
    }
    return journal::write_copy_note(files, journal::copy_file_of(to),
                                    {.kind = journal::CopyKind::unfinished});
}

/// Writes the kept part of a backup into a new journal.
class Keeping {
   public:
    Keeping(const Cut& cut, const Ports& ports, Sequence tail, journal::Store& target)
        : cut_(cut), ports_(ports), tail_(tail), copy_(target, {}) {}

    [[nodiscard]] const ChainEnd& end() const { return copy_.end(); }
    [[nodiscard]] std::uint64_t records() const { return copy_.records(); }
    [[nodiscard]] const BatchNumbers& batches() const { return batches_; }

    Result<Done> run(const journal::Store& backup) {
        const auto head = journal::verify_chain(
            backup, Head{}, [this](const journal::RecordView& record) { return take(record); });
        if (!head && !cut_off_) return head.fault();
        return copy_.flush();
    }

   private:
    Result<Done> take(const journal::RecordView& record) {
        if (!within(cut_, record.header())) {
            cut_off_ = true;
            return Fault{FaultKind::conflict, "cut", "the rest is not wanted", "Go on."};
        }
        const Result<Done> folded = batches_.fold(record);
        if (!folded) return folded.fault();
        const Result<Done> taken = copy_.take(record);
        if (!taken) return taken.fault();
        ports_.on_copied(record.header().last(), tail_);
        return Done{};
    }

    const Cut& cut_;
    const Ports& ports_;
    const Sequence tail_;
    Appending copy_;
    BatchNumbers batches_;
    bool cut_off_ = false;
};

/// What is known of the lives that are lost.
struct Lost {
    Epoch epoch;
    Sequence last;
    std::map<std::string, std::uint32_t> batches;

    void take(const Head& head) {
        epoch = std::max(epoch, head.epoch);
        last = std::max(last, head.sequence);
    }
};

Result<Lost> find_lost(const ToService& to_service, const journal::Store& backup,
                       const ChainEnd& kept, BatchNumbers batches, const Ports& ports) {
    Lost lost{.batches = to_service.batches_known};
    const auto end = journal::verify_chain(
        backup, kept.head,
        [&batches](const journal::RecordView& record) { return batches.fold(record); });
    if (!end) return end.fault();
    lost.take(*end);
    take_higher(lost.batches, batches.by_code());
    for (const journal::NamedPath& file : to_service.known_heads) {
        const auto head = journal::read_head(ports.files, file);
        if (!head) return head.fault();
        if (!*head) {
            return Fault{FaultKind::not_found, file.field,
                         fmt::format("there is no head file {}", file.path),
                         "Name the file \"head\" of the old data directory, or leave it out."};
        }
        lost.take(**head);
    }
    if (!to_service.settlement) return lost;
    const auto seen = ports.stores.read_settlement(*to_service.settlement);
    if (!seen) return seen.fault();
    lost.take(seen->head);
    take_higher(lost.batches, seen->batches);
    return lost;
}

rules::Restored restored_event(const ToService& to_service, const Head& kept, const Lost& lost,
                               const BatchNumbers& batches) {
    return {.request = to_service.request,
            .epoch = {lost.epoch.value + 1},
            .restored_to = kept.sequence,
            .lost_first = {kept.sequence.value + 1},
            .lost_last = std::max(lost.last, kept.sequence),
            .batches_lost = batches.lost(lost.batches)};
}

/// Appends the event as a record of its own.
Result<ChainEnd> append(const rules::Restored& event, const ChainEnd& kept,
                        journal::Store& target) {
    const rules::Stamp stamp{
        .epoch = event.epoch, .sequence = event.lost_first, .now_ns = {kept.stamp.value + 1}};
    std::vector<std::byte> clear;
    journal::encode_clear(event, stamp, {}, clear);
    journal::RecordBuilder builder;
    builder.begin({.epoch = stamp.epoch,
                   .first = stamp.sequence,
                   .stamp = stamp.now_ns,
                   .previous = kept.head.chain});
    builder.append_event(clear, {});
    const journal::RecordBuilder::Built built = builder.finish();
    const auto committed = target.commit(kept.head.sequence, built.record);
    if (!committed) return committed.fault();
    return ChainEnd{.head = {.epoch = stamp.epoch, .sequence = *committed, .chain = built.chain},
                    .stamp = stamp.now_ns};
}

/// Adds what a copy that goes to service has beyond the kept part.
/// @return the end of its journal.
Result<ChainEnd> go_on(const ToService& to_service, const journal::Store& backup,
                       const Keeping& kept, journal::Store& target, const Ports& ports,
                       RestoredCopy& done) {
    const auto lost = find_lost(to_service, backup, kept.end(), kept.batches(), ports);
    if (!lost) return lost.fault();
    done.fork = restored_event(to_service, kept.end().head, *lost, kept.batches());
    done.programmes_lost = kept.batches().missing(lost->batches);
    if (done.fork->batches_lost.size() > restored_programmes_max) {
        return Fault{
            FaultKind::conflict, "batches",
            fmt::format("more than {} programmes have lost batches", restored_programmes_max),
            "Restore to a later sequence, before which fewer batches were closed."};
    }
    return append(*done.fork, kept.end(), target);
}

/// The journal is written: reads it again, and brings the files beside it.
Result<Done> finish(const RestorePlaces& places, const Ports& ports, const ChainEnd& end,
                    RestoredCopy& done) {
    const auto written = ports.stores.look_at(journal_of(places.to));
    if (!written) return written.fault();
    const auto show = [&](Sequence at) { ports.on_verified(at, end.head.sequence); };
    const Result<Done> stands = verify_up_to(**written, Head{}, end.head, show);
    if (!stands) return stands.fault();
    const Result<Done> head = journal::write_head(ports.files, head_of(places.to), end.head);
    if (!head) return head.fault();
    if (places.vault_from) {
        const auto vault = ports.stores.copy_vault(*places.vault_from, vault_of(places.to));
        if (!vault) return vault.fault();
        done.vault = *vault;
    }
    const journal::NamedPath copy_file = journal::copy_file_of(places.to);
    if (done.fork) return ports.files.remove(copy_file);
    return journal::write_copy_note(
        ports.files, copy_file,
        {.kind = journal::CopyKind::inspection, .head = end.head, .stamp = end.stamp});
}

}  // namespace

Result<RestoredCopy> restore(const RestorePlaces& places, const Cut& cut,
                             const std::optional<ToService>& to_service, const Ports& ports) {
    const Result<Done> apart = check_places(places);
    if (!apart) return apart.fault();
    const Result<Done> serves = to_service ? check_service(places, *to_service) : Done{};
    if (!serves) return serves.fault();
    const auto backup = open_backup(places.from, ports);
    if (!backup) return backup.fault();
    const auto backup_end = end_of(**backup);
    if (!backup_end) return backup_end.fault();
    const Result<Done> possible = check_cut(cut, **backup, *backup_end);
    if (!possible) return possible.fault();
    const Result<Done> begun = begin_directory(places.to, ports.files);
    if (!begun) return begun.fault();
    auto target = ports.stores.open(journal_of(places.to));
    if (!target) return target.fault();

    Keeping keeping(cut, ports, backup_end->head.sequence, **target);
    const Result<Done> kept = keeping.run(**backup);
    if (!kept) return kept.fault();
    RestoredCopy done{
        .end = keeping.end(), .backup_end = *backup_end, .records = keeping.records()};
    ChainEnd end = keeping.end();
    if (to_service) {
        const auto went_on = go_on(*to_service, **backup, keeping, **target, ports, done);
        if (!went_on) return went_on.fault();
        end = *went_on;
    }
    target->reset();
    const Result<Done> finished = finish(places, ports, end, done);
    if (!finished) return finished.fault();
    return done;
}

}  // namespace carecard::backup
