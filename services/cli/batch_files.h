#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "carecard/v1/settlement.grpc.pb.h"
#include "common/result.h"
#include "services/settlement/verify_batch.h"

namespace carecard::cli {

/// Which batch.
struct BatchName {
    std::string programme;
    std::uint64_t number = 0;
};

/// Downloads one file of a batch into memory, going on where a stream broke off.
///
/// @param limit  more bytes than this are a fault.
/// @return the bytes; `corrupt` on the file's name when the stream ends early, jumps or is longer
///         than `limit`; else the fault of the call.
[[nodiscard]] Result<std::string> download_file(v1::SettlementService::Stub& stub,
                                                const BatchName& batch, std::string_view file_name,
                                                std::size_t limit);

/// Downloads the four files of a batch into memory. Faults as above.
[[nodiscard]] Result<settlement::BatchFiles> download_batch(v1::SettlementService::Stub& stub,
                                                            const BatchName& batch);

/// Writes the four files of a batch into `directory`, which is made; each appears whole or not at
/// all, even when the power fails, and one that is there is replaced. All are durable when done.
/// @return done; `unavailable` on field "directory" when it cannot be written.
[[nodiscard]] Result<Done> write_batch(const settlement::BatchFiles& files,
                                       const std::string& directory);

/// Whom to trust, from a directory of carecard-certificates: ca.pem and batch-signer.pem.
/// @return `not_found` or `malformed` on field "ca.pem" or "batch-signer.pem".
[[nodiscard]] Result<settlement::TrustedSigner> read_trusted_signer(const std::string& ca_path,
                                                                    const std::string& signer_path);

/// A whole file in memory. @return `not_found`; `malformed` when it is longer than `limit`.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::size_t limit);

}  // namespace carecard::cli
