#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "rules/agreement.h"

/// The project's own named groups of merchant category codes, so that people can agree "groceries"
/// rather than numbers. A group is only a way to write codes down: an agreement keeps the codes
/// that the group named when it was agreed. A code may be in several groups.
///
/// Everything here is pure and safe on any thread.
namespace carecard::rules {

struct MccGroup {
    std::string_view name;             ///< [a-z_]{1,24}, unique.
    std::string_view description;      ///< One line, for people.
    std::span<const MccRange> ranges;  ///< Ascending, never touching; each names the group.
};

/// Returns every group, by name. Lives as long as the program.
[[nodiscard]] std::span<const MccGroup> mcc_groups();

/// Returns the codes that the group `name` names, or nothing when there is no such group.
[[nodiscard]] std::optional<std::span<const MccRange>> mcc_group(std::string_view name);

/// Reads a list as people write it: each item is a code "5411", a range "5411-5499" with both
/// ends, or the name of a group. An empty list gives an empty list.
///
/// The result is canonical: ascending, with codes written one by one joined to ranges and repeated
/// items collapsed, so that lists that say the same are equal in whatever order they were written.
/// A code that stands both alone and in a group is kept in both, so the list can be shown as it
/// was agreed.
///
/// @param field  what the caller calls the list, e.g. "rules.mcc_allowed"; a fault's field is
///               this with the item's index, counted from 0: "rules.mcc_allowed[2]".
/// @return `malformed` for an item that is none of the three (near group names are listed), a
///         range that ends before it begins, and more than `mcc_ranges_per_list_max` ranges.
[[nodiscard]] Result<MccRanges> parse_mcc_list(std::span<const std::string_view> items,
                                               std::string_view field = "mcc_list");

/// Returns `ranges` as items for `parse_mcc_list`: a group's name where all that the group names
/// today is there, else codes and ranges. Parsing the result gives the same codes.
[[nodiscard]] std::vector<std::string> mcc_list_text(const MccRanges& ranges);

}  // namespace carecard::rules
