#pragma once

#include <string>
#include <string_view>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/types.pb.h"
#include "rules/command.h"
#include "services/authorisation/convert_fields.h"

/// Purses and their terms, as the RPC has them.
namespace carecard::authorisation {

/// Reads a purse to open: its template's terms, and over them those that are set.
/// @param field  what holds it, e.g. "purse".
void read_purse(Fields& fields, const v1::NewPurse& value, const std::string& field,
                rules::PurseSpec& out);

void show(const rules::PurseTerms& terms, v1::PurseTerms& response);
void show_purse_templates(v1::ListPurseTemplatesResponse& response);

/// Why a purse may not pay, as the end of a sentence about it: "does not pay at such merchants".
[[nodiscard]] std::string_view words_of(rules::PurseVerdict verdict);

}  // namespace carecard::authorisation
