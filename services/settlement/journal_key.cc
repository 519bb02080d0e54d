#include "services/settlement/journal_key.h"

#include <algorithm>

#include "common/sha256.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t key_bytes_max = 64;

bool may_be_in_key(char character) {
    static constexpr std::string_view marks = "._:-";
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || marks.find(character) != marks.npos;
}

}  // namespace

Result<std::string> journal_key(const rpc::Identity& caller, std::string_view key) {
    if (key.empty() || key.size() > key_bytes_max || !std::ranges::all_of(key, may_be_in_key)) {
        return Fault{FaultKind::malformed, "request_key",
                     "is missing, or is not 1 to 64 characters of [A-Za-z0-9._:-]",
                     "Give a key of your own, another for each new request."};
    }
    constexpr std::string_view end_of_name{"\0", 1};
    return to_hex(sha256({bytes_of(rpc::to_uri(caller)), bytes_of(end_of_name), bytes_of(key)}));
}

}  // namespace carecard::settlement
