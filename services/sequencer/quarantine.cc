#include "services/sequencer/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "common/sha256.h"
#include "services/journal/little_endian.h"

namespace carecard::sequencer {
namespace {

using journal::append_little_endian;
using journal::load_little_endian;
using journal::NamedPath;

constexpr std::string_view magic = "CCQU";
constexpr std::uint8_t quarantine_version = 1;
constexpr std::size_t version_at = 4;
constexpr std::size_t count_at = 5;
constexpr std::size_t entries_at = 7;
constexpr std::size_t kind_size_at = 18;  // within an entry
constexpr std::size_t kind_at = 19;

Fault damaged(const NamedPath& file, std::string_view what) {
    return {.kind = FaultKind::corrupt,
            .field = file.field,
            .detail = fmt::format("the list of quarantined commands {} {}", file.path, what),
            .remedy =
                "restore it from a backup; or move it away, and what was set aside is "
                "decided again and may end the service once more"};
}

std::vector<std::byte> encode(std::span<const QuarantineEntry> entries) {
    std::vector<std::byte> bytes;
    const auto append = [&bytes](std::string_view text) {
        std::ranges::copy(bytes_of(text), std::back_inserter(bytes));
    };
    append(magic);
    append_little_endian(bytes, quarantine_version);
    append_little_endian(bytes, static_cast<std::uint16_t>(entries.size()));
    for (const QuarantineEntry& entry : entries) {
        append_little_endian(bytes, entry.fingerprint);
        append_little_endian(bytes, entry.since.value);
        append_little_endian(bytes, static_cast<std::uint8_t>(entry.stage));
        append_little_endian(bytes, entry.signal);
        append_little_endian(bytes, static_cast<std::uint8_t>(entry.kind.size()));
        append(entry.kind);
    }
    std::ranges::copy(sha256(bytes), std::back_inserter(bytes));
    return bytes;
}

bool is_stage(std::uint8_t number) {
    return number >= static_cast<std::uint8_t>(PoisonStage::deciding) &&
           number <= static_cast<std::uint8_t>(PoisonStage::answering);
}

/// Takes one entry off the front of `bytes`.
std::optional<QuarantineEntry> take_entry(std::span<const std::byte>& bytes) {
    if (bytes.size() < kind_at) return std::nullopt;
    const auto kind_size = load_little_endian<std::uint8_t>(bytes.subspan(kind_size_at));
    const auto stage = load_little_endian<std::uint8_t>(bytes.subspan(16));
    if (bytes.size() < kind_at + kind_size || !is_stage(stage)) return std::nullopt;
    const auto kind = bytes.subspan(kind_at, kind_size);
    QuarantineEntry entry{
        .fingerprint = load_little_endian<std::uint64_t>(bytes),
        .since = {load_little_endian<std::int64_t>(bytes.subspan(8))},
        .stage = static_cast<PoisonStage>(stage),
        .signal = load_little_endian<std::uint8_t>(bytes.subspan(17)),
        .kind = std::string(reinterpret_cast<const char*>(kind.data()), kind.size())};
    bytes = bytes.subspan(kind_at + kind_size);
    return entry;
}

Result<std::vector<QuarantineEntry>> decode(const NamedPath& file,
                                            std::span<const std::byte> bytes) {
    if (bytes.size() < entries_at + sizeof(Hash32)) return damaged(file, "is too short");
    if (!std::ranges::equal(bytes.first(magic.size()), bytes_of(magic))) {
        return damaged(file, "does not begin with CCQU");
    }
    const std::size_t hashed = bytes.size() - sizeof(Hash32);
    if (!std::ranges::equal(sha256(bytes.first(hashed)), bytes.subspan(hashed))) {
        return damaged(file, "does not match its checksum");
    }
    const auto version = load_little_endian<std::uint8_t>(bytes.subspan(version_at));
    if (version > quarantine_version) {
        return Fault{.kind = FaultKind::conflict,
                     .field = file.field,
                     .detail = fmt::format("{} has format version {}; this release reads up to {}",
                                           file.path, version, quarantine_version),
                     .remedy = "run the release that wrote it, or a newer one"};
    }
    const auto count = load_little_endian<std::uint16_t>(bytes.subspan(count_at));
    std::span<const std::byte> rest = bytes.first(hashed).subspan(entries_at);
    std::vector<QuarantineEntry> entries;
    for (std::size_t index = 0; index < count; ++index) {
        std::optional<QuarantineEntry> entry = take_entry(rest);
        if (!entry) return damaged(file, "ends within an entry");
        entries.push_back(*std::move(entry));
    }
    if (version != quarantine_version || !rest.empty()) {
        return damaged(file, "has a wrong length or version");
    }
    return entries;
}

Result<std::vector<QuarantineEntry>> read(journal::FileSystem& files, const NamedPath& file) {
    const Result<std::vector<std::byte>> bytes = files.read_all(file);
    if (bytes) return decode(file, *bytes);
    if (bytes.fault().kind == FaultKind::not_found) return std::vector<QuarantineEntry>{};
    return bytes.fault();
}

Result<Done> write(journal::FileSystem& files, const NamedPath& file,
                   std::span<const QuarantineEntry> entries) {
    return files.write_atomically(file, encode(entries), journal::FileMode::owner_only);
}

}  // namespace

std::string quarantine_id(std::uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

Result<std::unique_ptr<Quarantine>> Quarantine::open(journal::FileSystem& files, NamedPath file,
                                                     PoisonPage& page, TimestampNs now) {
    std::unique_ptr<Quarantine> opened(new Quarantine(files, std::move(file)));
    Result<std::vector<QuarantineEntry>> entries = read(files, opened->file_);
    if (!entries) return entries.fault();
    opened->set_entries(*std::move(entries));
    opened->found_.death = read_death(page);
    if (opened->found_.death && opened->found_.death->fingerprint != 0) {
        const Result<Done> added = opened->add(*opened->found_.death, now);
        if (!added) return added.fault();
    }
    clear_death(page);
    return opened;
}

Result<Done> Quarantine::add(const Death& death, TimestampNs now) {
    if (holds(death.fingerprint)) return Done{};
    std::vector<QuarantineEntry> entries = list();
    if (entries.size() == quarantine_entries_max) {
        found_.forgotten = entries.front();
        entries.erase(entries.begin());
    }
    entries.push_back({.fingerprint = death.fingerprint,
                       .since = now,
                       .stage = death.stage,
                       .signal = static_cast<std::uint8_t>(death.signal),
                       .kind = death.kind});
    const Result<Done> written = write(files_, file_, entries);
    if (!written) return written.fault();
    found_.added = entries.back();
    set_entries(std::move(entries));
    return Done{};
}

bool Quarantine::holds(std::uint64_t fingerprint) const {
    if (empty_) return false;
    const std::lock_guard lock(mutex_);
    return std::ranges::find(entries_, fingerprint, &QuarantineEntry::fingerprint) !=
           entries_.end();
}

std::vector<QuarantineEntry> Quarantine::list() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

void Quarantine::set_entries(std::vector<QuarantineEntry> entries) {
    const std::lock_guard lock(mutex_);
    entries_ = std::move(entries);
    empty_ = entries_.empty();
}

Result<QuarantineEntry> Quarantine::release(const std::string& id) {
    const std::lock_guard one_at_a_time(writing_);
    std::vector<QuarantineEntry> entries = list();
    const auto found = std::ranges::find(
        entries, id, [](const QuarantineEntry& entry) { return quarantine_id(entry.fingerprint); });
    if (found == entries.end()) {
        return Fault{.kind = FaultKind::not_found,
                     .field = "id",
                     .detail = "no command with this id is quarantined",
                     .remedy = "list the quarantine, and give an id as it is listed"};
    }
    QuarantineEntry released = *found;
    entries.erase(found);
    const Result<Done> written = write(files_, file_, entries);
    if (!written) return written.fault();
    set_entries(std::move(entries));
    ++releases_;
    return released;
}

}  // namespace carecard::sequencer
