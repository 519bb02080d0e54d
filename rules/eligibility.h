#pragma once

#include "rules/command.h"
#include "rules/purse_terms.h"
#include "rules/state.h"

/// Which purses of an account pay what, where and when.
namespace carecard::rules {

/// A payment, as far as the terms of purses go by it.
struct PaidAt {
    Mcc mcc;
    Acceptor acceptor;
    bool is_cash = false;  ///< Of it, something is cash or quasi-cash.
    DayNumber day;         ///< Local.
};
[[nodiscard]] PaidAt paid_at(const Authorise& request, DayNumber day);
[[nodiscard]] PaidAt paid_at(const Merchant& merchant, DayNumber day);

/// What each purse of `account` may pay of such a payment, in the order in which they pay. Pure;
/// allocates nothing.
[[nodiscard]] PurseFacts purse_facts(const State& state, const Account& account,
                                     const PaidAt& payment);

/// What the eligible ones may pay altogether.
[[nodiscard]] AmountMinor spendable_of(const PurseFacts& facts);

/// So much, at most, from this purse.
struct Share {
    PurseNumber purse;
    AmountMinor most;
};
/// From whom a payment is taken, in order.
using Walk = InlineVector<Share, 2 * purses_per_account_max>;

/// The eligible purses, and no other.
[[nodiscard]] Walk walk_of(const PurseFacts& facts);

/// For what cannot be refused: the eligible purses first, then what else there is of all of them.
[[nodiscard]] Walk forced_walk_of(const Account& account, const PurseFacts& facts);

/// Takes `amount`, or as much of it as there is, along `walk`: `use(purse, part)` for each purse
/// that pays a part.
/// @return what is left of it.
template <class Use>
AmountMinor take_along(const Walk& walk, AmountMinor amount, Use use) {
    for (const Share& share : walk) {
        const AmountMinor part = share.most < amount ? share.most : amount;
        if (part.value == 0) continue;
        use(share.purse, part);
        amount.value -= part.value;
    }
    return amount;
}

}  // namespace carecard::rules
