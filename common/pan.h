#pragma once

#include <string_view>

namespace carecard {

/// Says whether `text` holds what looks like a card number, so that free text with one in it is
/// refused before it is stored.
///
/// A run is digits with at most one space or hyphen between two of them, as long as it goes. A
/// run of 13 to 19 digits with a right Luhn check digit counts as a card number. About one in ten
/// runs of that length passes by chance, so fields that are digit strings by their standard (RRN,
/// STAN, network transaction id) are checked for their own form instead of by this.
///
/// Pure; looks at ASCII digits only.
[[nodiscard]] bool contains_pan(std::string_view text);

/// Says whether the last digit of `digits` is its Luhn check digit.
/// @param digits  ASCII digits only, at least one.
[[nodiscard]] bool luhn_holds(std::string_view digits);

}  // namespace carecard
