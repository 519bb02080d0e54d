#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/purse_terms.h"

/// The funding streams that an individual budget is made of, ready to be opened.
namespace carecard::rules {

struct PurseTemplate {
    std::string_view name;  ///< e.g. "personal-health-budget"
    std::string_view says;  ///< Whose money, for what: one plain sentence.
    std::uint8_t priority = 1;
    PurseTerms terms;
};

/// All of them. Purses keep the terms they were opened with, whatever becomes of a template.
[[nodiscard]] std::span<const PurseTemplate> purse_templates();

/// Null when there is none of this name.
[[nodiscard]] const PurseTemplate* find_purse_template(std::string_view name);

}  // namespace carecard::rules
