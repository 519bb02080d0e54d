#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/result.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "services/settlement/book.h"

namespace carecard::settlement {

/// What a settlement service knows of the journal that it followed.
struct Seen {
    journal::Head head;                            ///< How far it came.
    std::map<std::string, std::uint32_t> batches;  ///< Highest number published, by programme code.
};

/// Looks back at what a settlement service has seen, from its book and from the batches that lie on
/// its shelf: either may have been lost, and the more it says counts.
///
/// @param batches  the shelf's directory; absent is empty.
/// @return `corrupt` when a row of the book cannot be read; `unavailable`.
[[nodiscard]] Result<Seen> look_back(const Book& book, const journal::NamedPath& batches,
                                     journal::FileSystem& files);

}  // namespace carecard::settlement
