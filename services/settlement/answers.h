#pragma once

#include <grpcpp/support/status.h>

#include "common/result.h"

/// What callers hear of faults that are not theirs.
namespace carecard::settlement {

/// The answer for a fault. Of `unavailable`, `fenced` and `corrupt` the detail is for operators, as
/// it may hold paths: it goes to the log, and the caller gets fixed words. All other kinds are
/// about the request, and are answered as they are.
[[nodiscard]] grpc::Status answer_to(const Fault& fault);

/// The answer when the journal refused a request that was made for a caller. What the journal says
/// of the request is passed on. A refusal of this service, or a status that the journal did not
/// make, goes to the log, and the caller gets fixed words: `unavailable`.
/// @param status  not OK.
[[nodiscard]] grpc::Status from_journal(const grpc::Status& status);

}  // namespace carecard::settlement
