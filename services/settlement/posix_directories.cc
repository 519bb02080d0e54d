#include "services/settlement/posix_directories.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "services/rpc/descriptor.h"

namespace carecard::settlement {
namespace {

constexpr mode_t readable_directory = 0755;
constexpr mode_t readable_file = 0644;

Fault step_fault(std::string_view action, const std::string& path, int error) {
    return {error == ENOENT ? FaultKind::not_found : FaultKind::unavailable, "batches",
            fmt::format("cannot {} {}: {}", action, path, std::generic_category().message(error)),
            "Check that the directory belongs to the service's user and the disk has free space."};
}

bool write_fully(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

Result<Directories::Presence> PosixDirectories::exists(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return Presence::present;
    if (errno == ENOENT) return Presence::absent;
    return step_fault("look for", path, errno);
}

Result<Done> PosixDirectories::make(const std::string& directory) {
    if (::mkdir(directory.c_str(), readable_directory) == 0 || errno == EEXIST) return Done{};
    return step_fault("make", directory, errno);
}

Result<Done> PosixDirectories::write(const std::string& file, std::span<const std::byte> bytes) {
    const rpc::Descriptor out(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_file));
    if (!out.open()) return step_fault("create", file, errno);
    if (!write_fully(out.number(), bytes)) return step_fault("write", file, errno);
    // Only a hint: `sync` answers for the bytes.
    (void)::sync_file_range(out.number(), 0, 0, SYNC_FILE_RANGE_WRITE);
    return Done{};
}

Result<Done> PosixDirectories::sync(const std::string& path) {
    const rpc::Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.open()) return step_fault("open", path, errno);
    if (::fsync(opened.number()) != 0) return step_fault("sync", path, errno);
    return Done{};
}

Result<Done> PosixDirectories::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return Done{};
    return step_fault("rename", from, errno);
}

Result<Done> PosixDirectories::remove_all(const std::string& directory) {
    std::error_code error;
    std::filesystem::remove_all(directory, error);
    if (error) return step_fault("remove", directory, error.value());
    return Done{};
}

Result<std::vector<std::byte>> PosixDirectories::read(const FilePart& part) {
    const rpc::Descriptor in(::open(part.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in.open()) return step_fault("open", part.path, errno);
    std::vector<std::byte> bytes(part.bytes_max);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::pread(in.number(), bytes.data() + done, bytes.size() - done,
                                      static_cast<off_t>(part.offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return step_fault("read", part.path, errno);
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
}

}  // namespace carecard::settlement
