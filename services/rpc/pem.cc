#include "services/rpc/pem.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace carecard::rpc {
namespace {

using BioPtr = std::unique_ptr<BIO, int (*)(BIO*)>;
using CertificatePtr = std::unique_ptr<X509, void (*)(X509*)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

/// A file by the name of the setting that gives its path.
struct NamedFile {
    std::string_view field;
    const std::string& path;
};

Fault malformed(const NamedFile& file, std::string_view what, std::string remedy) {
    return {.kind = FaultKind::malformed,
            .field = std::string(file.field),
            .detail = fmt::format("{} {}", file.path, what),
            .remedy = std::move(remedy)};
}

BioPtr bio_of(const std::string& text) {
    return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &::BIO_free};
}

/// Keeps OpenSSL from asking the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) { return -1; }

CertificatePtr certificate_from(const std::string& pem) {
    const BioPtr bio = bio_of(pem);
    return {::PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr), &::X509_free};
}

KeyPtr key_from(const std::string& pem) {
    const BioPtr bio = bio_of(pem);
    return {::PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr), &::EVP_PKEY_free};
}

std::optional<Fault> certificate_fault(const NamedFile& file, const CertificatePtr& certificate) {
    if (!certificate) {
        return malformed(file, "holds no certificate", "give a certificate in PEM form");
    }
    if (::X509_cmp_current_time(::X509_get0_notAfter(certificate.get())) < 0) {
        return malformed(file, "has expired", "make another with carecard-certificates");
    }
    return std::nullopt;
}

std::optional<Fault> fault_in(const TlsPems& pems, const TlsFiles& files) {
    const NamedFile key_file{"key", files.key};
    std::optional<Fault> found = certificate_fault({"ca", files.ca}, certificate_from(pems.ca));
    if (found) return found;
    const CertificatePtr certificate = certificate_from(pems.certificate);
    found = certificate_fault({"certificate", files.certificate}, certificate);
    if (found) return found;
    const KeyPtr key = key_from(pems.key);
    if (!key) {
        return malformed(key_file, "holds no private key that needs no password",
                         "give an unencrypted private key in PEM form");
    }
    if (::X509_check_private_key(certificate.get(), key.get()) != 1) {
        return malformed(key_file, "is not the certificate's key",
                         "give the certificate and the key that were made together");
    }
    return std::nullopt;
}

}  // namespace

Result<Done> check_pems(const TlsPems& pems, const TlsFiles& files) {
    std::optional<Fault> found = fault_in(pems, files);
    ::ERR_clear_error();
    if (found) return *std::move(found);
    return Done{};
}

}  // namespace carecard::rpc
