#pragma once

#include <string>

#include "common/result.h"

/// Certificates and private keys as files hold them. Pure: no file is read here.
namespace carecard::rpc {

/// Paths of PEM files.
struct TlsFiles {
    std::string ca;           ///< The authority that the other side's certificate must be from.
    std::string certificate;  ///< This side's own.
    std::string key;          ///< Its private key, unencrypted, readable by the owner only.
};

/// What those files hold.
struct TlsPems {
    std::string ca;
    std::string certificate;
    std::string key;
};

/// Checks what gRPC would only find out at the first handshake, without saying what is wrong.
///
/// Safe on any bytes; asks no terminal for the password of an encrypted key.
/// @param files  where the texts are from, for the faults.
/// @return done; `malformed` on field "ca", "certificate" or "key", which names the file, when a
///         text holds no certificate or key, a certificate has expired, or the key is not the
///         certificate's.
[[nodiscard]] Result<Done> check_pems(const TlsPems& pems, const TlsFiles& files);

}  // namespace carecard::rpc
