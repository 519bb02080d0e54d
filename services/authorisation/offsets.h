#pragma once

#include <string_view>

#include "rules/command.h"

namespace carecard::authorisation {

/// The only zone so far: councils of England and Wales, Scotland and Northern Ireland.
inline constexpr std::string_view programme_zone = "Europe/London";

/// Builds the table of UTC offsets of `programme_zone`, 1970 to 2100, from the machine's tzdata.
/// Journaled when it differs from the one in force; decisions use the journaled one only.
[[nodiscard]] rules::SetOffsetTable offsets_from_tzdata();

}  // namespace carecard::authorisation
