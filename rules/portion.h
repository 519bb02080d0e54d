#pragma once

#include <cstdint>

#include "common/inline_vector.h"
#include "common/money.h"
#include "rules/command.h"
#include "rules/spending.h"

/// What may be agreed to of a payment when the whole of it is not.
namespace carecard::rules {

inline constexpr std::size_t portions_max = 3;

/// The portions of `request` that the terminal and the programme would take, the best first. The
/// rules have to be asked about each. None for a request that is not a purchase, for a series, and
/// for a merchant whose sales are cash or quasi-cash; without its cashback, any purchase that has
/// some.
[[nodiscard]] InlineVector<Portion, portions_max> portions_of(const Authorise& request,
                                                              const SpendingFacts& facts,
                                                              const CreateProgramme& terms);

}  // namespace carecard::rules
