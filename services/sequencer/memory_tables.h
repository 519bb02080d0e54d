#pragma once

#include <array>
#include <map>
#include <string>

#include "services/sequencer/tables.h"

namespace carecard::sequencer {

/// Tables in memory, under the same contract, for tests: what a crash would leave is what the
/// last flush saw.
class MemoryTables final : public Tables {
   public:
    Result<Done> write(const TableBatch& batch) override;
    Result<Done> flush() override;
    Result<Done> clear() override;
    [[nodiscard]] Result<Lookup> get(Table table, std::string_view key,
                                     std::string& value) const override;
    [[nodiscard]] Result<Done> scan(Table table, std::string_view prefix, std::string_view from,
                                    const Visitor& visitor) const override;
    void set_now(TimestampNs) override {}

    /// Goes back to the last flush, as after a crash.
    void crash() { rows_ = flushed_; }

   private:
    using Rows = std::map<std::string, std::string, std::less<>>;
    [[nodiscard]] const Rows& rows(Table table) const {
        return rows_[static_cast<std::size_t>(table)];
    }

    std::array<Rows, table_count> rows_;
    std::array<Rows, table_count> flushed_;
};

}  // namespace carecard::sequencer
