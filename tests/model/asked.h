#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "rules/agreement.h"
#include "rules/command.h"

/// A second opinion on what a payment asks for: its kind, what of it may be agreed to, and how much
/// of that is held for how long.
namespace carecard::model {

constexpr long unlimited = 1L << 60;
[[nodiscard]] bool lists(const rules::MccRanges& ranges, rules::Mcc mcc);

/// Payments ask for money; enquiries for none; credits bring some.
[[nodiscard]] bool pays(const rules::Authorise& command);
[[nodiscard]] bool gives(const rules::Authorise& command);
/// What the whole of a payment is: 1 for cash, 2 for quasi-cash.
[[nodiscard]] int sort_of(const rules::Authorise& command);
/// What a payment is in whole or in part, and how much of it.
[[nodiscard]] std::pair<int, long> cash_of(const rules::Authorise& command, long amount);
/// A card that was held to a terminal, without its PIN.
[[nodiscard]] bool by_tap(const rules::Authorise& command);

/// What may be agreed to: so much approved, of which so much must be there, with what command.
struct Offer {
    rules::Authorise command;
    long amount, needs;
    long raised_from = -1;  ///< Of an increment: what the payment counted for before.
};
/// The whole that is left, and then the parts that terminal and programme would take.
[[nodiscard]] std::vector<Offer> offers(const rules::Authorise& command,
                                        const rules::CreateProgramme& terms, long left, long money);
/// How long a payment is held, and how much beyond its amount if there is money enough.
[[nodiscard]] std::pair<long, long> hold_of(const rules::Authorise& command,
                                            const rules::CreateProgramme& terms, long amount);

}  // namespace carecard::model
