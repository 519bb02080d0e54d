#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "common/limits.h"
#include "services/settlement/damage.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"
#include "services/settlement/verify_batch.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t step_bytes = 1024 * 1024;

template <class Bytes>
Result<Done> read_file(const std::string& directory, std::string_view name, std::size_t bytes_max,
                       Bytes& bytes) {
    std::ifstream file(fmt::format("{}/{}", directory, name), std::ios::binary);
    if (!file) {
        const int error = errno;
        const FaultKind kind = error == ENOENT ? FaultKind::not_found : FaultKind::unavailable;
        return Fault{kind, std::string(name),
                     fmt::format("it cannot be opened: {}", std::generic_category().message(error)),
                     "Name the directory that holds all files of one batch."};
    }
    while (file && bytes.size() <= bytes_max) {
        const std::size_t before = bytes.size();
        const std::size_t wanted = std::min(step_bytes, bytes_max + 1 - before);
        bytes.resize(before + wanted);
        file.read(reinterpret_cast<char*>(bytes.data()) + before,
                  static_cast<std::streamsize>(wanted));
        bytes.resize(before + static_cast<std::size_t>(file.gcount()));
    }
    if (bytes.size() > bytes_max) return damaged(name, "it is longer than such a file may be");
    if (!file.bad()) return Done{};
    return Fault{FaultKind::unavailable, std::string(name), "it cannot be read to its end",
                 "Check the disk, or download the batch again."};
}

}  // namespace

Result<BatchFiles> read_batch(const std::string& directory) {
    BatchFiles files;
    const Result<Done> parts[] = {
        read_file(directory, manifest_file, batch_manifest_bytes_max, files.manifest),
        read_file(directory, signature_file, batch_signature_bytes_max, files.signature),
        read_file(directory, items_file, batch_file_bytes_max, files.items),
        read_file(directory, positions_file, batch_file_bytes_max, files.positions),
    };
    for (const Result<Done>& part : parts) {
        if (!part) return part.fault();
    }
    return files;
}

}  // namespace carecard::settlement
