#pragma once

#include <functional>

#include "common/result.h"
#include "services/journal/head_file.h"
#include "services/journal/record.h"
#include "services/journal/store.h"

namespace carecard::journal {

/// Sees each verified record in order; a fault from it ends the walk. The view is good during the
/// call only.
using RecordVisitor = std::function<Result<Done>(const RecordView&)>;

/// Walks the journal from right after `from` to the tail it has when the walk comes there, and
/// verifies of each record the checksum, the chain to the one before, that no sequence is missing
/// and that the epoch never falls, and rises only where a `Restored` event begins the new one.
///
/// @param from  a head that is trusted: `Head{}` for the whole journal, or a watermark.
/// @return the head at the end, which is `from` when nothing follows it; `corrupt` on field
///         `record`, naming the sequence, at the first damage; the visitor's fault.
/// Cost:   reads and hashes every byte after `from`.
[[nodiscard]] Result<Head> verify_chain(const Store& store, const Head& from,
                                        const RecordVisitor& visitor);

/// Says whether a journal still holds what a head file says it held.
///
/// @param journal  where the journal ends, from `verify_chain`.
/// @param file     what the head file says, from `read_head`.
/// @return `Done`; `corrupt` on field `head_file` when the journal ends before the file's
///         sequence, so acknowledged events are lost, or its record there is another one.
[[nodiscard]] Result<Done> check_head(const Store& store, const Head& journal, const Head& file);

}  // namespace carecard::journal
