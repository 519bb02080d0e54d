#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/money.h"
#include "common/time.h"

/// The lives that `make_sample` invents, one holder at a time.
namespace carecard::cli::simulate {

/// Chance from a seed: splitmix64, the same on every machine.
class SampleRandom {
   public:
    explicit SampleRandom(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t next();

    /// A number from `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);

   private:
    std::uint64_t state_;
};

/// A line of payments.csv before it has an account.
struct SamplePayment {
    DayNumber day;
    std::string_view kind;
    std::string_view mcc;
    std::string_view merchant;
    AmountMinor amount;
    std::string_view expected;
};

/// A line of cards.csv.
struct SampleCardChange {
    DayNumber day;
    std::string_view status;
    std::string_view reason;
};

/// What a holder's month consists of.
struct SampleLife {
    std::string_view arrangement;
    std::string_view purse;
    std::string_view second_purse;  ///< Empty: one only.
    std::string_view holder = "person";
    std::string_view allow;
    std::string_view refuse;
    std::string_view cash;
    AmountMinor single_max;
    std::string_view reason;
    AmountMinor load_beyond_need;  ///< Loaded besides what the approved payments take.
    std::vector<SamplePayment> payments;
    std::vector<SampleCardChange> card_changes;
};

inline constexpr std::uint32_t sample_life_kinds = 8;

/// Invents one life.
/// @param kind   0 to sample_life_kinds - 1.
/// @param first  the first day of the month.
/// @param days   how many days it has.
[[nodiscard]] SampleLife invent_life(std::uint32_t kind, DayNumber first, int days,
                                     SampleRandom& random);

}  // namespace carecard::cli::simulate
