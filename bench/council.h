#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "common/result.h"

namespace carecard::bench {

/// Where the staff's calls go.
struct StaffDoor {
    std::string address;       ///< Of the service's back.
    std::string certificates;  ///< Directory with the roles' certificates.
    std::string council;       ///< The council that they are for.
};

/// Opens a programme, and for each token an account with one card and far more money than a run
/// spends.
/// @return the first fault; some accounts may be open then.
[[nodiscard]] Result<Done> open_council(const StaffDoor& door,
                                        std::span<const std::string> card_tokens);

}  // namespace carecard::bench
