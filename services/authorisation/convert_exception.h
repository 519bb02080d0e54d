#pragma once

#include <string_view>

#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "rules/exception.h"

/// From what staff must look at to what callers read of it. Pure; any thread.
namespace carecard::authorisation {

/// One plain English sentence: what happened, and what to do about it. Empty for `none`.
[[nodiscard]] std::string_view sentence_of(rules::ExceptionReason reason);

/// Why a dispute of the exception's amount is likely to be opened; unspecified where the merchant
/// took nothing that it was not to take.
[[nodiscard]] v1::DisputeCategory dispute_of(rules::ExceptionReason reason);

/// Sets `reason`, `amount`, `text` and `dispute`. @pre  `exception.raised()`.
void to_response(const rules::Exception& exception, CurrencyCode currency,
                 v1::StaffException& response);

}  // namespace carecard::authorisation
