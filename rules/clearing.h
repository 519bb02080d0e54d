#pragma once

#include <span>

#include "rules/authorisation.h"
#include "rules/eligibility.h"
#include "rules/ledger.h"
#include "rules/state.h"

/// How clearings and credits move the money of one authorisation. Each changes `authorisation` and
/// adds its lines to `postings`, which sum to zero with what the callers add.
namespace carecard::rules {

/// What a payment in another currency than the programme's comes to in its own, when `approved` of
/// its billing amount was; nothing for a payment in the programme's currency. Events are folded
/// with it: it never changes.
[[nodiscard]] Foreign foreign_of(const TransactionAmounts& amounts, AmountMinor approved);

/// Promises `amount` whatever the holder has: along `walk`, and beyond it as a promise of the
/// programme's.
/// @return the programme's part.
AmountMinor promise(const Walk& walk, AmountMinor amount, Authorisation& authorisation,
                    Postings& postings);

/// Frees up to `amount` of what `authorisation` reserves: first what the programme promised, then
/// from the leg that would pay last.
/// @return what was freed.
AmountMinor release(Authorisation& authorisation, AmountMinor amount, Postings& postings);

/// Lowers what is still to clear of a payment in another currency as its hold was lowered, from
/// `reserved` to `remaining`.
void lower_foreign(Foreign& foreign, AmountMinor reserved, AmountMinor remaining);

struct Debited {
    AmountMinor exposure;    ///< The part beyond the holder's money, promised before or not.
    AmountMinor unpromised;  ///< The part of that which was not.
    AmountMinor released;    ///< Freed from the hold beyond what was cleared.
};

/// A debit takes first its share of what is reserved for it, then what the purses have available
/// along `walk`, then the rest of what is reserved; what is beyond becomes the authorisation's
/// exposure, so that no purse is ever below zero. Its share is what it comes to, or, of a payment
/// in another currency, all but what the part keeps that is still to clear in that currency: it
/// waits for the parts to come. After the `last` one nothing waits.
Debited debit(const Walk& walk, const TransactionAmounts& amounts, bool last,
              Authorisation& authorisation, Postings& postings);

struct Credited {
    AmountMinor recovered;  ///< Made good earlier exposure of this authorisation.
    AmountMinor repaid;     ///< Repaid what had been written off of it.
    AmountMinor settled;    ///< Repaid what the holder was lent for a dispute.
    AmountMinor owed_back;  ///< Paid back a second time: kept for the network.
    AmountMinor unmatched;  ///< What no debit accounts for.
};

/// A credit makes good this authorisation's exposure first, and then what was written off of it,
/// which the programme would otherwise keep. The rest is the holder's: it repays what the holder
/// was lent of it, and goes back to the purses it was taken from, pro rata to what each was
/// debited, in any number of parts: each has the whole pennies of its share of all that has come
/// back, and the odd pennies go to the largest remainders, equal ones in the order of the legs.
/// Nothing is ever taken back from a purse, which may have spent it, and all come to zero with the
/// last penny. What no debit accounts for, and what is above `most`, is kept for the network as far
/// as it paid of a dispute, since the same was paid twice; the rest of it goes to the open purse
/// that pays first. A clearing that is taken back gives the purses `own` back first, which are
/// those that paid it; then it is as any other credit.
Credited credit(const Account& account, AmountMinor amount, AmountMinor most,
                std::span<const PaidPart> own, Authorisation& authorisation, Postings& postings);

/// Credits the holder's part of a disputed `amount` before anyone has paid: what a credit of it
/// would bring back to the purses, in the same shares. @return what was lent.
AmountMinor lend(AmountMinor amount, Authorisation& authorisation, Postings& postings);

struct TakenBack {
    AmountMinor taken;     ///< From the purses.
    AmountMinor exposure;  ///< Was there no more.
};

/// Takes back what the holder was lent, from the purses it went to, as far as it may be spent there
/// yet and no earmark keeps it: other purses may be another funder's. What is gone is the
/// authorisation's exposure.
TakenBack take_back_lent(const State& state, const Account& account, DayNumber today,
                         Authorisation& authorisation, Postings& postings);

struct TakenAgain {
    AmountMinor owed_back;  ///< The network has back what was kept for it.
    AmountMinor undone;     ///< Undoes what the network had paid.
    AmountMinor exposure;   ///< What the holder does not have, or had not paid before.
};

/// The merchant has its money again. The network has back what was kept for it first. What a
/// chargeback brought is undone then: from the purses that it went to, in the same shares, and what
/// is there no more along `walk`; what is more than has come back to them had made good an
/// exposure, and is exposure again. The rest is a debit along `walk`. What the holder does not have
/// is exposure.
TakenAgain take_again(const Account& account, Walk walk, AmountMinor amount,
                      Authorisation& authorisation, Postings& postings);

}  // namespace carecard::rules
