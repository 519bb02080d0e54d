#pragma once

#include <string>

#include "services/fsck/check.h"

namespace carecard::fsck {

/// Says what was found, for people. The first line of it is one of
///
///     sound: 120 records, 4211 events, head 1-4211 (chain 9f86...)
///     not sound from sequence 4012: event: ...
///
/// and the others say what to do, or what else was looked at and what was not.
[[nodiscard]] std::string to_text(const Report& report);

/// The same as one JSON object: "sound", "records", "events", "epoch", "sequence", "chain",
/// "programmes", "accounts", "authorisations_open"; "projections" with "checked" ("yes",
/// "other_version" or "none"), "rows", "images", "sequence" and "fingerprints_checked"; "batches"
/// with "checked", "agreed" and "signatures_checked". When it is not sound also "first_unsound",
/// "part" ("journal", "batches" or "projections"), "field", "detail" and "remedy" of the worst
/// flaw, and "flaws" with all of them.
[[nodiscard]] std::string to_json(const Report& report);

/// What is said when the journal cannot even be opened. In JSON: "sound" is false, with "field",
/// "detail" and "remedy".
[[nodiscard]] std::string to_text(const Fault& fault);
[[nodiscard]] std::string to_json(const Fault& fault);

}  // namespace carecard::fsck
