#include "tests/survival/disk_env.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace carecard::survival {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus status_of(int error, const std::string& path) {
    switch (error) {
        case 0:
            return IOStatus::OK();
        case ENOENT:
            return IOStatus::PathNotFound(path, "no such file");
        case ENOSPC:
            return IOStatus::NoSpace(path, "no space left");
        default:
            return IOStatus::IOError(path, std::strerror(error));
    }
}

/// Reads at `offset` into `scratch`, and counts on.
IOStatus read_into(Disk& disk, const Disk::File& file, std::size_t offset, std::size_t count,
                   Slice* result, char* scratch) {
    std::string bytes;
    const int error = disk.read(file, offset, count, bytes);
    if (error != 0) return status_of(error, "read");
    std::ranges::copy(bytes, scratch);
    *result = Slice(scratch, bytes.size());
    return IOStatus::OK();
}

class SequentialFile final : public rocksdb::FSSequentialFile {
   public:
    SequentialFile(Disk& disk, Disk::File file) : disk_(disk), file_(std::move(file)) {}
    IOStatus Read(std::size_t count, const IOOptions&, Slice* result, char* scratch,
                  IODebugContext*) override {
        IOStatus status = read_into(disk_, file_, offset_, count, result, scratch);
        if (status.ok()) offset_ += result->size();
        return status;
    }
    IOStatus Skip(std::uint64_t count) override {
        offset_ += count;
        return IOStatus::OK();
    }

   private:
    Disk& disk_;
    const Disk::File file_;
    std::size_t offset_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
   public:
    RandomAccessFile(Disk& disk, Disk::File file) : disk_(disk), file_(std::move(file)) {}
    IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions&, Slice* result,
                  char* scratch, IODebugContext*) const override {
        return read_into(disk_, file_, offset, count, result, scratch);
    }

   private:
    Disk& disk_;
    const Disk::File file_;
};

class WritableFile final : public rocksdb::FSWritableFile {
   public:
    WritableFile(Disk& disk, Disk::File file) : disk_(disk), file_(std::move(file)) {}
    using FSWritableFile::Append;
    IOStatus Append(const Slice& bytes, const IOOptions&, IODebugContext*) override {
        std::size_t stored = 0;
        const int error = disk_.append(file_, {bytes.data(), bytes.size()}, stored);
        if (error == 0 && stored != bytes.size()) return IOStatus::IOError("a short write");
        return status_of(error, "append");
    }
    IOStatus Append(const Slice& bytes, const IOOptions& options,
                    const rocksdb::DataVerificationInfo&, IODebugContext* context) override {
        return Append(bytes, options, context);
    }
    IOStatus Truncate(std::uint64_t, const IOOptions&, IODebugContext*) override {
        return IOStatus::OK();  // nothing is ever allocated ahead
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        return status_of(disk_.sync(file_), "sync");
    }
    [[nodiscard]] bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
        Disk::Seen seen;
        const Disk::Unwatched unwatched(disk_);
        return disk_.look(file_, seen) == 0 ? seen.bytes : 0;
    }

   private:
    Disk& disk_;
    const Disk::File file_;
};

class Directory final : public rocksdb::FSDirectory {
   public:
    Directory(Disk& disk, Disk::File directory) : disk_(disk), directory_(std::move(directory)) {}
    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        return status_of(disk_.sync(directory_), "sync");
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

   private:
    Disk& disk_;
    const Disk::File directory_;
};

class Lock final : public rocksdb::FileLock {
   public:
    explicit Lock(std::string path) : path_(std::move(path)) {}
    const std::string path_;
};

class SilentLogger final : public rocksdb::Logger {
   public:
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
};

class DiskFileSystem final : public rocksdb::FileSystem {
   public:
    explicit DiskFileSystem(Disk& disk) : disk_(disk) {}
    [[nodiscard]] const char* Name() const override { return "DiskFileSystem"; }

    IOStatus NewSequentialFile(const std::string& path, const FileOptions&,
                               std::unique_ptr<rocksdb::FSSequentialFile>* out,
                               IODebugContext*) override {
        return opened<SequentialFile>(path, out);
    }
    IOStatus NewRandomAccessFile(const std::string& path, const FileOptions&,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                                 IODebugContext*) override {
        return opened<RandomAccessFile>(path, out);
    }
    IOStatus NewDirectory(const std::string& path, const IOOptions&,
                          std::unique_ptr<rocksdb::FSDirectory>* out, IODebugContext*) override {
        return opened<Directory>(path, out);
    }
    IOStatus NewWritableFile(const std::string& path, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* out,
                             IODebugContext*) override {
        Disk::File file;
        const int error = disk_.create(path, file);
        if (error == 0) *out = std::make_unique<WritableFile>(disk_, std::move(file));
        return status_of(error, path);
    }
    IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
        Disk::Seen seen;
        const int error = disk_.look(path, seen);
        return error == ENOENT ? IOStatus::NotFound(path) : status_of(error, path);
    }
    IOStatus GetChildren(const std::string& path, const IOOptions&, std::vector<std::string>* names,
                         IODebugContext*) override {
        const int error = disk_.list(path, *names);
        return error == ENOENT ? IOStatus::NotFound(path) : status_of(error, path);
    }
    IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.remove(path), path);
    }
    IOStatus CreateDir(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.make_directory(path), path);
    }
    IOStatus CreateDirIfMissing(const std::string& path, const IOOptions&,
                                IODebugContext*) override {
        const int error = disk_.make_directory(path);
        return status_of(error == EEXIST ? 0 : error, path);
    }
    IOStatus DeleteDir(const std::string& path, const IOOptions&, IODebugContext*) override {
        return status_of(disk_.remove(path), path);
    }
    IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* bytes,
                         IODebugContext*) override {
        Disk::Seen seen;
        const int error = disk_.look(path, seen);
        *bytes = seen.bytes;
        return status_of(error, path);
    }
    IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                     IODebugContext*) override {
        *time = 0;
        return IOStatus::OK();
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                        IODebugContext*) override {
        return status_of(disk_.rename(from, to), from);
    }
    IOStatus LockFile(const std::string& path, const IOOptions&, rocksdb::FileLock** lock,
                      IODebugContext*) override {
        const std::lock_guard guard(mutex_);
        if (!locked_.insert(path).second) return IOStatus::IOError("lock hold by current process");
        *lock = new Lock(path);
        return IOStatus::OK();
    }
    IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
        const std::lock_guard guard(mutex_);
        const std::unique_ptr<Lock> held(static_cast<Lock*>(lock));
        locked_.erase(held->path_);
        return IOStatus::OK();
    }
    IOStatus GetTestDirectory(const IOOptions&, std::string* path, IODebugContext*) override {
        path->assign(1, '/');
        return IOStatus::OK();
    }
    IOStatus NewLogger(const std::string&, const IOOptions&,
                       std::shared_ptr<rocksdb::Logger>* logger, IODebugContext*) override {
        *logger = std::make_shared<SilentLogger>();
        return IOStatus::OK();
    }
    IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* out,
                             IODebugContext*) override {
        *out = path;
        return IOStatus::OK();
    }
    IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                         IODebugContext*) override {
        Disk::Seen seen;
        const int error = disk_.look(path, seen);
        *is_directory = seen.is_directory;
        return status_of(error, path);
    }

   private:
    template <class Opened, class Out>
    IOStatus opened(const std::string& path, Out* out) {
        Disk::File file;
        const int error = disk_.open(path, file);
        if (error == 0) *out = std::make_unique<Opened>(disk_, std::move(file));
        return status_of(error, path);
    }

    Disk& disk_;
    std::mutex mutex_;  // guards locked_
    std::set<std::string> locked_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> env_on(Disk& disk) {
    return rocksdb::NewCompositeEnv(std::make_shared<DiskFileSystem>(disk));
}

}  // namespace carecard::survival
