#pragma once

// A sample month: five CSV files in a directory.
//
//   onboard.csv     account,arrangement,purse,priority,card_number,expiry,holder,holder_reference
//                   as for `carecard onboard`; numbers of the test range 999999 only
//   agreements.csv  date,account,allow,refuse,cash,single_max,day_max,month_max,reason
//                   allow and refuse: merchant groups and codes; cash: agreed, refused or empty
//   loads.csv       date,account,purse,amount,reference
//   cards.csv       date,account,status,reason
//                   status: active or frozen, of the account's first card
//   payments.csv    date,account,kind,mcc,merchant,city,amount,currency,expected
//                   kind: purchase, cash or refund; expected: approved, or the reason of the
//                   decline, or empty when it is not known
//
// Dates are YYYY-MM-DD, amounts decimal major units above zero.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"
#include "common/time.h"

namespace carecard::cli::simulate {

/// What month to invent.
struct SampleOptions {
    std::uint64_t seed = 1;
    DayNumber month;  ///< Its first day.
    std::uint32_t holders = 24;
};

inline constexpr std::uint32_t sample_holders_max = 5'000;

/// File names and their bytes.
using SampleFiles = std::vector<std::pair<std::string, std::string>>;

/// Invents a month of believable lives: home care by an agency, a personal assistant's pay and
/// expenses, taxis and a day centre, groceries, equipment, courses, leisure for a carer, cash that
/// was agreed, a refund; and payments that must be declined: at the wrong sort of merchant, over
/// the single limit, cash that was not agreed, with a frozen card, beyond the money.
///
/// Pure: the same options give the same bytes on every machine.
[[nodiscard]] SampleFiles make_sample(const SampleOptions& options);

}  // namespace carecard::cli::simulate
