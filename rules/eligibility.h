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
    DayNumber day;         ///< Local: when it was agreed to.
    DayNumber today;       ///< Local: earmarks stand on it, or do not.
};
[[nodiscard]] PaidAt paid_at(const Authorise& request, DayNumber day);
[[nodiscard]] PaidAt paid_at(const Merchant& merchant, DayNumber day, DayNumber today);

/// What each purse of `account` may pay of such a payment, in the order in which they pay: nothing
/// that earmarks keep for others. Pure; allocates nothing.
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
using Walk = InlineVector<Share, 3 * purses_per_account_max + earmarks_per_account_max>;

/// The eligible purses, and no other: first what is earmarked for the payee.
[[nodiscard]] Walk walk_of(const State& state, const Account& account, const PaidAt& payment,
                           const PurseFacts& facts);

/// For what cannot be refused: the eligible purses first, then what else there is of all of them,
/// what is earmarked for others last.
[[nodiscard]] Walk forced_walk_of(const State& state, const Account& account, const PaidAt& payment,
                                  const PurseFacts& facts);

/// What may be spent of a purse, and no earmark keeps.
[[nodiscard]] AmountMinor free_of(const State& state, const Account& account, PurseNumber purse,
                                  DayNumber today);

/// For what staff take back: what may be spent of each purse, in the order in which they pay, then
/// what else there is of all of them; nothing that earmarks keep.
[[nodiscard]] Walk free_walk_of(const State& state, const Account& account, DayNumber today);

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
