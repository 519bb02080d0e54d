#pragma once

#include <utility>
#include <vector>

#include "services/journal/store.h"

namespace carecard::simulation {

/// A journal whose next commit fails when it is told so, with or without its record stored: as the
/// port says, the outcome is unknown to the caller. After that every commit is refused, until the
/// store is opened again.
class FaultyStore final : public journal::Store {
   public:
    enum class Fails : unsigned char { never, lost, kept };

    explicit FaultyStore(journal::Store& store) : store_(store) {}

    void fail_next(Fails how) { next_ = how; }
    [[nodiscard]] bool has_failed() const { return failed_; }
    void open_again() { failed_ = false; }

    Result<Sequence> commit(Sequence tail, const journal::Record& record) override {
        const Fails how = std::exchange(next_, Fails::never);
        if (how == Fails::never && !failed_) return store_.commit(tail, record);
        if (how == Fails::kept && !failed_) {
            const Result<Sequence> committed = store_.commit(tail, record);
            if (!committed) return committed.fault();
        }
        failed_ = true;
        return Fault{.kind = FaultKind::unavailable, .field = "journal", .detail = "as was asked"};
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        return store_.read(after, buffer, out);
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

   private:
    journal::Store& store_;
    Fails next_ = Fails::never;
    bool failed_ = false;
};

}  // namespace carecard::simulation
