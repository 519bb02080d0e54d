#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/money.h"

namespace carecard::cli::simulate {

/// How many, and how much in the programme's currency.
struct Tally {
    std::uint64_t count = 0;
    TotalMinor sum;

    void add(AmountMinor amount) {
        ++count;
        sum.add(amount);
    }
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// What a run came to.
struct Totals {
    Tally offered;  ///< Positive rows.
    Tally approved;
    Tally declined;
    Tally refunded;  ///< Negative rows, each cleared.
    Tally cleared;   ///< Debits presented.
    Tally loaded;
    Tally loaded_in_batches;  ///< The part of `loaded` before the last batch was closed.
    std::map<std::string, Tally> declined_by;
    std::uint64_t skipped = 0;

    // From the batches' signed manifests.
    std::uint64_t batches = 0;
    std::uint64_t verified = 0;
    Tally batch_debits;
    Tally batch_credits;
    Tally batch_loads;

    std::vector<std::string> surprises;  ///< Decisions that are not those the input expects.
    std::int64_t milliseconds = 0;
};

/// What does not add up, one sentence each; empty when all agrees to the penny:
/// offered = approved + declined, approved = cleared, the batches' debits = cleared, their credits
/// = refunded, their loads = those before the last one closed, every batch verified, and no
/// surprise.
[[nodiscard]] std::vector<std::string> disagreements(const Totals& totals);

/// The table for people.
[[nodiscard]] std::string render(const Totals& totals, CurrencyCode currency);

/// One line of JSON. Sums are integers of minor units.
[[nodiscard]] std::string to_json(const Totals& totals);

}  // namespace carecard::cli::simulate
