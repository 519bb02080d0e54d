#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <thread>

#include "common/limits.h"
#include "common/result.h"
#include "common/time.h"
#include "services/rpc/faults.h"

namespace carecard::cli {

inline constexpr DurationNs call_timeout = seconds(30);
inline constexpr int tries_when_unknown_max = 3;
inline constexpr int tries_when_overloaded_max = 100;

[[nodiscard]] inline std::chrono::system_clock::time_point deadline_after(DurationNs timeout) {
    return std::chrono::system_clock::now() +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(
               std::chrono::nanoseconds(timeout.value));
}

enum class Repeat : unsigned char {
    never,
    soon,  ///< The same request again, after `overload_retry_delay`.
};

/// Whether a call that failed is worth another try with the same request, which has a request key
/// or only reads: too busy, or the outcome is unknown.
/// @param tries  made so far.
[[nodiscard]] inline Repeat repeat_of(const grpc::Status& status, int tries) {
    switch (status.error_code()) {
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return tries < tries_when_overloaded_max ? Repeat::soon : Repeat::never;
        case grpc::StatusCode::UNAVAILABLE:
            return tries < tries_when_unknown_max ? Repeat::soon : Repeat::never;
        default:
            return Repeat::never;
    }
}

inline void wait_before_repeat() {
    std::this_thread::sleep_for(std::chrono::nanoseconds(overload_retry_delay.value));
}

/// Calls one RPC and waits for its answer, repeating it as `repeat_of` says.
///
///     const auto answer = call(**stub, &v1::AdminService::Stub::LoadPurse, request);
///
/// @return the answer, or the fault that the service or gRPC gave.
template <class Stub, class Request, class Response>
[[nodiscard]] Result<Response> call(Stub& stub,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                    const Request& request, DurationNs timeout = call_timeout) {
    for (int tries = 1;; ++tries) {
        grpc::ClientContext context;
        context.set_deadline(deadline_after(timeout));
        Response response;
        const grpc::Status status = (stub.*method)(&context, request, &response);
        if (status.ok()) return response;
        if (repeat_of(status, tries) == Repeat::never) return rpc::to_fault(status);
        wait_before_repeat();
    }
}

}  // namespace carecard::cli
