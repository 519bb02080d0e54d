#pragma once

#include <memory>
#include <string>

#include "services/rpc/pem.h"

using EVP_PKEY = struct evp_pkey_st;
using X509 = struct x509_st;

namespace carecard::end_to_end {

enum class Holder : unsigned char { client, server };

/// What a certificate is to say. The default is a good client's.
struct Wanted {
    std::string uri;             ///< Its role (services/rpc/identity.h). Empty: it names nobody.
    long valid_from_s = -3'600;  ///< Seconds from now.
    long valid_until_s = 3'600;
    Holder holder = Holder::client;  ///< A server's is for localhost and 127.0.0.1.
};

/// Makes certificates that the project's own script would not, from an authority's key. All have
/// that authority as the one they trust.
class Forge {
   public:
    /// @param folder  has ca.pem and ca.key.
    explicit Forge(const std::string& folder);

    /// Signed by the authority.
    [[nodiscard]] rpc::TlsPems make(const Wanted& wanted) const;
    /// Signed by its own key.
    [[nodiscard]] rpc::TlsPems make_self_signed(const Wanted& wanted) const;

   private:
    std::string ca_pem_;
    std::shared_ptr<X509> ca_;
    std::shared_ptr<EVP_PKEY> ca_key_;
};

}  // namespace carecard::end_to_end
