#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "common/time.h"
#include "services/cli/simulate/script.h"

namespace carecard::cli::simulate {

/// How many days after its authorisation a row is presented: 1 or 2, by a hash of its number.
[[nodiscard]] int days_to_presentment(std::uint64_t row_number);

/// What is due on one day, in this order. Borrowed from the script.
struct DayWork {
    DayNumber day;
    std::span<const Load> loads;
    std::span<const Change> changes;
    std::vector<std::size_t> presentments;  ///< Indexes of payments, in the order of their rows.
    std::span<const Payment> payments;
    std::size_t first_payment = 0;  ///< Index of `payments` in the script.
};

/// Goes through the days on which anything is due, in order; the others are left out.
class DayPlan {
   public:
    explicit DayPlan(const Script& script) : script_(script) {}

    /// Says that a payment was approved, so that its presentment falls due.
    /// @param index  of the payment, of the day handed out last.
    void approved(std::size_t index);

    /// The next day; nothing when all is played and presented.
    [[nodiscard]] std::optional<DayWork> next();

   private:
    const Script& script_;
    std::size_t loads_done_ = 0;
    std::size_t changes_done_ = 0;
    std::size_t payments_done_ = 0;
    std::map<DayNumber, std::vector<std::size_t>> presentments_;
};

}  // namespace carecard::cli::simulate
