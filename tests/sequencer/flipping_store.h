#pragma once

#include <cstddef>
#include <vector>

#include "services/journal/store.h"

namespace carecard::sequencer {

/// A copy of a store with one bit flipped in what it gives out.
class FlippingStore final : public journal::Store {
   public:
    FlippingStore(const journal::Store& store, Sequence in, std::size_t at)
        : store_(store), in_(in), at_(at) {}
    Result<Sequence> commit(Sequence, const journal::Record&) override {
        return Fault{.kind = FaultKind::fenced};
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        auto outcome = store_.read(after, buffer, out);
        if (outcome && *outcome == journal::ReadOutcome::record && out.first == in_) {
            buffer[at_ % buffer.size()] ^= std::byte{4};
        }
        return outcome;
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

   private:
    const journal::Store& store_;
    const Sequence in_;
    const std::size_t at_;
};

}  // namespace carecard::sequencer
