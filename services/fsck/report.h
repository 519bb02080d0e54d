#pragma once

#include <string>

#include "services/fsck/check.h"

namespace carecard::fsck {

/// Says what was found, in one line or two for people:
///
///     sound: 120 records, 4211 events, head 1-4211 (chain 9f86...)
///     not sound from sequence 4012: record: ... . To do: ...
[[nodiscard]] std::string to_text(const Report& report);

/// The same as one JSON object: "sound", "records", "events", "epoch", "sequence", "chain"; and
/// when it is not sound "first_unsound", "field", "detail" and "remedy".
[[nodiscard]] std::string to_json(const Report& report);

/// What is said when the journal cannot even be opened. In JSON: "sound" is false, with "field",
/// "detail" and "remedy".
[[nodiscard]] std::string to_text(const Fault& fault);
[[nodiscard]] std::string to_json(const Fault& fault);

}  // namespace carecard::fsck
