#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"

namespace carecard::settlement {

/// A run of bytes of one file.
struct FilePart {
    std::string path;
    std::uint64_t offset = 0;
    std::size_t bytes_max = 0;
};

/// The single steps from which a batch's directory is made. After a power cut, a file's bytes are
/// there when it was synced, and names when the directory they are in was; of other steps, any or
/// none.
///
/// Every fault has the field `batches`: `unavailable`, or `not_found` where it is named.
class Directories {
   public:
    enum class Presence : unsigned char { present, absent };

    virtual ~Directories() = default;

    virtual Result<Presence> exists(const std::string& path) = 0;
    /// Makes a directory in one that exists. One that is there already is left alone.
    virtual Result<Done> make(const std::string& directory) = 0;
    /// Makes a file that all may read, and begins to bring its bytes to the disk: write all files,
    /// then sync each, and the disk works on all at once.
    virtual Result<Done> write(const std::string& file, std::span<const std::byte> bytes) = 0;
    /// Makes the bytes of a file, or the names in a directory, durable.
    virtual Result<Done> sync(const std::string& path) = 0;
    /// Gives a directory another name, which must be free.
    virtual Result<Done> rename(const std::string& from, const std::string& to) = 0;
    /// Removes a directory and what is in it. One that is not there is removed already.
    virtual Result<Done> remove_all(const std::string& directory) = 0;

    /// Reads a part of a file.
    /// @return its bytes, fewer than asked for only at the file's end; `not_found`.
    virtual Result<std::vector<std::byte>> read(const FilePart& part) = 0;
};

}  // namespace carecard::settlement
