#include "services/backup/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace carecard::backup {
namespace {

namespace fs = std::filesystem;

journal::NamedPath part_of(const journal::NamedPath& directory, const char* name) {
    return {.field = fmt::format("{}/{}", directory.field, name),
            .path = fmt::format("{}/{}", directory.path, name)};
}

/// The path with its links followed, as far as it exists, and without a slash at its end.
fs::path plain(const std::string& path) {
    std::error_code error;
    fs::path result = fs::weakly_canonical(fs::absolute(path, error), error);
    if (error) result = fs::path(path).lexically_normal();
    return result.has_filename() ? result : result.parent_path();
}

bool begins_with(const fs::path& path, const fs::path& start) {
    const auto [in_path, in_start] =
        std::mismatch(path.begin(), path.end(), start.begin(), start.end());
    return in_start == start.end();
}

}  // namespace

journal::NamedPath journal_of(const journal::NamedPath& directory) {
    return part_of(directory, "journal");
}
journal::NamedPath vault_of(const journal::NamedPath& directory) {
    return part_of(directory, "vault");
}
journal::NamedPath head_of(const journal::NamedPath& directory) {
    return part_of(directory, "head");
}

bool overlap(const std::string& one, const std::string& other) {
    const fs::path a = plain(one);
    const fs::path b = plain(other);
    return begins_with(a, b) || begins_with(b, a);
}

Result<Done> keep_apart(const journal::NamedPath& one, const journal::NamedPath& other,
                        const std::string& why) {
    if (!overlap(one.path, other.path)) return Done{};
    return Fault{FaultKind::malformed, one.field,
                 fmt::format("{} and {} are one directory, or one lies in the other: {}", one.path,
                             other.path, why),
                 "Name a directory of its own."};
}

}  // namespace carecard::backup
