#include "services/backup/backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/limits.h"
#include "services/backup/appending.h"
#include "services/backup/places.h"
#include "services/journal/copy_file.h"
#include "services/journal/verify.h"

namespace carecard::backup {
namespace {

using journal::Head;

constexpr const char* both_texts =
    "who holds a backup and the keys beside it can read every name and reason, and an erased key "
    "would live on in old backups";

Result<Done> check_places(const BackupPlaces& places) {
    const Result<Done> apart = keep_apart(
        places.to, places.data, "what befalls the service's directory would befall its backup");
    if (!apart || !places.vault_to) return apart;
    const Result<Done> from_backup = keep_apart(*places.vault_to, places.to, both_texts);
    if (!from_backup) return from_backup;
    return keep_apart(*places.vault_to, places.data,
                      "what befalls the service's directory would befall the copy of its vault");
}

/// Before anything is made for its sake.
Result<Done> check_source(const journal::NamedPath& data, journal::FileSystem& files) {
    const auto there = files.exists(journal_of(data));
    if (!there) return there.fault();
    if (*there == journal::Presence::present) return Done{};
    return Fault{FaultKind::not_found, data.field,
                 fmt::format("the directory {} holds no journal", data.path),
                 "Name the data directory of carecard-authorisation, and run as its user."};
}

Fault not_a_backup(const journal::NamedPath& to, std::string_view what) {
    return {FaultKind::conflict, to.field, fmt::format("the directory {} {}", to.path, what),
            "Name a new directory, or the one of an earlier backup of this journal."};
}

Fault other_journal(const journal::NamedPath& to, const std::string& what) {
    return {FaultKind::conflict, to.field,
            fmt::format("the backup in {} is of another journal, or of a life of it before a "
                        "restore: {}",
                        to.path, what),
            "Keep that backup, and make a new one in a directory of its own."};
}

/// Makes the directory of a backup, or recognises the one that is there.
Result<Done> open_directory(const journal::NamedPath& to, journal::FileSystem& files) {
    const Result<Done> made = files.make_directory(to);
    if (!made) return made.fault();
    const journal::NamedPath copy_file = journal::copy_file_of(to);
    const auto note = journal::read_copy_note(files, copy_file);
    if (!note) return note.fault();
    if (*note) {
        if ((*note)->kind == journal::CopyKind::backup) return Done{};
        return not_a_backup(to, "holds a restored copy of a journal, and no backup");
    }
    const auto names = files.list(to);
    if (!names) return names.fault();
    const auto is_ours = [](const std::string& name) { return name == "copy.tmp"; };
    if (!std::ranges::all_of(*names, is_ours)) {
        return not_a_backup(to, "holds something else than a backup");
    }
    return journal::write_copy_note(files, copy_file, {.kind = journal::CopyKind::backup});
}

/// Brings records from a journal, of which parts may vanish while they are read, into a backup.
class Copying {
   public:
    Copying(const BackupPlaces& places, const Ports& ports, journal::Store& target,
            const ChainEnd& start)
        : places_(places), ports_(ports), target_(target), copy_(target, start) {}

    [[nodiscard]] const ChainEnd& end() const { return copy_.end(); }
    [[nodiscard]] std::uint64_t records() const { return copy_.records(); }

    /// Copies what one look at the journal shows. Looks again, a bounded number of times, while
    /// reading fails and no record comes.
    Result<Done> run() {
        for (int looks = 1;; ++looks) {
            const Sequence before = end().head.sequence;
            const Result<Done> copied = look();
            if (copied || final_) return copied;
            if (end().head.sequence > before) looks = 1;
            if (looks > backup_reopenings_max) return copied;
            ports_.pause();
        }
    }

   private:
    Fault for_good(Fault fault) {
        final_ = true;
        return fault;
    }

    Result<Done> look() {
        // Before the journal, so that a running service cannot have written past what is seen.
        const auto known = journal::read_head(ports_.files, head_of(places_.data));
        if (!known) return known.fault();
        const auto source = ports_.stores.look_at(journal_of(places_.data));
        if (!source) {
            const FaultKind kind = source.fault().kind;
            const bool may_mend = kind == FaultKind::corrupt || kind == FaultKind::unavailable;
            return may_mend ? source.fault() : for_good(source.fault());
        }
        const Result<Done> joins = check_join(**source);
        if (!joins) return joins.fault();
        const auto tail = (*source)->tail();
        const Head from = end().head;
        const auto head = journal::verify_chain(
            **source, from,
            [this, tail](const journal::RecordView& record) { return take(record, tail); });
        // What was read before a fault is sound, and kept.
        const Result<Done> flushed = copy_.flush();
        if (!flushed) return for_good(flushed.fault());
        if (!head) return head.fault();
        if (!*known) return Done{};
        return check_known(**known);
    }

    /// The journal must have the backup's last record at the same place.
    Result<Done> check_join(const journal::Store& source) {
        const Head& joint = end().head;
        if (joint.sequence.value == 0) return Done{};
        if (source.tail() < joint.sequence) {
            return other_journal(places_.to,
                                 fmt::format("it reaches sequence {}, and the journal {}",
                                             joint.sequence.value, source.tail().value));
        }
        std::vector<std::byte> buffer;
        journal::Record record;
        const auto outcome = source.read({joint.sequence.value - 1}, buffer, record);
        if (!outcome) return outcome.fault();
        const auto view = journal::parse_record(record.bytes);
        if (!view) return view.fault();
        if (record.last == joint.sequence && view->chain() == joint.chain) return Done{};
        return for_good(other_journal(
            places_.to, fmt::format("they differ at sequence {}", joint.sequence.value)));
    }

    Result<Done> take(const journal::RecordView& record, Sequence tail) {
        const Result<Done> taken = copy_.take(record);
        if (!taken) return for_good(taken.fault());
        ports_.on_copied(record.header().last(), tail);
        return Done{};
    }

    /// What the head file knows to be durable must be in the backup.
    [[nodiscard]] Result<Done> check_known(const Head& known) const {
        return journal::check_head(target_, end().head, known);
    }

    const BackupPlaces& places_;
    const Ports& ports_;
    journal::Store& target_;
    Appending copy_;
    bool final_ = false;  // looking again would not help
};

/// Reads again what this run wrote, and then says in the backup's own files how far it goes.
Result<Done> finish(const BackupPlaces& places, const Ports& ports, const Head& start,
                    const ChainEnd& end) {
    const auto written = ports.stores.look_at(journal_of(places.to));
    if (!written) return written.fault();
    const auto show = [&](Sequence done) { ports.on_verified(done, end.head.sequence); };
    const Result<Done> stands = verify_up_to(**written, start, end.head, show);
    if (!stands) return stands.fault();
    if (end.head.sequence.value != 0) {
        const Result<Done> head = journal::write_head(ports.files, head_of(places.to), end.head);
        if (!head) return head.fault();
    }
    return journal::write_copy_note(
        ports.files, journal::copy_file_of(places.to),
        {.kind = journal::CopyKind::backup, .head = end.head, .stamp = end.stamp});
}

/// Looks again while the service replaces the vault's files.
Result<journal::VaultCopied> copy_vault(const BackupPlaces& places, const Ports& ports) {
    const auto mends = [](FaultKind kind) {
        return kind == FaultKind::corrupt || kind == FaultKind::unavailable;
    };
    for (int looks = 1;; ++looks) {
        const auto copied = ports.stores.copy_vault(vault_of(places.data), *places.vault_to);
        if (copied || !mends(copied.fault().kind) || looks > backup_reopenings_max) return copied;
        ports.pause();
    }
}

}  // namespace

Result<BackedUp> back_up(const BackupPlaces& places, const Ports& ports) {
    const Result<Done> apart = check_places(places);
    if (!apart) return apart.fault();
    const Result<Done> source = check_source(places.data, ports.files);
    if (!source) return source.fault();
    const Result<Done> directory = open_directory(places.to, ports.files);
    if (!directory) return directory.fault();
    auto target = ports.stores.open(journal_of(places.to));
    if (!target) return target.fault();
    const Result<ChainEnd> start = end_of(**target);
    if (!start) return start.fault();
    Copying copying(places, ports, **target, *start);
    const Result<Done> copied = copying.run();
    if (!copied) return copied.fault();
    target->reset();
    const Result<Done> finished = finish(places, ports, start->head, copying.end());
    if (!finished) return finished.fault();
    BackedUp done{.end = copying.end(),
                  .before = start->head.sequence,
                  .records = copying.records(),
                  .events = copying.end().head.sequence.value - start->head.sequence.value};
    if (!places.vault_to) return done;
    const auto vault = copy_vault(places, ports);
    if (!vault) return vault.fault();
    done.vault = *vault;
    return done;
}

}  // namespace carecard::backup
