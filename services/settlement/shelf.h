#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.h"
#include "services/settlement/directories.h"
#include "services/settlement/manifest.h"
#include "services/settlement/period.h"
#include "services/settlement/signature.h"

namespace carecard::settlement {

/// Which file of which batch.
struct BatchFileName {
    std::string programme;
    std::uint32_t number = 0;
    std::string file;
};

/// Where batches lie, for everyone to read: `<root>/<programme>/<number, six digits>/<file>`.
///
/// A batch is there as a whole or not at all, whenever the machine stops, and is never changed.
/// `put` on one thread; `read` and `check` on any.
class Shelf {
   public:
    /// @param root  an existing directory.
    Shelf(Directories& directories, std::string root)
        : directories_(directories), root_(std::move(root)) {}

    /// What was put, or had been before.
    struct Stored {
        FileDigest manifest;
        FileDigest signature;
    };

    /// Signs a batch and puts it in its place, durably. One that is there already is compared,
    /// byte for byte, and keeps its signature, which must be the signer's own (see `has_signed`).
    ///
    /// @return the digests of what is there now; `corrupt` on field `batches` when another batch
    ///         stands in its place, or one that another signed; `unavailable` when it could not be
    ///         stored: then it is there as a whole or not at all, and the same call may be made
    ///         again.
    /// Cost:   seven syncs of the disk at most, and one signature.
    Result<Stored> put(const Draft& draft, const Signer& signer);

    /// Reads a part of a file of a batch.
    /// @return at most `bytes_max` bytes from `offset` on, none at the file's end; `corrupt` on
    ///         field `file_name` when the file is missing; `unavailable`.
    Result<std::vector<std::byte>> read(const BatchFileName& name, std::uint64_t offset,
                                        std::size_t bytes_max) const;

    /// Checks that a file is the one it was.
    /// @return done; `corrupt` on field `file_name` when size or hash differ, or it is missing;
    ///         `unavailable`.
    /// Cost:   reads the whole file.
    Result<Done> check(const BatchFileName& name, const FileDigest& digest) const;

    /// The fault for a file that is missing or changed.
    [[nodiscard]] static Fault not_as_signed(const BatchFileName& name);

   private:
    Result<Stored> compare(const std::string& place, const Draft& draft, std::string_view manifest,
                           const Signer& signer) const;
    Result<Stored> build(const std::string& place, const Draft& draft, std::string_view manifest,
                         const Signer& signer);
    /// Makes a programme's directory durable, whatever was done of it before this process.
    Result<Done> make_programme(const std::string& directory);

    Directories& directories_;
    std::string root_;
    std::set<std::string> durable_programmes_;  ///< Known to be, by their directories.
};

}  // namespace carecard::settlement
