#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"
#include "services/settlement/manifest.h"
#include "services/settlement/signature.h"

/// Checks a batch as an auditor would: from its files and two certificates, without any service.
namespace carecard::settlement {

/// The bytes of a batch, as downloaded. Nothing in them is believed.
struct BatchFiles {
    std::string manifest;              ///< manifest.json
    std::vector<std::byte> signature;  ///< manifest.cms
    std::string items;                 ///< items.csv
    std::string positions;             ///< closing_position.csv
};

/// Reads the files of a batch from a directory, none beyond its limit (`batch_file_bytes_max` and
/// its neighbours).
/// @return the bytes; `not_found` on the missing file's name; `corrupt` when one is too long;
///         `unavailable` when it cannot be read.
/// Cost:   the files are held in memory.
[[nodiscard]] Result<BatchFiles> read_batch(const std::string& directory);

/// What a batch proved to be.
struct VerifiedBatch {
    Manifest manifest;
    PreviousBatch self;  ///< Its own hashes: what the next batch must name as its previous.
};

/// Proves that a batch is what its signer signed and that its figures agree: the signature and its
/// form, size and hash of each file, every row in its one form, items in order and within the
/// batch's range, the totals recomputed, opening balance plus effects equal to closing balance and
/// the same for exposures. With the batch before it, also: that its number, sequences and epoch
/// follow, that both hashes named as `previous` are that batch's, and the balance and exposure of
/// each account.
///
/// A batch with a fork (manifest.h) follows the last batch that its journal shares with the lost
/// one: the numbers between must be exactly those that the fork names.
///
/// The batch before must have been verified itself; the first batch starts from nothing, and so
/// each account of it is checked without one.
///
/// @param previous  the files of the batch with the number before, or before those lost; null to
/// leave its part out.
/// @return what was proved; otherwise the first thing that is wrong: `corrupt` with the file's
///         name as field; `conflict` when a newer release wrote it; `malformed` when the auditor's
///         own certificates cannot be used.
/// Cost:   some microseconds for each item and account; memory for one position of each account.
[[nodiscard]] Result<VerifiedBatch> verify_batch(const BatchFiles& files,
                                                 const TrustedSigner& trusted,
                                                 const BatchFiles* previous);

}  // namespace carecard::settlement
