#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "rules/decide.h"
#include "rules/state.h"

namespace carecard::bench {

/// How much a decision has to look at.
struct Shape {
    std::size_t purses = 1;
    std::size_t mcc_ranges = 0;  ///< Of an agreement that limits day, week and month too; 0: none.
    std::int64_t pence_in_all_but_the_last = 0;  ///< So that every payment is split; 0: plenty.
};

/// A state with many funded accounts, each with a card, and payments at random ones.
class CoreWorld {
   public:
    static constexpr std::size_t accounts = 10'000;

    explicit CoreWorld(const Shape& shape);

    /// The next payment: another key, card and amount each time. Valid until the next call.
    [[nodiscard]] const rules::Command& next_payment();

    /// Decides and applies `command`, which must be approved or journaled.
    /// @return the event, until the next call.
    const rules::Event& take(const rules::Command& command);

    /// Takes a payment and its reversal, and lets go of what is over. With little in all purses but
    /// the last, every one of them pays a part.
    void split_and_reverse();

    [[nodiscard]] const rules::State& state() const { return state_; }
    [[nodiscard]] rules::Stamp last_stamp() const { return last_; }

   private:
    void open_programme();
    void open_account(std::uint32_t number, const Shape& shape);
    /// Lets go of what is over: of the loads, as they do once the archive has them.
    void forget_what_is_over();

    rules::State state_;
    rules::Stamp last_;
    rules::Command payment_;
    rules::Command reversal_;
    rules::Event event_;
    std::uint64_t payments_ = 0;
    std::mt19937_64 random_{20'240'603};
};

}  // namespace carecard::bench
