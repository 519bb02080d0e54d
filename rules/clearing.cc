#include "rules/clearing.h"

#include <algorithm>

#include "common/check.h"
#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

/// `amount` * `part` / `whole`, rounded up. @pre  0 <= part <= whole, whole > 0.
AmountMinor share_up(AmountMinor amount, std::int64_t part, std::int64_t whole) {
    const int128 product = int128{amount.value} * part;
    return {static_cast<std::int64_t>((product + whole - 1) / whole)};
}

/// Takes a part of an amount: at most `upto` of what is left. @return the part.
AmountMinor take(AmountMinor& left, AmountMinor upto) {
    const AmountMinor part = std::min(left, upto);
    left.value -= part.value;
    return part;
}

/// What of a reserved amount one presentment is for.
AmountMinor share_of(const Authorisation& authorisation, const TransactionAmounts& amounts) {
    const AmountMinor reserved = authorisation.reserved();
    const Foreign& foreign = authorisation.foreign;
    if (foreign.currency.value == 0 || foreign.currency != amounts.transaction_currency) {
        return std::min(reserved, amounts.billing);
    }
    const std::int64_t left =
        foreign.authorised.value - foreign.cleared.value - amounts.transaction.value;
    if (left <= 0) return reserved;
    const AmountMinor kept = share_up(authorisation.authorised(), left, foreign.authorised.value);
    return {reserved.value - std::min(reserved, kept).value};
}

/// Clears `amount`, or as much of it as is reserved. @return what is left of it.
AmountMinor clear_reserved(AmountMinor amount, Authorisation& authorisation, Debited& done,
                           Postings& postings) {
    for (Leg& leg : authorisation.legs) {
        const AmountMinor part = take(amount, leg.held);
        leg.held.value -= part.value;
        leg.debited.value += part.value;
        post(postings, LedgerAccount::held, leg.purse, -part);
    }
    const AmountMinor promised = take(amount, authorisation.promised);
    authorisation.promised.value -= promised.value;
    authorisation.exposure.value += promised.value;
    done.exposure.value += promised.value;
    post(postings, LedgerAccount::promised, {}, -promised);
    return amount;
}

/// Clears from what the purses have available. @return what is left of `amount`.
AmountMinor clear_available(const Walk& walk, AmountMinor amount, Authorisation& authorisation,
                            Postings& postings) {
    return take_along(walk, amount, [&](PurseNumber purse, AmountMinor part) {
        leg_of(authorisation.legs, purse).debited.value += part.value;
        post(postings, LedgerAccount::available, purse, -part);
    });
}

/// Moves `amount` of what was debited from `leg` back to its purse.
void give_back_to(Leg& leg, AmountMinor amount, Postings& postings) {
    leg.credited.value += amount.value;
    post(postings, LedgerAccount::available, leg.purse, amount);
}

/// The shares of `credited`, of all that was `debited`.
struct Shares {
    int128 debited = 0;
    int128 credited = 0;

    [[nodiscard]] std::int64_t whole(const Leg& leg) const {
        return static_cast<std::int64_t>(leg.debited.value * credited / debited);
    }
    [[nodiscard]] int128 remainder(const Leg& leg) const {
        return leg.debited.value * credited % debited;
    }
};

/// The leg that is at its share's whole pennies and has the largest remainder, the first of equal
/// ones. There is one while pennies are left: the remainders then add up to more of them than are
/// given.
Leg& next_for_a_penny(Legs& legs, const Shares& shares) {
    Leg* next = nullptr;
    for (Leg& leg : legs) {
        const int128 remainder = shares.remainder(leg);
        if (leg.credited.value != shares.whole(leg) || remainder == 0) continue;
        if (next == nullptr || remainder > shares.remainder(*next)) next = &leg;
    }
    CHECK(next != nullptr);
    return *next;
}

/// @return the part that fits no debit.
AmountMinor give_back(AmountMinor amount, Legs& legs, Postings& postings) {
    Shares shares;
    for (const Leg& leg : legs) {
        shares.debited += leg.debited.value;
        shares.credited += leg.credited.value;
    }
    AmountMinor unmatched = amount;
    AmountMinor left =
        take(unmatched, {static_cast<std::int64_t>(shares.debited - shares.credited)});
    if (left.value == 0) return unmatched;
    shares.credited += left.value;
    for (Leg& leg : legs) {
        const std::int64_t missing = shares.whole(leg) - leg.credited.value;
        give_back_to(leg, take(left, {std::max<std::int64_t>(0, missing)}), postings);
    }
    while (left.value > 0) {
        give_back_to(next_for_a_penny(legs, shares), take(left, {1}), postings);
    }
    return unmatched;
}

/// Gives the purses back what they paid of one clearing, as far as it has not come back, in the
/// shares of that. @return what is left of `amount`.
AmountMinor give_back_own(AmountMinor amount, std::span<const PaidPart> own, Legs& legs,
                          Postings& postings) {
    Legs paid;
    for (const Leg& leg : legs) {
        const auto part = std::ranges::find(own, leg.purse, &PaidPart::purse);
        if (part == own.end()) continue;
        const AmountMinor missing{leg.debited.value - leg.credited.value};
        paid.push_back({.purse = leg.purse, .debited = std::min(part->amount, missing)});
    }
    const AmountMinor left = give_back(amount, paid, postings);
    for (const Leg& part : paid) leg_of(legs, part.purse).credited.value += part.credited.value;
    return left;
}

/// The legs, if `credited` of them had come back and no more.
Legs legs_with(const Legs& legs, AmountMinor credited) {
    Shares shares{.credited = credited.value};
    for (const Leg& leg : legs) shares.debited += leg.debited.value;
    Legs with = legs;
    AmountMinor left = credited;
    for (Leg& leg : with) leg.credited = take(left, {shares.whole(leg)});
    while (left.value > 0) next_for_a_penny(with, shares).credited.value += take(left, {1}).value;
    return with;
}

/// Takes `amount` of what has come back to the legs, so that each keeps its share of the rest; at
/// most `there(purse)` from each. @return what was not there.
template <class There>
AmountMinor take_credited(AmountMinor amount, Legs& legs, Postings& postings, There there) {
    if (amount.value == 0) return amount;
    AmountMinor credited;
    for (const Leg& leg : legs) credited.value += leg.credited.value;
    const Legs target = legs_with(legs, {credited.value - amount.value});
    AmountMinor missing;
    for (std::size_t index = 0; index < legs.size(); ++index) {
        Leg& leg = legs[index];
        const std::int64_t above = leg.credited.value - target[index].credited.value;
        AmountMinor asked = take(amount, {std::max<std::int64_t>(0, above)});
        const AmountMinor part = take(asked, there(leg.purse));
        leg.credited.value -= part.value;
        post(postings, LedgerAccount::available, leg.purse, -part);
        missing.value += asked.value;
    }
    return missing;
}

/// What was taken from `purse` already can be taken along `walk` no more.
void use_up(Walk& walk, const Postings& postings) {
    for (const Posting& line : postings) {
        if (line.account != LedgerAccount::available) continue;
        AmountMinor used = -line.amount;
        for (Share& share : walk) {
            if (share.purse == line.purse) share.most.value -= take(used, share.most).value;
        }
    }
}

}  // namespace

Foreign foreign_of(const TransactionAmounts& amounts, AmountMinor approved) {
    if (amounts.transaction_currency == amounts.billing_currency) return {};
    const int128 part = int128{amounts.transaction.value} * approved.value;
    const int128 billing = amounts.billing.value;
    const auto authorised = static_cast<std::int64_t>((part + billing - 1) / billing);
    return {.currency = amounts.transaction_currency,
            .authorised = std::min(AmountMinor{authorised}, amount_minor_max),
            .cleared = {}};
}

AmountMinor promise(const Walk& walk, AmountMinor amount, Authorisation& authorisation,
                    Postings& postings) {
    const AmountMinor left = take_along(walk, amount, [&](PurseNumber purse, AmountMinor part) {
        leg_of(authorisation.legs, purse).held.value += part.value;
        post(postings, LedgerAccount::available, purse, -part);
        post(postings, LedgerAccount::held, purse, part);
    });
    authorisation.promised.value += left.value;
    post(postings, LedgerAccount::exposure, {}, -left);
    post(postings, LedgerAccount::promised, {}, left);
    return left;
}

AmountMinor release(Authorisation& authorisation, AmountMinor amount, Postings& postings) {
    AmountMinor left = amount;
    const AmountMinor promised = take(left, authorisation.promised);
    authorisation.promised.value -= promised.value;
    post(postings, LedgerAccount::promised, {}, -promised);
    post(postings, LedgerAccount::exposure, {}, promised);
    for (std::size_t index = authorisation.legs.size(); index-- > 0;) {
        Leg& leg = authorisation.legs[index];
        const AmountMinor part = take(left, leg.held);
        leg.held.value -= part.value;
        post(postings, LedgerAccount::held, leg.purse, -part);
        post(postings, LedgerAccount::available, leg.purse, part);
    }
    return {amount.value - left.value};
}

void lower_foreign(Foreign& foreign, AmountMinor reserved, AmountMinor remaining) {
    const AmountMinor left{foreign.authorised.value - foreign.cleared.value};
    if (left.value <= 0 || reserved.value == 0) return;
    foreign.authorised.value =
        foreign.cleared.value + share_up(left, remaining.value, reserved.value).value;
}

Debited debit(const Walk& walk, const TransactionAmounts& amounts, bool last,
              Authorisation& authorisation, Postings& postings) {
    Debited done;
    const AmountMinor reserved = authorisation.reserved();
    const AmountMinor share = share_of(authorisation, amounts);
    const AmountMinor kept{last ? 0 : reserved.value - share.value};
    AmountMinor left = amounts.billing;
    const AmountMinor first = take(left, share);
    left.value += clear_reserved(first, authorisation, done, postings).value;
    left = clear_available(walk, left, authorisation, postings);
    left = clear_reserved(left, authorisation, done, postings);
    done.unpromised = left;
    done.exposure.value += left.value;
    authorisation.exposure.value += left.value;
    authorisation.presented_debit.value += amounts.billing.value;
    if (authorisation.foreign.currency == amounts.transaction_currency) {
        authorisation.foreign.cleared.value += amounts.transaction.value;
    }
    post(postings, LedgerAccount::exposure, {}, -left);
    post(postings, LedgerAccount::settlement, {}, amounts.billing);
    const AmountMinor over{authorisation.reserved().value - kept.value};
    if (over.value > 0) done.released = release(authorisation, over, postings);
    return done;
}

Credited credit(const Account& account, AmountMinor amount, AmountMinor most,
                std::span<const PaidPart> own, Authorisation& authorisation, Postings& postings) {
    AmountMinor left = amount;
    AmountMinor matched = take(left, most);
    const AmountMinor recovered = take(matched, authorisation.exposure);
    authorisation.exposure.value -= recovered.value;
    post(postings, LedgerAccount::exposure, {}, recovered);
    const AmountMinor repaid = take(matched, authorisation.written_off);
    authorisation.written_off.value -= repaid.value;
    post(postings, LedgerAccount::written_off, {}, repaid);
    const AmountMinor settled = take(matched, authorisation.lent);
    authorisation.lent.value -= settled.value;
    matched = give_back_own(matched, own, authorisation.legs, postings);
    left.value += give_back(matched, authorisation.legs, postings).value;
    const AmountMinor owed_back =
        take(left, {authorisation.charged_back.value - authorisation.owed_back.value});
    authorisation.owed_back.value += owed_back.value;
    post(postings, LedgerAccount::disputed, {}, {settled.value + owed_back.value});
    post(postings, LedgerAccount::available, account.pays_first(), left);
    post(postings, LedgerAccount::settlement, {}, -amount);
    return {.recovered = recovered,
            .repaid = repaid,
            .settled = settled,
            .owed_back = owed_back,
            .unmatched = left};
}

AmountMinor lend(AmountMinor amount, Authorisation& authorisation, Postings& postings) {
    AmountMinor holders = amount;
    take(holders, {authorisation.exposure.value + authorisation.written_off.value});
    const AmountMinor lent{holders.value - give_back(holders, authorisation.legs, postings).value};
    authorisation.lent.value += lent.value;
    post(postings, LedgerAccount::disputed, {}, -lent);
    return lent;
}

TakenBack take_back_lent(const State& state, const Account& account, DayNumber today,
                         Authorisation& authorisation, Postings& postings) {
    const AmountMinor lent = authorisation.lent;
    const AmountMinor gone =
        take_credited(lent, authorisation.legs, postings,
                      [&](PurseNumber purse) { return free_of(state, account, purse, today); });
    authorisation.lent = {};
    authorisation.exposure.value += gone.value;
    post(postings, LedgerAccount::disputed, {}, lent);
    post(postings, LedgerAccount::exposure, {}, -gone);
    return {.taken = {lent.value - gone.value}, .exposure = gone};
}

TakenAgain take_again(const Account& account, Walk walk, AmountMinor amount,
                      Authorisation& authorisation, Postings& postings) {
    TakenAgain done;
    AmountMinor left = amount;
    done.owed_back = take(left, authorisation.owed_back);
    authorisation.owed_back.value -= done.owed_back.value;
    authorisation.charged_back.value -= done.owed_back.value;
    done.undone = take(left, authorisation.charged_back);
    authorisation.charged_back.value -= done.undone.value;
    authorisation.presented_debit.value += left.value;

    const AmountMinor holders =
        std::min(done.undone, {authorisation.credited().value - authorisation.lent.value});
    left.value += take_credited(holders, authorisation.legs, postings, [&](PurseNumber purse) {
                      return account.purse(purse).available;
                  }).value;
    use_up(walk, postings);
    left = clear_available(walk, left, authorisation, postings);
    done.exposure = {left.value + done.undone.value - holders.value};
    authorisation.exposure.value += done.exposure.value;
    post(postings, LedgerAccount::exposure, {}, -done.exposure);
    post(postings, LedgerAccount::disputed, {}, -done.owed_back);
    post(postings, LedgerAccount::settlement, {}, amount);
    return done;
}

}  // namespace carecard::rules
