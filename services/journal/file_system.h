#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"
#include "common/secret.h"

namespace carecard::journal {

/// A file or directory, and what it is for.
struct NamedPath {
    std::string field;  ///< The configuration's name for it, e.g. "head_file"; a fault's field.
    std::string path;
};

enum class Presence : unsigned char { present, absent };

enum class FileMode : unsigned char {
    everyone_reads,  ///< 0644: what auditors download.
    owner_only,      ///< 0600: keys, and whatever is nobody else's business.
};

/// Plain files, as the services need them. Safe on any thread; two writers of one path are a bug
/// of the caller. Every fault has the path's `field`.
class FileSystem {
   public:
    virtual ~FileSystem() = default;

    /// @return all bytes of the file; `not_found` when there is none; `unavailable` otherwise.
    virtual Result<std::vector<std::byte>> read_all(const NamedPath& file) = 0;

    /// Reads a private key or another secret.
    /// @return its bytes; `not_found`; `denied` when group or others may read or write the file,
    ///         or it is not a regular file; `malformed` when it is empty or longer than
    ///         `secret_file_bytes_max`; `unavailable` otherwise.
    virtual Result<Secret> read_secret(const NamedPath& file) = 0;

    /// Replaces the file: afterwards it holds `bytes`, or, on a fault or a power cut, what it held
    /// before. Durable on return. Uses the name `path` + ".tmp" meanwhile.
    /// @return `Done`; `unavailable` when it could not, and then either content may be there.
    virtual Result<Done> write_atomically(const NamedPath& file, std::span<const std::byte> bytes,
                                          FileMode mode) = 0;

    /// @return whether there is a file or directory; `unavailable` when that cannot be known.
    virtual Result<Presence> exists(const NamedPath& file) = 0;

    /// Removes a file, durably. One that is not there is removed already.
    virtual Result<Done> remove(const NamedPath& file) = 0;

    /// Makes a directory, durably, for the owner only. One that is there already is left alone;
    /// its parent must exist.
    virtual Result<Done> make_directory(const NamedPath& directory) = 0;

    /// @return the names in a directory, sorted, without "." and ".."; `not_found`; `unavailable`.
    virtual Result<std::vector<std::string>> list(const NamedPath& directory) = 0;
};

/// The machine's own files. Has no state; one object serves the process.
class PosixFileSystem final : public FileSystem {
   public:
    Result<std::vector<std::byte>> read_all(const NamedPath& file) override;
    Result<Secret> read_secret(const NamedPath& file) override;
    Result<Done> write_atomically(const NamedPath& file, std::span<const std::byte> bytes,
                                  FileMode mode) override;
    Result<Presence> exists(const NamedPath& file) override;
    Result<Done> remove(const NamedPath& file) override;
    Result<Done> make_directory(const NamedPath& directory) override;
    Result<std::vector<std::string>> list(const NamedPath& directory) override;
};

}  // namespace carecard::journal
