#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/result.h"

namespace carecard::bench {

/// A certificate of the directory that `deploy/certificates` made, as a channel to `address`,
/// connected. Blocks until then, for ten seconds at most.
/// @param role  the certificate's name, e.g. "gateway".
/// @return the faults of `rpc::client_credentials` and `rpc::wait_for_ready`.
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> connect(const std::string& certificates,
                                                             const std::string& role,
                                                             const std::string& address);

}  // namespace carecard::bench
