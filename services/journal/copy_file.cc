#include "services/journal/copy_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "common/sha256.h"
#include "services/journal/little_endian.h"

namespace carecard::journal {
namespace {

constexpr std::string_view magic = "CCCF";
constexpr std::uint8_t copy_version = 1;
constexpr std::size_t version_at = 4;
constexpr std::size_t kind_at = 5;
constexpr std::size_t epoch_at = 6;
constexpr std::size_t sequence_at = 10;
constexpr std::size_t chain_at = 18;
constexpr std::size_t stamp_at = 50;
constexpr std::size_t file_bytes = 90;
static_assert(stamp_at + sizeof(std::int64_t) + sizeof(Hash32) == file_bytes);

Fault damaged(const NamedPath& file, std::string_view what) {
    return {FaultKind::corrupt, file.field, fmt::format("the file {} {}", file.path, what),
            "Keep the directory as it is, check it with carecard-fsck, and make a new copy beside "
            "it."};
}

std::vector<std::byte> encode(const CopyNote& note) {
    std::vector<std::byte> bytes;
    bytes.reserve(file_bytes);
    std::ranges::copy(bytes_of(magic), std::back_inserter(bytes));
    append_little_endian(bytes, copy_version);
    append_little_endian(bytes, static_cast<std::uint8_t>(note.kind));
    append_little_endian(bytes, note.head.epoch.value);
    append_little_endian(bytes, note.head.sequence.value);
    std::ranges::copy(note.head.chain, std::back_inserter(bytes));
    append_little_endian(bytes, note.stamp.value);
    std::ranges::copy(sha256(bytes), std::back_inserter(bytes));
    return bytes;
}

Result<CopyNote> decode(const NamedPath& file, std::span<const std::byte> bytes) {
    if (bytes.size() < kind_at + sizeof(Hash32)) return damaged(file, "is too short");
    if (!std::ranges::equal(bytes.first(magic.size()), bytes_of(magic))) {
        return damaged(file, "does not begin with CCCF");
    }
    const std::size_t hashed_bytes = bytes.size() - sizeof(Hash32);
    if (!std::ranges::equal(sha256(bytes.first(hashed_bytes)), bytes.last(sizeof(Hash32)))) {
        return damaged(file, "does not match its checksum");
    }
    const auto version = std::to_integer<std::uint8_t>(bytes[version_at]);
    if (version > copy_version) {
        return Fault{FaultKind::conflict, file.field,
                     fmt::format("the file {} has format version {}; this release reads up to "
                                 "version {}",
                                 file.path, version, copy_version),
                     "Run the release that wrote it, or a newer one."};
    }
    if (version != copy_version || bytes.size() != file_bytes) {
        return damaged(file, "has a wrong length or version");
    }
    const auto kind = std::to_integer<std::uint8_t>(bytes[kind_at]);
    if (kind < static_cast<std::uint8_t>(CopyKind::backup) ||
        kind > static_cast<std::uint8_t>(CopyKind::inspection)) {
        return damaged(file, "is of a kind that never was");
    }
    CopyNote note{
        .kind = static_cast<CopyKind>(kind),
        .head = {.epoch = {load_little_endian<std::uint32_t>(bytes.subspan(epoch_at))},
                 .sequence = {load_little_endian<std::uint64_t>(bytes.subspan(sequence_at))}},
        .stamp = {load_little_endian<std::int64_t>(bytes.subspan(stamp_at))}};
    std::ranges::copy(bytes.subspan(chain_at, sizeof(Hash32)), note.head.chain.begin());
    return note;
}

}  // namespace

NamedPath copy_file_of(const NamedPath& directory) {
    return {.field = directory.field, .path = directory.path + "/copy"};
}

Result<std::optional<CopyNote>> read_copy_note(FileSystem& files, const NamedPath& file) {
    const Result<std::vector<std::byte>> bytes = files.read_all(file);
    if (!bytes) {
        if (bytes.fault().kind == FaultKind::not_found) return std::optional<CopyNote>{};
        return bytes.fault();
    }
    const Result<CopyNote> note = decode(file, *bytes);
    if (!note) return note.fault();
    return std::optional<CopyNote>{*note};
}

Result<Done> write_copy_note(FileSystem& files, const NamedPath& file, const CopyNote& note) {
    return files.write_atomically(file, encode(note), FileMode::owner_only);
}

}  // namespace carecard::journal
