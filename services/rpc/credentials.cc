#include "services/rpc/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/limits.h"
#include "services/rpc/descriptor.h"

namespace carecard::rpc {
namespace {

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

Result<TlsPems> read(const TlsFiles& files) {
    Result<std::string> ca = read_file({"ca", files.ca}, /*secret=*/false);
    if (!ca) return ca.fault();
    Result<std::string> certificate =
        read_file({"certificate", files.certificate}, /*secret=*/false);
    if (!certificate) return certificate.fault();
    Result<std::string> key = read_file({"key", files.key}, /*secret=*/true);
    if (!key) return key.fault();
    TlsPems pems{
        .ca = *std::move(ca), .certificate = *std::move(certificate), .key = *std::move(key)};
    const Result<Done> checked = check_pems(pems, files);
    if (!checked) return checked.fault();
    return pems;
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> server_credentials(const TlsFiles& files) {
    const Result<TlsPems> pems = read(files);
    if (!pems) return pems.fault();
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = pems->ca;
    options.pem_key_cert_pairs.push_back(
        {.private_key = pems->key, .cert_chain = pems->certificate});
    return grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<grpc::ChannelCredentials>> client_credentials(const TlsFiles& files) {
    const Result<TlsPems> pems = read(files);
    if (!pems) return pems.fault();
    return grpc::SslCredentials({.pem_root_certs = pems->ca,
                                 .pem_private_key = pems->key,
                                 .pem_cert_chain = pems->certificate});
}

}  // namespace carecard::rpc
