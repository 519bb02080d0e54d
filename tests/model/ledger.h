#pragma once

#include <map>
#include <optional>
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

/// What a holder disputes of a payment.
struct Quarrel {
    long opened = 0;  ///< The event that opened it.
    int category = 0, state = 0;
    long amount = 0, due = 0;
};

/// An authorisation, or a presentment that had none.
struct Payment {
    Account& account;
    Card* card;
    rules::AuthorisationState state = rules::AuthorisationState::posted;
    std::vector<std::pair<int, long>> counts = {};  ///< Local days, and what counts in each.
    bool gives = false;                             ///< A credit that is announced,
    long refunds = 0;                               ///< and of which payment, if that is known.
    int sort = 0;          ///< Of cash: 1; of quasi-cash: 2; of neither: 0.
    long cash = 0;         ///< How much of it was that.
    long tap = 0;          ///< What was tapped of it, without the PIN,
    int round = 0;         ///< and how often its card's PIN had been given.
    bool by_card = false;  ///< Its card had rules of its own, and counts it.
    int day = 0;           ///< On which it was decided.
    long lifetime = 0;     ///< How long it is held, each time anew.
    long expires = 0, approved = 0, cleared = 0, exposure = 0;
    long reversed = 0, taken_back = 0, promised = 0;
    long written_off = 0;  ///< Given up of its exposure, and not repaid since.
    long lent = 0, charged_back = 0, owed_back = 0;  ///< Of its dispute.
    std::optional<Quarrel> quarrel = {};             ///< While it is open.
    bool finished = false;                           ///< Its last part has come.
    Abroad abroad = {};
    Room room = {};
    std::vector<Purse> purses = {};  ///< In the order in which they came to pay.
    Money held = {}, debited = {}, credited = {};

    [[nodiscard]] long counted(int since = 0) const;  ///< On that day and later.
};

[[nodiscard]] long sum(const Money& money);

/// What one person would do about the exposure of a payment; open.
struct Proposal {
    long payment = 0;
    bool recovers = false;  ///< From the holder, after notice; else it is given up.
    long amount = 0;
    int notice_until = 0;
    std::string by = {};
    bool approved = false;
};

/// All payments.
class Ledger {
   public:
    /// What should come of a network's command, of a council's payment, or of an expiry, as the
    /// event `sequence` at `now`; begins with "refused" when there is no event. Remembers its
    /// effect. `of.card` is known.
    std::string answer(const rules::Command& command, const Subject& of, long now, long sequence);
    /// The open payment that expires first, and when; zeros when none is open.
    [[nodiscard]] std::pair<long, long> next_expiry() const;
    /// What is available, held and owed, or disputed.
    [[nodiscard]] long money_of(const Account& account) const;

    /// What the council paid itself of what was earmarked in a programme.
    [[nodiscard]] long paid_by_council(int programme) const {
        const auto found = council_paid.find(programme);
        return found == council_paid.end() ? 0 : found->second;
    }

    /// How much a card was tapped since its PIN was given, and how often.
    [[nodiscard]] std::pair<long, long> taps_of(const Card* card) const;

    std::map<long, Payment> payments;       ///< By the event that began each.
    std::map<const Card*, int> pins_given;  ///< How often.
    /// Debits by their events: the payment and the amount, below zero when taken back.
    struct Debit {
        long payment = 0;
        long amount = 0;
        Money paid = {};  ///< By whom.
    };
    std::map<long, Debit> debits;
    std::map<long, Proposal> proposals;  ///< By the event that made each.
    std::map<int, long> council_paid;    ///< By programme.
};

}  // namespace carecard::model
