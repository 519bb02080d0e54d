#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "services/rpc/pem.h"

namespace carecard::end_to_end {

/// What came back of a call, to the byte.
struct Answer {
    grpc::StatusCode code = grpc::StatusCode::OK;
    std::string message;
    std::string details;
    std::vector<std::string> responses;
    friend bool operator==(const Answer&, const Answer&) = default;
};

/// Code, message and number of responses, for a test's report.
[[nodiscard]] std::string text_of(const Answer& answer);

/// Calls any method, of any kind, with one request, and waits ten seconds at most.
/// @param method         e.g. "carecard.v1.AdminService/ReadStatus".
/// @param responses_max  a stream without an end is broken off after so many, and its code is OK.
[[nodiscard]] Answer ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                         const std::string& request, std::size_t responses_max = 1'000);

/// A connection of its own, with whatever certificate, good or not.
[[nodiscard]] std::shared_ptr<grpc::Channel> connect(const std::string& address,
                                                     const rpc::TlsPems& pems);

}  // namespace carecard::end_to_end
