#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "common/result.h"

namespace google::rpc {
class Status;
}

/// The one place where faults become gRPC statuses, and where clients turn them back.
namespace carecard::rpc {

/// The kind's stable name on the wire, e.g. "MALFORMED": the reason in ErrorInfo.
[[nodiscard]] std::string_view reason_of(FaultKind kind);

/// The gRPC code of each kind:
///   malformed INVALID_ARGUMENT, denied PERMISSION_DENIED, not_found NOT_FOUND, conflict
///   FAILED_PRECONDITION, overloaded RESOURCE_EXHAUSTED, unavailable and fenced UNAVAILABLE,
///   corrupt DATA_LOSS, quarantined INTERNAL.
[[nodiscard]] grpc::StatusCode code_of(FaultKind kind);

/// Makes the status of a failed call: a message for people, and the details that
/// authorisation.proto promises (ErrorInfo; BadRequest when a field is named; RetryInfo when
/// overloaded).
///
/// @param right  for `denied`: the roles that have the right, see `roles_with_right`; else empty.
[[nodiscard]] grpc::Status to_status(const Fault& fault, std::string_view right = {});

/// The same as a message, for a result within a stream.
[[nodiscard]] google::rpc::Status to_rpc_status(const Fault& fault, std::string_view right = {});

/// Reads the fault back from a failed call. Of a status that this service did not make, the kind is
/// what its code means for the caller; a code that leaves the outcome unknown is `unavailable`.
/// @param status  not OK.
[[nodiscard]] Fault to_fault(const grpc::Status& status);
[[nodiscard]] Fault to_fault(const google::rpc::Status& status);

/// Whether this project's services made the status: it has an ErrorInfo of ours.
/// @param status  not OK.
[[nodiscard]] bool has_our_details(const grpc::Status& status);

/// One readable sentence: the field at fault, what is wrong with it and what to do.
[[nodiscard]] std::string explain(const Fault& fault);
/// @param status  not OK.
[[nodiscard]] std::string explain(const grpc::Status& status);

}  // namespace carecard::rpc
