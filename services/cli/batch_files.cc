#include "services/cli/batch_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "common/limits.h"
#include "services/cli/call.h"
#include "services/rpc/descriptor.h"

namespace carecard::cli {
namespace {

constexpr DurationNs download_timeout = minutes(5);

Fault broken_file(std::string_view name, std::string detail) {
    return {.kind = FaultKind::corrupt,
            .field = std::string(name),
            .detail = std::move(detail),
            .remedy = "download it again; if that does not help, tell an operator"};
}

enum class Stream : unsigned char { complete, cut_off };

/// Takes chunks until the stream ends.
Result<Stream> receive(grpc::ClientReader<v1::DownloadBatchFileResponse>& reader,
                       std::string_view name, std::size_t limit, std::string& bytes) {
    v1::DownloadBatchFileResponse chunk;
    Stream state = Stream::cut_off;
    while (reader.Read(&chunk)) {
        if (chunk.offset() != bytes.size()) return broken_file(name, "arrived with a gap");
        if (chunk.data().size() > limit - bytes.size()) {
            return broken_file(name, fmt::format("is longer than {} bytes", limit));
        }
        bytes += chunk.data();
        if (!chunk.has_total_bytes()) continue;
        if (chunk.total_bytes() != bytes.size()) return broken_file(name, "arrived incomplete");
        state = Stream::complete;
    }
    return state;
}

Result<Done> cannot_write(const std::string& path) {
    return Fault{.kind = FaultKind::unavailable,
                 .field = "directory",
                 .detail = fmt::format("{} cannot be written", path),
                 .remedy = "give a directory that you may write, on a disk with room"};
}

/// Makes the bytes of a file, or the names in a directory, durable.
bool sync(const std::string& path) {
    const rpc::Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return opened.open() && ::fsync(opened.number()) == 0;
}

Result<Done> write_file(const std::string& path, std::string_view bytes) {
    const std::string partial = path + ".part";
    {
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.flush();
        if (!file) return cannot_write(path);
    }
    // Else, after a power cut, the name could be there before the bytes.
    if (!sync(partial)) return cannot_write(path);
    std::error_code error;
    std::filesystem::rename(partial, path, error);
    if (error) return cannot_write(path);
    return Done{};
}

}  // namespace

Result<std::string> download_file(v1::SettlementService::Stub& stub, const BatchName& batch,
                                  std::string_view file_name, std::size_t limit) {
    v1::DownloadBatchFileRequest request;
    request.set_programme(batch.programme);
    request.set_number(batch.number);
    request.set_file_name(std::string(file_name));
    std::string bytes;
    for (int tries = 1;; ++tries) {
        request.set_offset(bytes.size());
        grpc::ClientContext context;
        context.set_deadline(deadline_after(download_timeout));
        const auto reader = stub.DownloadBatchFile(&context, request);
        const Result<Stream> received = receive(*reader, file_name, limit, bytes);
        if (!received) {
            context.TryCancel();
            return received.fault();
        }
        const grpc::Status status = reader->Finish();
        if (status.ok()) {
            if (*received == Stream::complete) return bytes;
            return broken_file(file_name, "arrived incomplete");
        }
        if (repeat_of(status, tries) == Repeat::never) return rpc::to_fault(status);
        wait_before_repeat();
    }
}

Result<settlement::BatchFiles> download_batch(v1::SettlementService::Stub& stub,
                                              const BatchName& batch) {
    auto manifest = download_file(stub, batch, settlement::manifest_file, batch_manifest_bytes_max);
    if (!manifest) return manifest.fault();
    auto signature =
        download_file(stub, batch, settlement::signature_file, batch_signature_bytes_max);
    if (!signature) return signature.fault();
    auto items = download_file(stub, batch, settlement::items_file, batch_file_bytes_max);
    if (!items) return items.fault();
    auto positions = download_file(stub, batch, settlement::positions_file, batch_file_bytes_max);
    if (!positions) return positions.fault();
    const auto signed_bytes = std::as_bytes(std::span<const char>(*signature));
    return settlement::BatchFiles{.manifest = *std::move(manifest),
                                  .signature = {signed_bytes.begin(), signed_bytes.end()},
                                  .items = *std::move(items),
                                  .positions = *std::move(positions)};
}

Result<Done> write_batch(const settlement::BatchFiles& files, const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return cannot_write(directory);
    const std::string_view signature(reinterpret_cast<const char*>(files.signature.data()),
                                     files.signature.size());
    const std::pair<std::string_view, std::string_view> all[] = {
        {settlement::items_file, files.items},
        {settlement::positions_file, files.positions},
        {settlement::signature_file, signature},
        {settlement::manifest_file, files.manifest},
    };
    for (const auto& [name, bytes] : all) {
        const Result<Done> written = write_file(fmt::format("{}/{}", directory, name), bytes);
        if (!written) return written.fault();
    }
    if (!sync(directory)) return cannot_write(directory);
    return Done{};
}

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
    const std::string name = std::filesystem::path(path).filename();
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Fault{.kind = FaultKind::not_found,
                     .field = name,
                     .detail = fmt::format("{} cannot be read", path),
                     .remedy = "give the directory made by carecard-certificates, or the path"};
    }
    std::string bytes(limit + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > limit) {
        return Fault{.kind = FaultKind::malformed,
                     .field = name,
                     .detail = fmt::format("{} is longer than {} bytes", path, limit),
                     .remedy = "give the right file"};
    }
    return bytes;
}

Result<settlement::TrustedSigner> read_trusted_signer(const std::string& ca_path,
                                                      const std::string& signer_path) {
    auto authorities = read_small_file(ca_path, secret_file_bytes_max);
    if (!authorities) return authorities.fault();
    auto certificate = read_small_file(signer_path, secret_file_bytes_max);
    if (!certificate) return certificate.fault();
    return settlement::TrustedSigner{.authorities = *std::move(authorities),
                                     .certificate = *std::move(certificate)};
}

}  // namespace carecard::cli
