#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "services/journal/store.h"

namespace carecard::journal {

/// A journal in memory, for tests and simulation: obeys the contract of `Store`, and is as durable
/// as the object itself.
class MemoryStore final : public Store {
   public:
    Result<Sequence> commit(Sequence tail, const Record& record) override;
    Result<ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                             Record& out) const override;
    [[nodiscard]] Sequence tail() const override;

   private:
    struct Stored {
        Sequence last;
        std::vector<std::byte> bytes;
    };

    mutable std::mutex mutex_;
    std::map<Sequence, Stored> records_;  // by first sequence
    Sequence tail_;
};

}  // namespace carecard::journal
