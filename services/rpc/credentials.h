#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "common/result.h"
#include "services/rpc/pem.h"

/// Mutual TLS: both sides show a certificate of the project's own authority, and neither talks to
/// one that has none.
namespace carecard::rpc {

/// Makes the credentials of a server that requires and verifies a client certificate; a client
/// without one never gets as far as a call. Reads the files once.
///
/// @return a fault whose `field` is "ca", "certificate" or "key": `not_found` when there is no such
///         file, `denied` when a key is anybody else's to read, `unavailable` when it cannot be
///         read, `malformed` when it is not what it should be, has expired, or the key is not the
///         certificate's.
[[nodiscard]] Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(
    const TlsFiles& files);

/// Makes the credentials of a client. Faults as above.
[[nodiscard]] Result<std::shared_ptr<grpc::ChannelCredentials>> client_credentials(
    const TlsFiles& files);

}  // namespace carecard::rpc
