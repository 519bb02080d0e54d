#pragma once

#include "rules/authorisation.h"
#include "rules/earmark.h"
#include "rules/ledger.h"
#include "rules/state.h"

/// What earmarks keep of the purses of an account, and what becomes of them when money moves. All
/// of it is pure and allocates nothing.
namespace carecard::rules {

/// What the standing earmarks of `purse` keep from a payment to `payee`: all but those for it.
[[nodiscard]] AmountMinor kept_from(const Earmarks* earmarks, PurseNumber purse,
                                    const Acceptor& payee, DayNumber today);

/// What they keep from every other payment.
[[nodiscard]] AmountMinor kept_in(const Earmarks* earmarks, PurseNumber purse, DayNumber today);

/// The standing earmark of that reference; null when none is.
[[nodiscard]] const Earmark* find_earmark(const Earmarks* earmarks,
                                          const EarmarkReference& reference, DayNumber today);

/// An authorisation whose money an event moves, as far as earmarks go by it.
struct Movement {
    Acceptor payee;   ///< To whom it pays; empty when the event takes nothing.
    DayNumber today;  ///< Local.
    AuthorisationId authorisation;
    const Legs& legs;         ///< After the event.
    bool stays_open = false;  ///< After the event.
    bool is_paid = false;     ///< Its last clearing came: what it took is used up.
};

struct Earmarked {
    EarmarkChanges changes;
    AmountMinor broken;  ///< What was taken of earmarks for other payees.
};

/// A payment takes of its payee's own earmarks first, those that are due first before others. What
/// of that is released goes back to them while they stand. When less is left in a purse than its
/// earmarks keep, the one that is due last is broken into first: only a payment that cannot be
/// refused does that.
[[nodiscard]] Earmarked earmarks_after(const State& state, const Account& account,
                                       const Movement& movement, const Postings& postings);

}  // namespace carecard::rules
