#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "carecard/v1/admin.grpc.pb.h"
#include "common/result.h"
#include "services/cli/onboard_file.h"

namespace carecard::cli {

/// What an import did.
struct OnboardTotals {
    std::uint64_t accounts_opened = 0;
    std::uint64_t cards_issued = 0;
    std::uint64_t purses_added = 0;    ///< To accounts that were there.
    std::uint64_t accounts_found = 0;  ///< There already.
    std::uint64_t cards_found = 0;     ///< There already.
};

/// How to import.
struct OnboardOptions {
    std::string programme;
    std::string reason;
    std::size_t in_flight_max = 64;
};

/// Opens accounts and issues cards. What is there already is found again and left alone, so a run
/// that was cut off is repeated as a whole.
///
/// @param support  a stub with the support role.
/// @return what was done; the first fault, which names its row: rows after it may not have been
///         sent. `conflict` when an account or a card is there, but is another's or of another
///         arrangement.
[[nodiscard]] Result<OnboardTotals> onboard(v1::AdminService::Stub& support,
                                            std::span<const NewBudget> budgets,
                                            const OnboardOptions& options);

}  // namespace carecard::cli
