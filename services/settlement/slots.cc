#include "services/settlement/slots.h"

#include <fmt/format.h>

#include "common/check.h"

namespace carecard::settlement {

Result<Slots::Held> Slots::take(const CouncilCode& council, std::string_view what) {
    const std::scoped_lock lock(mutex_);
    const auto of_council = taken_by_.find(council);
    const bool council_full =
        of_council != taken_by_.end() && of_council->second >= limits_.council_max;
    if (taken_ >= limits_.all_max || council_full) {
        return Fault{FaultKind::overloaded, "",
                     fmt::format("as many {} are under way as may be, {}", what,
                                 council_full ? "for this council" : "in all"),
                     "Wait until one has ended, then call again."};
    }
    ++taken_;
    ++taken_by_[council];
    return Held(*this, council);
}

void Slots::give_back(const CouncilCode& council) {
    const std::scoped_lock lock(mutex_);
    const auto of_council = taken_by_.find(council);
    CHECK(of_council != taken_by_.end());
    if (--of_council->second == 0) taken_by_.erase(of_council);
    --taken_;
}

}  // namespace carecard::settlement
