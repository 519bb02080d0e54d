#pragma once

#include <functional>

#include "common/result.h"
#include "common/time.h"
#include "services/journal/head_file.h"
#include "services/journal/store.h"

namespace carecard::backup {

/// Where a journal ends; see `journal::Head`.
struct ChainEnd {
    journal::Head head;
    TimestampNs stamp;  ///< Of the last record.
};

/// @return the end of a journal, `ChainEnd{}` of an empty one; `corrupt` when its last record
///         cannot be read.
[[nodiscard]] Result<ChainEnd> end_of(const journal::Store& store);

/// Reads everything after `from` again and compares.
/// @param from  trusted, as for `journal::verify_chain`.
/// @param end   where the journal must end.
/// @return `Done`; `corrupt` naming the sequence at the first damage, or when it ends elsewhere.
[[nodiscard]] Result<Done> verify_up_to(const journal::Store& store, const journal::Head& from,
                                        const journal::Head& end,
                                        const std::function<void(Sequence)>& on_verified);

}  // namespace carecard::backup
