#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rules/authorisation.h"
#include "tests/model/room.h"
#include "tests/register/register.h"

/// A second opinion on money and on what may be spent: slow, obvious, written from the rules'
/// description alone. It adds everything up anew at each question and answers in sentences. Who
/// there is, and by the word of staff how they may spend, it is told by the register.
namespace carecard::model {

/// An authorisation, or a presentment that had none.
struct Payment {
    Account& account;
    rules::AuthorisationState state = rules::AuthorisationState::posted;
    int day = 0;  ///< The local day in which it counts.
    long expires = 0, approved = 0, counted = 0, cleared = 0, exposure = 0;
    long reversed = 0, taken_back = 0, promised = 0;
    bool place = false, finished = false;  ///< It has one in its windows; its last part has come.
    Abroad abroad = {};
    Room room = {};
    std::vector<Purse> purses = {};  ///< In the order in which they came to pay.
    Money held = {}, debited = {}, credited = {};
};

[[nodiscard]] long sum(const Money& money);

/// All payments.
class Ledger {
   public:
    /// What should come of a network's command, or of an expiry, as the event `sequence` at `now`;
    /// begins with "refused" when there is no event. Remembers its effect. `of.card` is known.
    std::string answer(const rules::Command& command, const Subject& of, long now, long sequence);
    /// The open payment that expires first, and when; zeros when none is open.
    [[nodiscard]] std::pair<long, long> next_expiry() const;
    /// What is available, held and owed.
    [[nodiscard]] long money_of(const Account& account) const;

    std::map<long, Payment> payments;  ///< By the event that began each.

   private:
    /// Debits by their events: the payment and the amount, below zero when taken back.
    std::map<long, std::pair<long, long>> debits_;
};

}  // namespace carecard::model
