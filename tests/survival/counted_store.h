#pragma once

#include "services/journal/store.h"
#include "tests/survival/disk.h"

namespace carecard::survival {

/// Counts the calls of the journal's port with those of the disk beneath it, each as it begins and
/// as it ends, so that the process can end on either side of a commit.
class CountedStore final : public journal::Store {
   public:
    CountedStore(journal::Store& store, Disk& disk) : store_(store), disk_(disk) {}

    Result<Sequence> commit(Sequence tail, const journal::Record& record) override {
        if (!disk_.passes(Operation::store)) return ended();
        const Result<Sequence> committed = store_.commit(tail, record);
        if (!disk_.passes(Operation::store)) return ended();
        return committed;
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        if (!disk_.passes(Operation::store)) return ended();
        return store_.read(after, buffer, out);
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

   private:
    static Fault ended() {
        return {.kind = FaultKind::unavailable,
                .field = "journal",
                .detail = "the process has ended",
                .remedy = "start it again"};
    }

    journal::Store& store_;
    Disk& disk_;
};

}  // namespace carecard::survival
