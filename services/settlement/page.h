#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.h"

/// The pages of a list of batches. Pure; any thread.
namespace carecard::settlement {

/// The name of a page: the programme and the number that its batches are below.
[[nodiscard]] std::string page_token(std::string_view programme, std::uint64_t before);

/// Reads the name of a page of this programme.
/// @return the number that the page's batches are below; the highest there is for an empty token;
///         `malformed` on field "page_token" for what `page_token` does not give.
[[nodiscard]] Result<std::uint64_t> parse_page_token(std::string_view programme,
                                                     std::string_view token);

}  // namespace carecard::settlement
