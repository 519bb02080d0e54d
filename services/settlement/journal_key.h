#pragma once

#include <string>
#include <string_view>

#include "common/result.h"
#include "services/rpc/identity.h"

namespace carecard::settlement {

/// The key under which the settlement service asks the journal for what `caller` asked of it: the
/// hexadecimal SHA-256 of the caller's URI, a zero byte and `key`. To the journal every request
/// comes from the settlement service; with such keys, no two callers share one.
///
/// @param key  the caller's own request key.
/// @return 64 characters; `malformed` on field "request_key" when `key` is not 1 to 64 characters
///         of [A-Za-z0-9._:-].
[[nodiscard]] Result<std::string> journal_key(const rpc::Identity& caller, std::string_view key);

}  // namespace carecard::settlement
