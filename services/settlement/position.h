#pragma once

// closing_position.csv: one row for each account, in the order of opening.
//
//     account          the council's own reference
//     arrangement      "direct_payment" | "personal_budget" | "individual_budget" |
//                      "carers_budget" | "voucher" | "skills_account"
//     balance_minor    number, 0 or more: the holder's money
//     held_minor       number, 0 or more: the part of it that is promised to merchants
//     available_minor  number: balance less held
//     exposure_minor   number: what was cleared beyond the holder's money and not yet made good
//
// Every account that is open is here, and a closed one as long as any of its figures is not zero.

#include <functional>
#include <string>
#include <string_view>

#include "common/money.h"
#include "common/result.h"
#include "rules/event.h"
#include "services/settlement/file_names.h"

namespace carecard::settlement {

/// Where an account's money stands.
struct Position {
    AmountMinor balance;  ///< What the holder has, `held` included.
    AmountMinor held;
    AmountMinor exposure;
    [[nodiscard]] bool empty() const { return *this == Position{}; }
    friend bool operator==(const Position&, const Position&) = default;
};

struct AccountPosition {
    std::string account;
    rules::Arrangement arrangement = rules::Arrangement::direct_payment;
    Position position;
    friend bool operator==(const AccountPosition&, const AccountPosition&) = default;
};

/// The header row, line end included.
[[nodiscard]] std::string_view positions_header();

void append_row(std::string& out, std::string_view account, rules::Arrangement arrangement,
                const Position& position);

using PositionVisitor = std::function<Result<Done>(const AccountPosition&)>;

/// Reads closing_position.csv strictly: only bytes that `positions_header` and `append_row` would
/// write are accepted, with 0 <= held <= balance and 0 <= exposure.
///
/// @param text  from outside; not believed.
/// @return done; `corrupt` on field "closing_position.csv", naming the line; the visitor's fault.
[[nodiscard]] Result<Done> parse_positions(std::string_view text, const PositionVisitor& visitor);

}  // namespace carecard::settlement
