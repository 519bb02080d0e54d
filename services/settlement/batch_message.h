#pragma once

#include <string_view>

#include "carecard/v1/settlement.pb.h"
#include "common/money.h"
#include "services/settlement/book_format.h"

namespace carecard::settlement {

/// Describes a batch as the RPC does.
void set_batch(const ClosedBatch& batch, v1::Batch& message);

}  // namespace carecard::settlement
