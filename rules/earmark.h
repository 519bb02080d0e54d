#pragma once

#include <vector>

#include "common/id.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/command.h"
#include "rules/purse_terms.h"

/// Money of a purse that is kept for one payee ahead of the day on which it is due, such as wages.
/// No other payment is approved from it. With its purse it is over: whoever the money of that
/// belongs to has it then.
namespace carecard::rules {

struct Earmark {
    Sequence set_by;  ///< The event that set it: its own name.
    EarmarkReference reference;
    PurseNumber purse;
    AmountMinor amount;  ///< What was set aside.
    AmountMinor left;    ///< What of it is in the purse, and neither held, paid nor broken into.
    Acceptor payee;      ///< Empty: the council pays it itself, on the day on which it is due.
    DayNumber due;       ///< Local.
    DayNumber until;     ///< Local: the last day on which it keeps anything for its payee.

    [[nodiscard]] bool is_council_run() const { return payee.empty(); }
    /// What the council pays itself is kept until it is paid, however late that is.
    [[nodiscard]] bool stands_on(DayNumber day) const { return is_council_run() || day <= until; }
    friend constexpr bool operator==(const Earmark&, const Earmark&) = default;
};

/// What an open authorisation took of an earmark: it goes back there if it is released.
struct EarmarkUse {
    Sequence earmark;
    AuthorisationId authorisation;
    AmountMinor amount;  ///< Above zero.
    friend constexpr bool operator==(const EarmarkUse&, const EarmarkUse&) = default;
};

/// Those of an account. Some whose time is over may still be here: they keep nothing.
struct Earmarks {
    std::vector<Earmark> all;  ///< By the day on which they are due, then as they were set.
    std::vector<EarmarkUse> uses;
    friend bool operator==(const Earmarks&, const Earmarks&) = default;
};

/// What an event makes of one earmark.
struct EarmarkChange {
    Sequence earmark;  ///< Its `set_by`.
    AmountMinor left;  ///< From now on.
    AmountMinor used;  ///< By the event's authorisation, from now on; zero when that is over.
    friend constexpr bool operator==(const EarmarkChange&, const EarmarkChange&) = default;
};
using EarmarkChanges = InlineVector<EarmarkChange, earmarks_per_account_max>;

}  // namespace carecard::rules
