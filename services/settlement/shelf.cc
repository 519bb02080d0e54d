#include "services/settlement/shelf.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t check_step_bytes = 1024 * 1024;

FileDigest digest_of(std::span<const std::byte> bytes) {
    return {.size = bytes.size(), .sha256 = sha256(bytes)};
}

std::string number_text(std::uint32_t number) { return fmt::format("{:06}", number); }

Fault another_batch(const std::string& place, std::string_view file) {
    return {FaultKind::corrupt, "batches",
            fmt::format("{} holds a {} that does not follow from the journal", place, file),
            "Stop, keep the directory as it is, and call an operator: one of the two was changed."};
}

Fault signed_by_another(const std::string& place) {
    return {
        FaultKind::corrupt, "batches",
        fmt::format("{} holds a {} that is not by the signing certificate", place, signature_file),
        "If the certificate was renewed since, name the one before it as "
        "earlier-signing-certificate; else stop, keep the directory as it is, and call an "
        "operator."};
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

Result<Shelf::Stored> Shelf::put(const Draft& draft, const Signer& signer) {
    const std::string directory = fmt::format("{}/{}", root_, draft.manifest.programme);
    const std::string place = fmt::format("{}/{}", directory, number_text(draft.manifest.number));
    const std::string manifest = render(draft.manifest);
    const Result<Done> made = make_programme(directory);
    if (!made) return made.fault();
    const Result<Directories::Presence> there = directories_.exists(place);
    if (!there) return there.fault();
    if (*there == Directories::Presence::present) return compare(place, draft, manifest, signer);
    return build(place, draft, manifest, signer);
}

Result<Done> Shelf::make_programme(const std::string& directory) {
    if (durable_programmes_.contains(directory)) return Done{};
    const Result<Done> made = directories_.make(directory);
    if (!made) return made.fault();
    // An earlier process may have ended between these two steps.
    const Result<Done> synced = directories_.sync(root_);
    if (!synced) return synced.fault();
    durable_programmes_.insert(directory);
    return Done{};
}

Result<Shelf::Stored> Shelf::compare(const std::string& place, const Draft& draft,
                                     std::string_view manifest, const Signer& signer) const {
    const struct {
        std::string_view file;
        std::string_view bytes;
    } rows[] = {
        {items_file, draft.items}, {positions_file, draft.positions}, {manifest_file, manifest}};
    for (const auto& row : rows) {
        const Result<std::vector<std::byte>> stored =
            directories_.read({.path = fmt::format("{}/{}", place, row.file),
                               .offset = 0,
                               .bytes_max = row.bytes.size() + 1});
        if (!stored) return stored.fault();
        if (!std::ranges::equal(*stored, bytes_of(row.bytes))) {
            return another_batch(place, row.file);
        }
    }
    const Result<std::vector<std::byte>> signature =
        directories_.read({.path = fmt::format("{}/{}", place, signature_file),
                           .offset = 0,
                           .bytes_max = batch_signature_bytes_max});
    if (!signature) return signature.fault();
    if (!signer.has_signed(manifest, *signature)) return signed_by_another(place);
    // The machine may have stopped between the renaming and the sync after it.
    const Result<Done> synced = directories_.sync(parent_of(place));
    if (!synced) return synced.fault();
    return Stored{.manifest = digest_of(bytes_of(manifest)), .signature = digest_of(*signature)};
}

Result<Shelf::Stored> Shelf::build(const std::string& place, const Draft& draft,
                                   std::string_view manifest, const Signer& signer) {
    const Result<std::vector<std::byte>> signature = signer.sign(manifest);
    if (!signature) return signature.fault();
    const std::string unfinished = place + ".unfinished";
    const Result<Done> cleared = directories_.remove_all(unfinished);
    if (!cleared) return cleared.fault();
    const Result<Done> made = directories_.make(unfinished);
    if (!made) return made.fault();
    const struct {
        std::string_view file;
        std::span<const std::byte> bytes;
    } rows[] = {{items_file, bytes_of(draft.items)},
                {positions_file, bytes_of(draft.positions)},
                {manifest_file, bytes_of(manifest)},
                {signature_file, *signature}};
    for (const auto& row : rows) {
        const Result<Done> written =
            directories_.write(fmt::format("{}/{}", unfinished, row.file), row.bytes);
        if (!written) return written.fault();
    }
    for (const auto& row : rows) {
        const Result<Done> file_synced =
            directories_.sync(fmt::format("{}/{}", unfinished, row.file));
        if (!file_synced) return file_synced.fault();
    }
    const Result<Done> synced = directories_.sync(unfinished);
    if (!synced) return synced.fault();
    const Result<Done> renamed = directories_.rename(unfinished, place);
    if (!renamed) return renamed.fault();
    const Result<Done> durable = directories_.sync(parent_of(place));
    if (!durable) return durable.fault();
    return Stored{.manifest = digest_of(bytes_of(manifest)), .signature = digest_of(*signature)};
}

Result<std::vector<std::byte>> Shelf::read(const BatchFileName& name, std::uint64_t offset,
                                           std::size_t bytes_max) const {
    Result<std::vector<std::byte>> part =
        directories_.read({.path = fmt::format("{}/{}/{}/{}", root_, name.programme,
                                               number_text(name.number), name.file),
                           .offset = offset,
                           .bytes_max = bytes_max});
    if (!part && part.fault().kind == FaultKind::not_found) return not_as_signed(name);
    return part;
}

Fault Shelf::not_as_signed(const BatchFileName& name) {
    return {FaultKind::corrupt, "file_name",
            fmt::format("the stored {} of batch {} is not the file that was signed", name.file,
                        name.number),
            "Do not use it; call an operator to restore the batch."};
}

Result<Done> Shelf::check(const BatchFileName& name, const FileDigest& digest) const {
    Sha256 hash;
    std::uint64_t size = 0;
    while (true) {
        const Result<std::vector<std::byte>> part = read(name, size, check_step_bytes);
        if (!part) return part.fault();
        hash.update(*part);
        size += part->size();
        if (part->size() < check_step_bytes) break;
    }
    if (size == digest.size && hash.finish() == digest.sha256) return Done{};
    return not_as_signed(name);
}

}  // namespace carecard::settlement
