#include "services/settlement/batch_message.h"

#include <gtest/gtest.h>

#include <utility>

namespace carecard::settlement {
namespace {

/// Another count and sum for each total, so that none can stand for another.
ClosedBatch batch_of_all_kinds() {
    ClosedBatch batch;
    batch.manifest.currency = "GBP";
    BatchTotals& totals = batch.manifest.totals;
    std::int64_t pence = 0;
    std::uint64_t count = 0;
    for (CountAndSum* total :
         {&totals.loads, &totals.debits, &totals.credits, &totals.returned, &totals.owed,
          &totals.write_offs, &totals.exposure_recoveries, &totals.write_offs_repaid}) {
        *total = {.count = ++count, .sum = {pence += 100}};
    }
    return batch;
}

TEST(BatchMessage, TellsEachTotalOfTheManifest) {
    v1::Batch message;
    set_batch(batch_of_all_kinds(), message);
    std::uint64_t count = 0;
    for (const auto& [name, total] :
         {std::pair("loaded", message.loaded()), std::pair("cleared", message.cleared()),
          std::pair("refunded", message.refunded()), std::pair("returned", message.returned()),
          std::pair("owed", message.owed()), std::pair("written_off", message.written_off()),
          std::pair("exposure_recovered", message.exposure_recovered()),
          std::pair("write_off_repaid", message.write_off_repaid())}) {
        EXPECT_EQ(total.count(), ++count) << name;
        EXPECT_EQ(total.amount().minor_units(), static_cast<std::int64_t>(count) * 100) << name;
        EXPECT_EQ(total.amount().currency(), "GBP") << name;
    }
}

}  // namespace
}  // namespace carecard::settlement
