#pragma once

#include <string_view>

#include "carecard/v1/settlement.pb.h"
#include "common/money.h"
#include "services/settlement/book_format.h"

namespace carecard::settlement {

/// The letters of an ISO 4217 code, or its three digits when it has none.
[[nodiscard]] std::string currency_letters(CurrencyCode code);

/// Describes a batch as the RPC does.
void set_batch(const ClosedBatch& batch, v1::Batch& message);

}  // namespace carecard::settlement
