#include "services/settlement/page.h"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "services/settlement/text.h"

namespace carecard::settlement {

std::string page_token(std::string_view programme, std::uint64_t before) {
    return fmt::format("{}/{}", programme, before);
}

Result<std::uint64_t> parse_page_token(std::string_view programme, std::string_view token) {
    if (token.empty()) return std::numeric_limits<std::uint64_t>::max();
    const std::size_t slash = token.rfind('/');
    if (slash != token.npos) {
        const auto before = number_from_text<std::uint64_t>(token.substr(slash + 1));
        if (before && page_token(programme, *before) == token) return *before;
    }
    return Fault{FaultKind::malformed, "page_token", "this call did not give it",
                 "Leave it empty for the first page."};
}

}  // namespace carecard::settlement
