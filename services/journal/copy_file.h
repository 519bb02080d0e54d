#pragma once

// The copy file: says of a directory with a journal in it that it is a copy, and of which kind.
//
//     file := "CCCF" | version u8 | kind u8 | epoch u32 | sequence u64 | chain[32] | stamp_ns i64
//             | hash[32]
//     kind := 1 backup | 2 unfinished | 3 inspection
//     hash := SHA-256(every byte before it)
//
// Integers are little-endian. The file is replaced as a whole. A service's own data directory has
// none.

#include <optional>
#include <string>

#include "common/result.h"
#include "common/time.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"

namespace carecard::journal {

enum class CopyKind : std::uint8_t {
    backup = 1,      ///< Journal and head file only: grows with each run of `carecard backup`.
    unfinished = 2,  ///< A restore began here and did not end: of no use.
    inspection = 3,  ///< Restored to be looked at: a service on it answers and changes nothing.
};

/// What a copy is, and how far it goes.
struct CopyNote {
    CopyKind kind = CopyKind::backup;
    Head head;          ///< Where its journal ended when the note was written.
    TimestampNs stamp;  ///< Of the last record then; 0 when there was none.
    friend bool operator==(const CopyNote&, const CopyNote&) = default;
};

/// The path of the copy file of a directory.
[[nodiscard]] NamedPath copy_file_of(const NamedPath& directory);

/// @return the note; nothing when there is no file; `corrupt` when its bytes are damaged;
///         `conflict` when a newer release wrote it; `unavailable`.
[[nodiscard]] Result<std::optional<CopyNote>> read_copy_note(FileSystem& files,
                                                             const NamedPath& file);

/// Replaces a copy file, durably.
[[nodiscard]] Result<Done> write_copy_note(FileSystem& files, const NamedPath& file,
                                           const CopyNote& note);

}  // namespace carecard::journal
