#include "tests/model/quarrel.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/model/moves.h"
#include "tests/rules/london_calendar.h"

namespace carecard::model {
namespace {

using fmt::format;

/// The account's payment of that number; null when it has none.
Payment* payment_of(Ledger& ledger, const AuthorisationId& id, const Account& account) {
    const auto found = ledger.payments.find(static_cast<long>(id.sequence.value));
    const bool its = found != ledger.payments.end() && &found->second.account == &account;
    return its ? &found->second : nullptr;
}

/// What has been taken and is not back, whoever bears it.
long not_back(const Payment& payment) {
    return payment.exposure + payment.written_off + sum(payment.debited) - sum(payment.credited);
}

}  // namespace

Money shares_of(const Payment& payment, long amount) {
    const long all = sum(payment.debited);
    Money shares;
    long rest = amount;
    const auto debited = [&](const Purse& purse) {
        const auto found = payment.debited.find(purse);
        return found == payment.debited.end() ? 0L : found->second;
    };
    for (const Purse& purse : payment.purses) {
        shares[purse] = debited(purse) * amount / all;
        rest -= shares[purse];
    }
    const auto owed = [&](const Purse& purse) {
        return debited(purse) * amount - shares[purse] * all;
    };
    for (; rest > 0; --rest) ++shares[*std::ranges::max_element(payment.purses, {}, owed)];
    return shares;
}

long open_quarrels(const Ledger& ledger, const Account& account) {
    return std::ranges::count_if(ledger.payments, [&](const auto& entry) {
        return &entry.second.account == &account && entry.second.quarrel;
    });
}

Parts credit_holder(Payment& payment, long amount, Money& own, long& unmatched) {
    Parts parts;
    parts.settled = std::min(amount, payment.lent);
    payment.lent -= parts.settled;
    const long rest = give_back_own(payment, own, amount - parts.settled);
    unmatched += give_back(payment, rest);
    parts.owed = std::min(unmatched, payment.charged_back - payment.owed_back);
    payment.owed_back += parts.owed;
    unmatched -= parts.owed;
    return parts;
}

void came(Payment& payment, long amount) {
    if (!payment.quarrel || amount == 0) return;
    long& due = payment.quarrel->due;
    due = std::max({0L, due - amount, payment.lent});
    if (due == 0) payment.quarrel.reset();
}

std::string answer(Ledger& ledger, const rules::OpenDispute& command, const Subject& of,
                   long sequence) {
    if (of.account == nullptr) return "refused not_found account";
    Payment* const payment = payment_of(ledger, command.authorisation, *of.account);
    if (payment == nullptr) return "refused not_found authorisation_id";
    if (command.currency != of.programme->terms.currency) return "refused conflict amount.currency";
    if (payment->quarrel) return "refused conflict authorisation_id";
    if (open_quarrels(ledger, *of.account) == 8) return "refused conflict account";
    const long amount = command.amount.value;
    const long most = not_back(*payment);
    if (most == 0) return "refused conflict authorisation_id";
    if (amount > most) return "refused conflict amount.minor_units";
    if (command.provisional) {
        if (of.account->status == rules::AccountStatus::closed)
            return "refused conflict provisional";
        for (const Purse& purse : payment->purses) {
            const bool owed = payment->debited[purse] > payment->credited[purse];
            if (owed && of.account->over.contains(purse)) return "refused conflict provisional";
        }
    }
    const long lent =
        command.provisional ? std::max(0L, amount - payment->exposure - payment->written_off) : 0;
    give_back(*payment, lent);
    payment->lent += lent;
    payment->quarrel =
        Quarrel{sequence, static_cast<int>(command.category), lent > 0 ? 2 : 1, amount, amount};
    return format("disputed, lent {}", lent);
}

std::string answer(Ledger& ledger, const rules::CloseDispute& command, const Subject& of,
                   long now) {
    if (of.account == nullptr) return "refused not_found account";
    Payment* const payment = payment_of(ledger, command.authorisation, *of.account);
    if (payment == nullptr || !payment->quarrel) return "refused not_found authorisation_id";
    if (command.outcome == rules::DisputeOutcome::won) {
        if (payment->quarrel->state == 3) return "refused conflict outcome";
        payment->quarrel->state = 3;
        return "dispute won, taken 0, exposed 0, none 0";
    }
    const long lent = payment->lent;
    const long gone = uncredit(*payment, lent, [&](const Purse& purse) {
        const long kept = kept_of(*of.account, purse, {}, london_calendar::day_at(now));
        return std::max(0L, of.account->available[purse] - of.account->unreleased[purse] - kept);
    });
    payment->lent = 0;
    payment->exposure += gone;
    payment->quarrel.reset();
    const bool lost = command.outcome == rules::DisputeOutcome::lost;
    return format("dispute {}, taken {}, exposed {}, {} {}", lost ? "lost" : "withdrawn",
                  lent - gone, gone, gone > 0 ? "dispute_unfunded" : "none", gone);
}

}  // namespace carecard::model
