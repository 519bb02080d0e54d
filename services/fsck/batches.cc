#include "services/fsck/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <variant>

#include "common/sha256.h"
#include "services/settlement/file_names.h"

namespace carecard::fsck {
namespace {

namespace fs = std::filesystem;

constexpr const char* wrong_batch_remedy =
    "Keep the directory as it is, and restore this batch from a backup or from a download of the "
    "council's (its files are signed). Until then the settlement service refuses to go on from it.";

Fault wrong_batch(std::string detail) {
    return {.kind = FaultKind::corrupt,
            .field = "batches",
            .detail = std::move(detail),
            .remedy = wrong_batch_remedy};
}

Fault missing_batch(const std::string& place, const Fault& why) {
    return {.kind = FaultKind::corrupt,
            .field = "batches",
            .detail = fmt::format("the batch {} is missing or not whole: {}: {}", place, why.field,
                                  why.detail),
            .remedy =
                "If the settlement service has not followed the journal so far yet, let it, "
                "and check again; else restore the batch from a backup or from a download of "
                "the council's."};
}

settlement::FileDigest digest_of(std::span<const std::byte> bytes) {
    return {.size = bytes.size(), .sha256 = sha256(bytes)};
}

/// Whether a directory's name is the number of a batch: six digits or more.
std::optional<std::uint32_t> number_in(const std::string& name) {
    const bool digits =
        name.size() >= 6 && name.size() <= 9 &&
        std::ranges::all_of(name, [](char letter) { return letter >= '0' && letter <= '9'; });
    if (!digits) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(name));
}

}  // namespace

void Batches::event(const journal::DecodedEvent& event, std::span<const std::byte> clear) {
    if (flaw_) return;
    const Result<Done> noted = note(event, clear);
    if (!noted) flaw_ = {.sequence = event.stamp.sequence, .fault = noted.fault()};
}

Result<Done> Batches::note(const journal::DecodedEvent& event, std::span<const std::byte> clear) {
    if (std::holds_alternative<rules::ClockAdvanced>(event.event)) is_simulated_ = true;
    if (const auto* closed = std::get_if<rules::SettlementClosed>(&event.event)) {
        return close(*closed, event.stamp);
    }
    const Result<Done> noted = period_.note(event, clear, changes_);
    if (!noted) return noted.fault();
    if (changes_.empty()) return Done{};
    Result<Done> written = parts_.book.write(changes_);
    changes_.clear();
    return written;
}

Result<Done> Batches::close(const rules::SettlementClosed& event, const rules::Stamp& stamp) {
    Result<settlement::Draft> draft = period_.close(event, stamp.epoch, parts_.book, changes_);
    if (!draft) return draft.fault();
    const Result<Done> written = parts_.book.write(changes_);
    changes_.clear();
    if (!written) return written.fault();
    const std::string place =
        fmt::format("{}/{}/{:06}", parts_.directory, event.request.programme.view(), event.number);
    const Result<settlement::BatchFiles> files = settlement::read_batch(place);
    if (!files) return missing_batch(place, files.fault());
    const Result<Done> agrees = compare(place, *draft, *files);
    if (!agrees) return agrees.fault();
    const settlement::FileDigest manifest = digest_of(bytes_of(files->manifest));
    const settlement::FileDigest signature = digest_of(files->signature);
    period_.closed(event.programme, {.manifest = draft->manifest,
                                     .manifest_digest = manifest,
                                     .signature_digest = signature,
                                     .closed_sequence = stamp.sequence,
                                     .closed_at = stamp.now_ns});
    closed_[event.request.programme.str()] = event.number;
    ++agreed_;
    return Done{};
}

/// The journal does not say by which clock it is kept, unless that clock was ever advanced: a
/// manifest that says "simulated" is then believed.
Result<Done> Batches::compare(const std::string& place, settlement::Draft& draft,
                              const settlement::BatchFiles& files) const {
    const Result<settlement::Manifest> stated = settlement::parse_manifest(files.manifest);
    if (!stated) {
        if (stated.fault().kind == FaultKind::conflict) return stated.fault();
        return wrong_batch(
            fmt::format("{}/{}: {}", place, settlement::manifest_file, stated.fault().detail));
    }
    draft.manifest.clock = is_simulated_ ? settlement::ClockKind::simulated : stated->clock;
    const struct {
        std::string_view name;
        bool agrees;
    } rows[] = {
        {settlement::items_file, files.items == draft.items},
        {settlement::positions_file, files.positions == draft.positions},
        {settlement::manifest_file, files.manifest == settlement::render(draft.manifest)},
    };
    for (const auto& row : rows) {
        if (row.agrees) continue;
        return wrong_batch(fmt::format("{}/{} is not what the journal leads to", place, row.name));
    }
    return check_signature(place, draft, files);
}

Result<Done> Batches::check_signature(const std::string& place, const settlement::Draft& draft,
                                      const settlement::BatchFiles& files) const {
    if (parts_.signers.empty()) return Done{};
    Result<Done> verified = Done{};
    for (const settlement::TrustedSigner& signer : parts_.signers) {
        verified = settlement::verify_signature(files.manifest, files.signature, signer,
                                                draft.manifest.council);
        if (verified) return verified;
    }
    if (verified.fault().kind != FaultKind::corrupt) return verified.fault();
    return wrong_batch(
        fmt::format("{}/{}: {}", place, settlement::signature_file, verified.fault().detail));
}

void Batches::end(Sequence tail) {
    if (flaw_) return;
    const Result<Done> others = look_for_others();
    if (!others) flaw_ = {.sequence = {tail.value + 1}, .fault = others.fault()};
}

/// A batch beyond the journal's last closing tells of events that the journal has lost.
Result<Done> Batches::look_for_others() const {
    std::error_code error;
    for (const fs::directory_entry& programme : fs::directory_iterator(parts_.directory, error)) {
        if (!programme.is_directory()) continue;
        const auto known = closed_.find(programme.path().filename().string());
        const std::uint32_t last = known == closed_.end() ? 0 : known->second;
        for (const fs::directory_entry& batch : fs::directory_iterator(programme.path(), error)) {
            const auto number = number_in(batch.path().filename().string());
            if (!number || (*number >= 1 && *number <= last)) continue;
            return wrong_batch(
                fmt::format("{} is a batch that the journal never closed", batch.path().string()));
        }
        if (error) break;
    }
    if (!error) return Done{};
    return Fault{
        .kind = FaultKind::unavailable,
        .field = "batches",
        .detail = fmt::format("{} cannot be listed: {}", parts_.directory, error.message()),
        .remedy =
            "Name the settlement service's directory \"batches\", and check that "
            "this user may read it."};
}

}  // namespace carecard::fsck
