#include "services/rpc/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "common/limits.h"
#include "services/rpc/descriptor.h"

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

Fault fault(FaultKind kind, const NamedFile& file, std::string_view what, std::string remedy) {
    return {.kind = kind,
            .field = std::string(file.field),
            .detail = fmt::format("{} {}", file.path, what),
            .remedy = std::move(remedy)};
}

Fault unreadable(const NamedFile& file) {
    const int error = errno;
    if (error == ENOENT) {
        return fault(FaultKind::not_found, file, "does not exist",
                     "correct the path, or make certificates with carecard-certificates");
    }
    return fault(FaultKind::unavailable, file,
                 fmt::format("cannot be read: {}", std::strerror(error)),
                 "let the service's user read it");
}

Result<std::string> read_file(const NamedFile& file, bool secret) {
    const Descriptor descriptor(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!descriptor.open() || ::fstat(descriptor.number(), &status) != 0) {
        return unreadable(file);
    }
    if (!S_ISREG(status.st_mode)) {
        return fault(FaultKind::malformed, file, "is not a regular file", "give a PEM file");
    }
    if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fault(FaultKind::denied, file, "can be used by others than its owner",
                     "chmod 600 the file");
    }
    if (status.st_size <= 0 || static_cast<std::size_t>(status.st_size) > secret_file_bytes_max) {
        return fault(FaultKind::malformed, file, "is empty or far too long", "give a PEM file");
    }
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t size = ::read(descriptor.number(), text.data(), text.size());
    if (size < 0) return unreadable(file);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

BioPtr bio_of(const std::string& text) {
    return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &::BIO_free};
}

/// Keeps OpenSSL from asking the terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) { return -1; }

std::optional<Fault> certificate_fault(const NamedFile& file, const CertificatePtr& certificate) {
    if (!certificate) {
        return fault(FaultKind::malformed, file, "holds no certificate",
                     "give a certificate in PEM form");
    }
    if (::X509_cmp_current_time(::X509_get0_notAfter(certificate.get())) < 0) {
        return fault(FaultKind::malformed, file, "has expired",
                     "make another with carecard-certificates");
    }
    return std::nullopt;
}

CertificatePtr certificate_from(const std::string& pem) {
    const BioPtr bio = bio_of(pem);
    return {::PEM_read_bio_X509(bio.get(), nullptr, &no_password, nullptr), &::X509_free};
}

KeyPtr key_from(const std::string& pem) {
    const BioPtr bio = bio_of(pem);
    return {::PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr), &::EVP_PKEY_free};
}

struct Pems {
    std::string ca;
    std::string certificate;
    std::string key;
};

/// What gRPC would only find out at the first handshake, without saying what is wrong.
std::optional<Fault> fault_in(const Pems& pems, const TlsFiles& files) {
    const NamedFile key_file{"key", files.key};
    std::optional<Fault> found = certificate_fault({"ca", files.ca}, certificate_from(pems.ca));
    if (found) return found;
    const CertificatePtr certificate = certificate_from(pems.certificate);
    found = certificate_fault({"certificate", files.certificate}, certificate);
    if (found) return found;
    const KeyPtr key = key_from(pems.key);
    if (!key) {
        return fault(FaultKind::malformed, key_file, "holds no private key that needs no password",
                     "give an unencrypted private key in PEM form");
    }
    if (::X509_check_private_key(certificate.get(), key.get()) != 1) {
        return fault(FaultKind::malformed, key_file, "is not the certificate's key",
                     "give the certificate and the key that were made together");
    }
    return std::nullopt;
}

Result<Pems> read(const TlsFiles& files) {
    Result<std::string> ca = read_file({"ca", files.ca}, /*secret=*/false);
    if (!ca) return ca.fault();
    Result<std::string> certificate =
        read_file({"certificate", files.certificate}, /*secret=*/false);
    if (!certificate) return certificate.fault();
    Result<std::string> key = read_file({"key", files.key}, /*secret=*/true);
    if (!key) return key.fault();
    Pems pems{.ca = *std::move(ca), .certificate = *std::move(certificate), .key = *std::move(key)};
    if (std::optional<Fault> found = fault_in(pems, files)) return *std::move(found);
    return pems;
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(const TlsFiles& files) {
    const Result<Pems> pems = read(files);
    if (!pems) return pems.fault();
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = pems->ca;
    options.pem_key_cert_pairs.push_back(
        {.private_key = pems->key, .cert_chain = pems->certificate});
    return grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> client_credentials(const TlsFiles& files) {
    const Result<Pems> pems = read(files);
    if (!pems) return pems.fault();
    return grpc::SslCredentials({.pem_root_certs = pems->ca,
                                 .pem_private_key = pems->key,
                                 .pem_cert_chain = pems->certificate});
}

}  // namespace carecard::rpc
