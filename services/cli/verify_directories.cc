#include "services/cli/verify_directories.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "common/limits.h"
#include "services/cli/batch_files.h"

namespace carecard::cli {
namespace {

namespace fs = std::filesystem;

struct Found {
    std::string programme;
    std::uint32_t number = 0;
    std::string directory;
};

Fault at_directory(const std::string& directory, Fault fault) {
    fault.detail = fmt::format("{}: {}", directory, fault.detail);
    return fault;
}

bool is_batch(const fs::path& directory) {
    std::error_code error;
    return fs::exists(directory / settlement::manifest_file, error);
}

Result<Found> look_at(const std::string& directory) {
    const auto text = read_small_file(directory + "/" + std::string(settlement::manifest_file),
                                      batch_manifest_bytes_max);
    if (!text) return at_directory(directory, text.fault());
    const auto manifest = settlement::parse_manifest(*text);
    if (!manifest) return at_directory(directory, manifest.fault());
    return Found{manifest->programme, manifest->number, directory};
}

/// The batches that `directory` is or holds.
std::vector<std::string> batches_in(const std::string& directory) {
    if (is_batch(directory)) return {directory};
    std::vector<std::string> inside;
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (is_batch(entry->path())) inside.push_back(entry->path());
    }
    return inside;
}

/// The same directory may be named twice, or by two names.
void remove_repeated(std::vector<Found>& found) {
    std::set<std::string> seen;
    std::erase_if(found, [&](const Found& batch) {
        std::error_code error;
        const fs::path place = fs::canonical(batch.directory, error);
        return !seen.insert(error ? batch.directory : place.string()).second;
    });
}

Fault misplaced(std::string detail, std::string remedy) {
    return {.kind = FaultKind::corrupt,
            .field = "DIR",
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

/// Whether `number` is one that `manifest` says was lost.
bool says_lost(const settlement::Manifest& manifest, std::uint32_t number) {
    return manifest.fork && number >= manifest.fork->lost_first &&
           number <= manifest.fork->lost_last;
}

/// The batch that `manifest` must follow, among those proved so far of its programme.
/// @return null when none of them is of its line: then it is verified by itself.
Result<const ProvedBatch*> find_before(const std::vector<ProvedBatch>& proved,
                                       const settlement::Manifest& manifest) {
    for (auto before = proved.rbegin(); before != proved.rend(); ++before) {
        const settlement::Manifest& found = before->manifest;
        if (found.programme != manifest.programme) break;
        if (found.number == manifest.number) {
            return misplaced(
                fmt::format("it is batch {}, and so is {}", manifest.number, before->directory),
                "keep both, and ask the operator of the settlement service");
        }
        if (before->lost || says_lost(manifest, found.number)) continue;
        if (found.number == settlement::number_before(manifest)) return &*before;
        return misplaced(fmt::format("it is batch {}, and the one before it here is batch {}",
                                     manifest.number, found.number),
                         "download the batches between them, or verify this one by itself");
    }
    return nullptr;
}

void mark_lost(std::vector<ProvedBatch>& proved, const settlement::Manifest& manifest) {
    for (ProvedBatch& batch : proved) {
        if (batch.manifest.programme != manifest.programme) continue;
        batch.lost = batch.lost || says_lost(manifest, batch.manifest.number);
    }
}

/// A batch that was read last, kept for the next one.
struct Read {
    std::string directory;
    settlement::BatchFiles files;
};

/// The files of `before`, which are at hand unless lost batches came between.
Result<settlement::BatchFiles> files_of(const ProvedBatch& before, std::optional<Read>& last) {
    if (last && last->directory == before.directory) return std::move(last->files);
    auto files = settlement::read_batch(before.directory);
    if (!files) return at_directory(before.directory, files.fault());
    return files;
}

}  // namespace

Result<std::vector<std::string>> find_batches(const std::vector<std::string>& directories) {
    std::vector<Found> found;
    for (const std::string& directory : directories) {
        const std::vector<std::string> inside = batches_in(directory);
        if (inside.empty()) {
            return Fault{.kind = FaultKind::not_found,
                         .field = "DIR",
                         .detail = fmt::format("{} is no batch and holds none", directory),
                         .remedy = "give a directory that carecard batches download made"};
        }
        for (const std::string& each : inside) {
            Result<Found> batch = look_at(each);
            if (!batch) return batch.fault();
            found.push_back(*std::move(batch));
        }
    }
    remove_repeated(found);
    std::ranges::sort(found, [](const Found& left, const Found& right) {
        return std::tie(left.programme, left.number) < std::tie(right.programme, right.number);
    });
    std::vector<std::string> sorted;
    for (Found& batch : found) sorted.push_back(std::move(batch.directory));
    return sorted;
}

Result<std::vector<ProvedBatch>> verify_directories(const std::vector<std::string>& directories,
                                                    const settlement::TrustedSigner& trusted) {
    std::vector<ProvedBatch> proved;
    std::optional<Read> last;
    for (const std::string& directory : directories) {
        auto files = settlement::read_batch(directory);
        if (!files) return at_directory(directory, files.fault());
        const auto manifest = settlement::parse_manifest(files->manifest);
        if (!manifest) return at_directory(directory, manifest.fault());
        const auto before = find_before(proved, *manifest);
        if (!before) return at_directory(directory, before.fault());
        std::optional<settlement::BatchFiles> previous;
        if (*before != nullptr) {
            auto found = files_of(**before, last);
            if (!found) return found.fault();
            previous = *std::move(found);
        }
        auto batch = settlement::verify_batch(*files, trusted, previous ? &*previous : nullptr);
        if (!batch) return at_directory(directory, batch.fault());
        mark_lost(proved, batch->manifest);
        const bool chained = previous || !batch->manifest.previous;
        proved.push_back(
            {.directory = directory, .manifest = std::move(batch->manifest), .chained = chained});
        last = Read{.directory = directory, .files = *std::move(files)};
    }
    return proved;
}

}  // namespace carecard::cli
