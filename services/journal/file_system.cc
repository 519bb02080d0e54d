#include "services/journal/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/limits.h"

namespace carecard::journal {
namespace {

class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

    /// Closes now; errors of close are errors of the file.
    [[nodiscard]] bool close() { return ::close(std::exchange(number_, -1)) == 0; }

   private:
    int number_;
};

Fault file_fault(const NamedPath& file, std::string_view action, int error) {
    const std::string reason = std::generic_category().message(error);
    if (error == ENOENT) {
        return {FaultKind::not_found, file.field,
                fmt::format("cannot {} {}: {}", action, file.path, reason),
                "Name a path that exists."};
    }
    return {FaultKind::unavailable, file.field,
            fmt::format("cannot {} {}: {}", action, file.path, reason),
            "Check that the path belongs to the service's user and the disk has free space."};
}

/// Fills `out` from the file as far as it goes.
/// @return how many bytes there were, or -1 with errno set.
ssize_t read_fully(int descriptor, std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t count = ::read(descriptor, out.data() + done, out.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(done);
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

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// Makes the names in a directory durable.
Result<Done> sync_parent(const NamedPath& file) {
    const Descriptor directory(
        ::open(parent_of(file.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.open()) return file_fault(file, "open the directory of", errno);
    if (::fsync(directory.number()) != 0) return file_fault(file, "sync the directory of", errno);
    return Done{};
}

Result<Done> write_synced(const NamedPath& file, const std::string& path,
                          std::span<const std::byte> bytes, FileMode mode) {
    const mode_t bits = mode == FileMode::owner_only ? 0600 : 0644;
    Descriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, bits));
    if (!out.open()) return file_fault(file, "create", errno);
    // The mode given to open is masked by the process's umask, and ignored for a leftover file.
    if (::fchmod(out.number(), bits) != 0) return file_fault(file, "set the mode of", errno);
    if (!write_fully(out.number(), bytes)) return file_fault(file, "write", errno);
    if (::fsync(out.number()) != 0) return file_fault(file, "sync", errno);
    if (!out.close()) return file_fault(file, "close", errno);
    return Done{};
}

/// Says why the file's kind, mode or size keep it from being used as a secret.
Result<Done> check_secret(const NamedPath& file, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) {
        return Fault{FaultKind::denied, file.field, fmt::format("{} is not a file", file.path),
                     "Name the file that holds the key."};
    }
    if ((status.st_mode & 0077) != 0) {
        return Fault{FaultKind::denied, file.field,
                     fmt::format("{} has mode {:04o}: others than its owner may use it", file.path,
                                 status.st_mode & 07777),
                     "Give it mode 0600, and replace the key if others may have read it."};
    }
    if (status.st_size == 0 || status.st_size > static_cast<off_t>(secret_file_bytes_max)) {
        return Fault{FaultKind::malformed, file.field,
                     fmt::format("{} has {} bytes; 1 to {} are allowed", file.path, status.st_size,
                                 secret_file_bytes_max),
                     "Name the file that holds the key."};
    }
    return Done{};
}

}  // namespace

Result<std::vector<std::byte>> PosixFileSystem::read_all(const NamedPath& file) {
    const Descriptor in(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in.open()) return file_fault(file, "open", errno);
    struct stat status {};
    if (::fstat(in.number(), &status) != 0) return file_fault(file, "examine", errno);
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    const ssize_t count = read_fully(in.number(), bytes);
    if (count < 0) return file_fault(file, "read", errno);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
}

Result<Secret> PosixFileSystem::read_secret(const NamedPath& file) {
    const Descriptor in(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in.open()) return file_fault(file, "open", errno);
    struct stat status {};
    if (::fstat(in.number(), &status) != 0) return file_fault(file, "examine", errno);
    const Result<Done> usable = check_secret(file, status);
    if (!usable) return usable.fault();
    Secret secret(static_cast<std::size_t>(status.st_size));
    const ssize_t count = read_fully(in.number(), secret.writable());
    if (count < 0) return file_fault(file, "read", errno);
    if (static_cast<std::size_t>(count) != secret.size()) return file_fault(file, "read", EIO);
    return secret;
}

Result<Done> PosixFileSystem::write_atomically(const NamedPath& file,
                                               std::span<const std::byte> bytes, FileMode mode) {
    const std::string temporary = file.path + ".tmp";
    const Result<Done> written = write_synced(file, temporary, bytes, mode);
    if (!written) return written.fault();
    if (::rename(temporary.c_str(), file.path.c_str()) != 0) {
        return file_fault(file, "replace", errno);
    }
    return sync_parent(file);
}

Result<Presence> PosixFileSystem::exists(const NamedPath& file) {
    struct stat status {};
    if (::stat(file.path.c_str(), &status) == 0) return Presence::present;
    if (errno == ENOENT || errno == ENOTDIR) return Presence::absent;
    return file_fault(file, "examine", errno);
}

Result<Done> PosixFileSystem::remove(const NamedPath& file) {
    if (::unlink(file.path.c_str()) != 0) {
        if (errno == ENOENT) return Done{};
        return file_fault(file, "remove", errno);
    }
    return sync_parent(file);
}

Result<Done> PosixFileSystem::make_directory(const NamedPath& directory) {
    if (::mkdir(directory.path.c_str(), 0700) != 0) {
        if (errno != EEXIST) return file_fault(directory, "create the directory", errno);
        struct stat status {};
        if (::stat(directory.path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
            return file_fault(directory, "use as a directory", ENOTDIR);
        }
    }
    // Also of one that was there: whoever made it may have died before this.
    return sync_parent(directory);
}

Result<std::vector<std::string>> PosixFileSystem::list(const NamedPath& directory) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open_directory(::opendir(directory.path.c_str()),
                                                             ::closedir);
    if (!open_directory) return file_fault(directory, "list", errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(open_directory.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    if (errno != 0) return file_fault(directory, "list", errno);
    std::ranges::sort(names);
    return names;
}

}  // namespace carecard::journal
