#include "tests/survival/mounted_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/check.h"

namespace carecard::survival {
namespace {

struct OpenFile {
    Disk::File file;
    std::size_t offset = 0;
};

constexpr int first_descriptor = 1 << 20;  // higher than the machine gives out

Disk* mounted = nullptr;
std::map<int, OpenFile> open_files;

bool is_mounted(const char* path) {
    return mounted != nullptr && std::string_view(path).starts_with(MountedDisk::root);
}
bool is_mounted(int descriptor) { return descriptor >= first_descriptor; }

std::string_view on_disk(const char* path) {
    return std::string_view(path).substr(std::string_view(MountedDisk::root).size());
}

int answer(int error) {
    if (error == 0) return 0;
    errno = error;
    return -1;
}

int open_on_disk(const char* path, int flags) {
    OpenFile opened;
    const int error = (flags & O_CREAT) != 0 ? mounted->create(on_disk(path), opened.file)
                                             : mounted->open(on_disk(path), opened.file);
    if (error != 0) return answer(error);
    const int descriptor = open_files.empty() ? first_descriptor : open_files.rbegin()->first + 1;
    open_files.emplace(descriptor, std::move(opened));
    return descriptor;
}

ssize_t read_at(int descriptor, void* out, std::size_t count, std::size_t offset) {
    std::string bytes;
    const int error = mounted->read(open_files.at(descriptor).file, offset, count, bytes);
    if (error != 0) return answer(error);
    std::ranges::copy(bytes, static_cast<char*>(out));
    return static_cast<ssize_t>(bytes.size());
}

/// As std::filesystem::remove_all, but for the count.
int remove_all(const std::string& path) {
    Disk::Seen seen;
    int error = mounted->look(path, seen);
    if (error != 0) return error == ENOENT ? 0 : error;
    std::vector<std::string> names;
    if (seen.is_directory) error = mounted->list(path, names);
    for (const std::string& name : names) {
        if (error == 0) error = remove_all(path + "/" + name);
    }
    return error == 0 ? mounted->remove(path) : error;
}

int fill(int error, const Disk::Seen& seen, struct stat* status) {
    if (error != 0) return answer(error);
    *status = {};
    status->st_mode = seen.is_directory ? S_IFDIR | 0700 : S_IFREG | 0600;
    status->st_size = static_cast<off_t>(seen.bytes);
    return 0;
}

}  // namespace

MountedDisk::MountedDisk(Disk& disk) {
    CHECK(mounted == nullptr);
    mounted = &disk;
}

MountedDisk::~MountedDisk() {
    CHECK(open_files.empty());  // the code under test closes what it opens
    mounted = nullptr;
}

}  // namespace carecard::survival

// NOLINTBEGIN(bugprone-reserved-identifier): the linker's own names.
extern "C" {

using namespace carecard::survival;

int __real_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return is_mounted(path) ? open_on_disk(path, flags) : __real_open(path, flags, mode);
}

int __real_close(int descriptor);
int __wrap_close(int descriptor) {
    if (!is_mounted(descriptor)) return __real_close(descriptor);
    return open_files.erase(descriptor) == 1 ? 0 : answer(EBADF);
}

ssize_t __real_read(int descriptor, void* out, std::size_t count);
ssize_t __wrap_read(int descriptor, void* out, std::size_t count) {
    if (!is_mounted(descriptor)) return __real_read(descriptor, out, count);
    OpenFile& opened = open_files.at(descriptor);
    const ssize_t done = read_at(descriptor, out, count, opened.offset);
    if (done > 0) opened.offset += static_cast<std::size_t>(done);
    return done;
}

ssize_t __real_write(int descriptor, const void* bytes, std::size_t count);
ssize_t __wrap_write(int descriptor, const void* bytes, std::size_t count) {
    if (!is_mounted(descriptor)) return __real_write(descriptor, bytes, count);
    std::size_t stored = 0;
    const int error = mounted->append(open_files.at(descriptor).file,
                                      {static_cast<const char*>(bytes), count}, stored);
    return error == 0 ? static_cast<ssize_t>(stored) : answer(error);
}

ssize_t __real_pread(int descriptor, void* out, std::size_t count, off_t offset);
ssize_t __wrap_pread(int descriptor, void* out, std::size_t count, off_t offset) {
    if (!is_mounted(descriptor)) return __real_pread(descriptor, out, count, offset);
    return read_at(descriptor, out, count, static_cast<std::size_t>(offset));
}

// A hint, which this disk does not take.
int __real_sync_file_range(int descriptor, off64_t offset, off64_t count, unsigned flags);
int __wrap_sync_file_range(int descriptor, off64_t offset, off64_t count, unsigned flags) {
    return is_mounted(descriptor) ? 0 : __real_sync_file_range(descriptor, offset, count, flags);
}

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor) {
    if (!is_mounted(descriptor)) return __real_fsync(descriptor);
    return answer(mounted->sync(open_files.at(descriptor).file));
}

int __real_fchmod(int descriptor, mode_t mode);
int __wrap_fchmod(int descriptor, mode_t mode) {
    return is_mounted(descriptor) ? 0 : __real_fchmod(descriptor, mode);
}

int __real_fstat(int descriptor, struct stat* status);
int __wrap_fstat(int descriptor, struct stat* status) {
    if (!is_mounted(descriptor)) return __real_fstat(descriptor, status);
    Disk::Seen seen;
    const int error = mounted->look(open_files.at(descriptor).file, seen);
    return fill(error, seen, status);
}

int __real_stat(const char* path, struct stat* status);
int __wrap_stat(const char* path, struct stat* status) {
    if (!is_mounted(path)) return __real_stat(path, status);
    Disk::Seen seen;
    const int error = mounted->look(on_disk(path), seen);
    return fill(error, seen, status);
}

int __real_rename(const char* from, const char* to);
int __wrap_rename(const char* from, const char* to) {
    if (!is_mounted(from)) return __real_rename(from, to);
    return answer(mounted->rename(on_disk(from), on_disk(to)));
}

int __real_unlink(const char* path);
int __wrap_unlink(const char* path) {
    return is_mounted(path) ? answer(mounted->remove(on_disk(path))) : __real_unlink(path);
}

int __real_mkdir(const char* path, mode_t mode);
int __wrap_mkdir(const char* path, mode_t mode) {
    if (!is_mounted(path)) return __real_mkdir(path, mode);
    return answer(mounted->make_directory(on_disk(path)));
}

// std::filesystem::remove_all(path, error), whose own calls are inside the standard library.
std::uintmax_t __real__ZNSt10filesystem10remove_allERKNS_7__cxx114pathERSt10error_code(
    const std::filesystem::path& path, std::error_code& error);
std::uintmax_t __wrap__ZNSt10filesystem10remove_allERKNS_7__cxx114pathERSt10error_code(
    const std::filesystem::path& path, std::error_code& error) {
    if (!is_mounted(path.c_str())) {
        return __real__ZNSt10filesystem10remove_allERKNS_7__cxx114pathERSt10error_code(path, error);
    }
    error.assign(remove_all(std::string(on_disk(path.c_str()))), std::generic_category());
    return error ? static_cast<std::uintmax_t>(-1) : 1;
}
}
// NOLINTEND(bugprone-reserved-identifier)
