#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace carecard::settlement {

/// The fault for a file of a batch that does not prove what it says: `corrupt`, with the file's
/// name as the field.
[[nodiscard]] inline Fault damaged(std::string_view file, std::string detail) {
    return {FaultKind::corrupt, std::string(file), std::move(detail),
            "Do not accept this batch. Download it again; if it is still so, ask the operator of "
            "the settlement service, and keep the files."};
}

}  // namespace carecard::settlement
