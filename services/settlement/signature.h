#pragma once

// manifest.cms: a CMS SignedData in DER, detached from manifest.json, with one signer: ECDSA P-256
// over SHA-256. It has no signed attributes, so no time, and no certificates:
//
//     SEQUENCE { signedData, [0] SEQUENCE { 1, SET { sha256 }, SEQUENCE { data }, SET { SEQUENCE {
//         1, SEQUENCE { issuer, serialNumber }, SEQUENCE { sha256 },
//         SEQUENCE { ecdsa-with-SHA256 }, OCTET STRING signature value } } } }
//
// Anyone can check it:
//
//     openssl cms -verify -binary -inform DER -in manifest.cms -content manifest.json
//         -certfile batch-signer.pem -CAfile ca.pem -purpose any -out /dev/null

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/secret.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY
struct x509_st;      // OpenSSL's X509

namespace carecard::settlement {

/// Signs manifests with one key. One thread at a time.
class Signer {
   public:
    /// @param certificate  PEM; its URI name must give the role batch-signer.
    /// @param key          PEM; the private key of that certificate, on the curve P-256.
    /// @return the signer; `malformed` on field `signing_certificate` or `signing_key` when it
    ///         cannot be read, has another role or curve, or the two do not belong together.
    static Result<Signer> make(std::string_view certificate, const Secret& key);

    /// @return the bytes of manifest.cms, which differ each time; `unavailable` when OpenSSL fails.
    /// Cost:   about 0.1 ms.
    [[nodiscard]] Result<std::vector<std::byte>> sign(std::string_view content) const;

    /// Also takes an earlier certificate for this signer's own, in `has_signed`.
    /// @param certificate  PEM.
    /// @return done; `malformed` on field `earlier_signing_certificate`.
    Result<Done> add_earlier(std::string_view certificate);

    /// Whether `signature` is one that `sign` could have made of `content`, now or when this signer
    /// had an earlier certificate.
    [[nodiscard]] bool has_signed(std::string_view content,
                                  std::span<const std::byte> signature) const;

   private:
    using Certificate = std::unique_ptr<x509_st, void (*)(x509_st*)>;
    using Key = std::unique_ptr<evp_pkey_st, void (*)(evp_pkey_st*)>;
    Signer(Certificate certificate, Key key);

    Certificate certificate_;
    Key key_;
    std::vector<Certificate> earlier_;
};

/// Whom an auditor trusts.
struct TrustedSigner {
    std::string authorities;  ///< PEM: the certificate authority, one or more certificates.
    std::string certificate;  ///< PEM: the signer's certificate.
};

/// Checks that `signature` is the trusted signer's over `content`, of exactly the form above, that
/// the signer's certificate was issued by the authorities, and that its URI name gives it the role
/// batch-signer for `council` or for all.
///
/// The certificates' dates are not judged: the signature carries no time, and a batch is read for
/// years after its signer's certificate has ended.
///
/// @return done; `corrupt` on field "manifest.cms"; `malformed` on field `authorities` or
///         `signer_certificate` when what the auditor gave cannot be used.
[[nodiscard]] Result<Done> verify_signature(std::string_view content,
                                            std::span<const std::byte> signature,
                                            const TrustedSigner& trusted, std::string_view council);

}  // namespace carecard::settlement
