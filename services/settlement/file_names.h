#pragma once

#include <string_view>

namespace carecard::settlement {

// The files of a batch.
inline constexpr std::string_view items_file = "items.csv";
inline constexpr std::string_view positions_file = "closing_position.csv";
inline constexpr std::string_view manifest_file = "manifest.json";
inline constexpr std::string_view signature_file = "manifest.cms";

}  // namespace carecard::settlement
