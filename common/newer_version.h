#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.h"

namespace carecard {

/// A stored format, and which of its versions this program knows.
struct StoredFormat {
    std::string_view name;    ///< For people: "the journal's record".
    std::uint32_t known = 0;  ///< The newest version that it reads.
};

/// The fault for bytes of a version that a newer release wrote: `conflict` on `field`. Names the
/// format, the version found and the newest known, and says which program to use.
///
/// @param where  a path or a sequence to be named as well; may be empty.
[[nodiscard]] Fault newer_version(std::string field, const StoredFormat& format,
                                  std::uint32_t found, std::string_view where = {});

}  // namespace carecard
