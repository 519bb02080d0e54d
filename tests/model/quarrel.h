#pragma once

#include <algorithm>
#include <string>

#include "tests/model/ledger.h"
#include "tests/model/moves.h"
#include "tests/model/payers.h"

/// A second opinion on disputed payments: what is lent to a holder, what a network pays and takes
/// again.
namespace carecard::model {

/// What comes of a command of staff's, in words.
[[nodiscard]] std::string answer(Ledger& ledger, const rules::OpenDispute& command,
                                 const Subject& of, long sequence);
[[nodiscard]] std::string answer(Ledger& ledger, const rules::CloseDispute& command,
                                 const Subject& of, long now);

/// What of a credit is whose, beside exposures and purses.
struct Parts {
    long settled = 0, owed = 0;
};
/// The holder's part of a credit, which those who paid `own` have first, and what is above what it
/// is for. @return the parts; what no debit accounts for is added to `unmatched`.
Parts credit_holder(Payment& payment, long amount, Money& own, long& unmatched);
/// So much has come of a payment, whoever paid it.
void came(Payment& payment, long amount);

struct Again {
    long owed = 0, undone = 0, exposed = 0;
};
/// The merchant has its money again; those of `walk` pay.
Again take_again(Ledger& ledger, Payment& payment, long amount, long sequence,
                 std::vector<Payer> walk);

/// Takes back what has come back to the purses, so that each keeps its share of the rest; from none
/// more than `there` says. @return what was not there.
long uncredit(Payment& payment, long amount, auto there);
/// What each purse should have of so much.
[[nodiscard]] Money shares_of(const Payment& payment, long amount);
/// How many disputes are open in an account.
[[nodiscard]] long open_quarrels(const Ledger& ledger, const Account& account);

long uncredit(Payment& payment, long amount, auto there) {
    if (amount == 0) return 0;
    Money keeps = shares_of(payment, sum(payment.credited) - amount);
    long missing = 0;
    for (const Purse& purse : payment.purses) {
        const long asked = std::clamp(payment.credited[purse] - keeps[purse], 0L, amount);
        const long part = std::min<long>(asked, there(purse));
        payment.credited[purse] -= part;
        payment.account.available[purse] -= part;
        amount -= asked;
        missing += asked - part;
    }
    return missing;
}

inline Again take_again(Ledger& ledger, Payment& payment, long amount, long sequence,
                        std::vector<Payer> walk) {
    Again done;
    Money there = payment.account.available;
    done.owed = std::min(amount, payment.owed_back);
    done.undone = std::min(amount - done.owed, payment.charged_back - done.owed);
    payment.owed_back -= done.owed;
    payment.charged_back -= done.owed + done.undone;
    const long beyond = amount - done.owed - done.undone;
    payment.cleared += beyond;
    const long holders = std::min(done.undone, sum(payment.credited) - payment.lent);
    const long missing = uncredit(
        payment, holders, [&](const Purse& purse) { return payment.account.available[purse]; });
    for (Payer& one : walk) {
        long& gone = there[one.purse];
        const long used = std::min(one.most, gone - payment.account.available[one.purse]);
        one.most -= used;
        gone -= used;
    }
    done.exposed = take(payment, payment.debited, walk, missing + beyond);
    done.exposed += done.undone - holders;
    payment.exposure += done.exposed;
    if (done.undone == 0) return done;
    if (payment.quarrel) {
        payment.quarrel->state = 4;
        payment.quarrel->due += done.undone;
    } else if (open_quarrels(ledger, payment.account) < 8) {
        payment.quarrel = Quarrel{sequence, 0, 4, done.undone, done.undone};
    }
    return done;
}

}  // namespace carecard::model
