#pragma once

#include <string>
#include <vector>

#include "common/result.h"
#include "services/settlement/verify_batch.h"

namespace carecard::cli {

/// A batch that was proved.
struct ProvedBatch {
    std::string directory;
    settlement::Manifest manifest;
    bool chained = false;  ///< Also with the batch before it.
    bool lost = false;     ///< Of a line of the journal that a later batch says was lost.
};

/// Finds the batches among `directories`: each is a batch itself, or holds batches. One that is
/// found by two of them counts once.
/// @return directories with a manifest, sorted by programme and number; `not_found` on field "DIR"
///         when there is none; the faults of the manifests.
[[nodiscard]] Result<std::vector<std::string>> find_batches(
    const std::vector<std::string>& directories);

/// Verifies batches in order. The first of a programme may have any number, and each of the others
/// must be the next after the one before it, with which it is verified. A batch with a fork follows
/// the one before the numbers that its fork names as lost; those may be there, as a line that ends,
/// or missing.
/// @param directories  from `find_batches`.
/// @return all of them proved; or the first fault, whose detail names the directory: `corrupt` on
///         field "DIR" also when a number is missing or stands twice.
/// Cost: two batches in memory at a time.
[[nodiscard]] Result<std::vector<ProvedBatch>> verify_directories(
    const std::vector<std::string>& directories, const settlement::TrustedSigner& trusted);

}  // namespace carecard::cli
