#include "services/fsck/audit_authorisation.h"

#include <algorithm>

namespace carecard::fsck {

using rules::Authorisation;
using rules::AuthorisationState;

namespace {

/// `after` with what the event may change put back to what it was.
Authorisation unchanged_part(const Before& before, const Authorisation& after,
                             const Authorisation& was) {
    Authorisation same = after;
    if (!before.knows_clearing()) {
        same.local_date = was.local_date;
        same.tolerance = was.tolerance;
    }
    same.approved = was.approved;
    same.reversed = was.reversed;
    same.taken_back = was.taken_back;
    same.promised = was.promised;
    same.finished = was.finished;
    same.foreign = was.foreign;
    same.state = was.state;
    same.legs = was.legs;
    same.exposure = was.exposure;
    same.written_off = was.written_off;
    same.presented_debit = was.presented_debit;
    same.presented_credit = was.presented_credit;
    same.counted = was.counted;
    same.counted_in = was.counted_in;
    same.tap = was.tap;
    same.cash = was.cash;
    return same;
}

/// Of an authorisation that has grown: each window falls by what was counted last in it.
void audit_apart(const Authorisation& was, const Authorisation& after, AmountMinor amount,
                 const rules::Uncounted& uncounted, Claims& claims) {
    claims.that(uncounted.apart.has_value() == was.counted_in.has_value() &&
                    after.counted_in.has_value() == was.counted_in.has_value(),
                "its windows fall together although they were counted apart, or apart although "
                "they were not");
    if (!claims.hold() || !was.counted_in) return;
    const auto [amounts, places] = *uncounted.apart;
    const auto falls = [&](AmountMinor had, AmountMinor has, AmountMinor fell, bool place) {
        claims.that(fell == std::min(had, amount) && has.value == had.value - fell.value &&
                        place == (had.value > 0 && fell == had),
                    "a window of a payment that has grown falls by another amount");
    };
    const rules::WindowAmounts had = was.counted_by_window();
    const rules::WindowAmounts has = after.counted_by_window();
    falls(had.day, has.day, amounts.day, places.day);
    falls(had.week, has.week, amounts.week, places.week);
    falls(had.month, has.month, amounts.month, places.month);
}

}  // namespace

LegsByPurse by_purse(const rules::Legs& legs) {
    LegsByPurse sorted;
    for (const rules::Leg& leg : legs) sorted[leg.purse.value] = leg;
    return sorted;
}

bool in_range(AmountMinor amount) { return amount.value >= 0 && amount <= amount_minor_max; }

void audit_form(const Before& before, const Authorisation& after, Claims& claims) {
    std::array<bool, purses_per_account_max + 1> seen{};
    const std::size_t purses = before.recount.at(after.account).purses.size();
    for (const rules::Leg& leg : after.legs) {
        const std::size_t purse = leg.purse.value;
        claims.that(
            purse >= 1 && purse <= purses && !seen[purse],
            "a leg of its authorisation names a purse that is not there, or names it twice");
        claims.that(in_range(leg.held) && in_range(leg.debited) && in_range(leg.credited) &&
                        leg.credited <= leg.debited,
                    "a leg of its authorisation has an amount that cannot be");
        if (!claims.hold()) return;
        seen[purse] = true;
    }
    for (const AmountMinor amount :
         {after.exposure, after.written_off, after.presented_debit, after.presented_credit,
          after.counted, after.approved, after.reversed, after.taken_back, after.promised,
          after.foreign.authorised, after.foreign.cleared, after.lent, after.charged_back,
          after.owed_back}) {
        claims.that(in_range(amount), "its authorisation has an amount that cannot be");
    }
    claims.that(after.state == AuthorisationState::open || after.reserved().value == 0,
                "its authorisation is over, and still holds money");
}

void audit_identity(const Before& before, AccountId account, const Authorisation& was,
                    const Authorisation& after, Claims& claims) {
    claims.that(after.account == account, "its authorisation belongs to another account");
    if (!claims.hold()) return;
    audit_form(before, after, claims);
    claims.that(unchanged_part(before, after, was) == was,
                "it changes what an authorisation keeps for ever");
}

void audit_uncounted(const Authorisation& was, const Authorisation& after,
                     const rules::Uncounted& uncounted, Claims& claims) {
    const std::int64_t in_use = after.reserved().value + after.presented_debit.value;
    const AmountMinor amount{std::max<std::int64_t>(0, was.counted.value - in_use)};
    claims.equal("the spending given back", uncounted.amount, amount);
    claims.equal("what the authorisation still counts for", after.counted.value,
                 was.counted.value - amount.value);
    const bool nothing_left =
        after.reserved().value == 0 && after.presented_debit.value == 0 && after.counted.value == 0;
    audit_apart(was, after, amount, uncounted, claims);
    claims.that(uncounted.place == (was.counted.value > 0 && nothing_left),
                "a payment's place in its windows is given back wrongly");
    claims.that(uncounted.by_card == was.by_card || amount.value == 0,
                "spending is given back to a card that did not count it, or kept by one that did");
    const AmountMinor cash_stays = std::min(was.cash.amount, after.counted);
    claims.that(after.cash == rules::CashCount{was.cash.of, cash_stays} &&
                    uncounted.cash.amount.value == was.cash.amount.value - cash_stays.value,
                "what it counts for as cash falls by another amount than is released");
    claims.that(amount.value == 0 || uncounted.windows == was.windows,
                "spending is given back to other windows than it was counted in");
}

void audit_tap(const Authorisation& was, const Authorisation& after,
               const rules::Uncounted& uncounted, bool whole, Claims& claims) {
    claims.that(uncounted.tap == (whole ? was.tap : rules::Tap{}) &&
                    after.tap == (whole ? rules::Tap{} : was.tap),
                "a tap is given back although a part of it stays, or kept although none does");
}

rules::Foreign foreign_of(const rules::TransactionAmounts& amounts, AmountMinor amount) {
    if (amounts.transaction_currency == amounts.billing_currency) return {};
    const int128 part = int128{amounts.transaction.value} * amount.value;
    const int128 whole = part / amounts.billing.value;
    const std::int64_t odd = part % amounts.billing.value == 0 ? 0 : 1;
    return {.currency = amounts.transaction_currency,
            .authorised =
                std::min(AmountMinor{static_cast<std::int64_t>(whole) + odd}, amount_minor_max),
            .cleared = {}};
}

}  // namespace carecard::fsck
