#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/command.h"

/// What there is, by the word of staff, and who may speak of it: plain lists, looked through at
/// each question. The half of the second opinion that knows names; money, and what may be spent,
/// are the other half's (tests/model). Instants are ns and days are counted since 1970; numbers
/// are the core's, from 1.
namespace carecard::model {

using Purse = std::array<int, 3>;  ///< Priority, last day and number: the least pays first.
using Money = std::map<Purse, long>;

/// The names of a payment that no other has: its key, the network's id, the trace; empty when not
/// whole.
using WholeNames = std::array<std::string, 3>;
[[nodiscard]] bool share_one(const WholeNames& some, const WholeNames& others);

/// A reversal that came before its payment.
struct Waiting {
    WholeNames names;
    long remaining = 0, until = 0;
};

struct Programme {
    int number;
    rules::CreateProgramme terms;
    int today;                         ///< The business day that is running.
    std::map<int, long> ended = {};    ///< Business days, and the last event of each.
    std::map<int, long> batches = {};  ///< Their last days, and the events that closed them.
    /// From when to when a merchant stands on a register.
    std::map<std::pair<std::string, std::string>, rules::ProviderDates> providers = {};
};
/// How a purse came to be over.
struct End {
    bool closed;  ///< By staff, before its last day or without one.
    int day;      ///< Its last.
};
/// Money of a purse that is kept for a payee.
struct Earmark {
    std::string reference;
    Purse purse;
    std::string payee;  ///< Empty: the council pays it.
    int due = 0, until = 0;
    long set_aside = 0, left = 0;
    long set_by = 0;                 ///< The event.
    std::map<long, long> used = {};  ///< By open payments, which are named by their first event.

    [[nodiscard]] bool stands(int day) const {
        const bool in_time = payee.empty() || day <= until;
        return in_time && (left > 0 || !used.empty());
    }
};
struct Account {
    int number;
    Programme& programme;
    rules::AccountName name;
    std::map<Purse, rules::PurseSpec> purses = {};
    rules::AccountStatus status = rules::AccountStatus::open;
    std::vector<rules::SpendingRules> agreements = {};  ///< The last one is in force.
    Money unreleased = {};                              ///< Waits for a stage to be completed.
    std::map<Purse, End> over = {};
    Money returned = {};                 ///< What has left purses that are over.
    Money available = {};                ///< Left to the ledger, but for loads,
    std::vector<Waiting> waiting = {};   ///< and so are these,
    std::vector<Earmark> earmarks = {};  ///< and what is left of these, by `due`.
};
struct Card {
    Account& account;
    rules::IssueCard terms;
    rules::CardStatus status = rules::CardStatus::active;
    rules::Actor frozen_by = rules::Actor::none;
    Card* before = nullptr;                        ///< The one that it replaced,
    Card* after = nullptr;                         ///< and the one that replaced it.
    std::vector<rules::SpendingRules> rules = {};  ///< Of a first card; the last are in force.

    /// The first card of its chain.
    [[nodiscard]] const Card& first() const { return before == nullptr ? *this : before->first(); }
    [[nodiscard]] Card& first() { return before == nullptr ? *this : before->first(); }
    /// It is never spent again.
    [[nodiscard]] bool over() const {
        using enum rules::CardStatus;
        return status != active && status != frozen && status != inactive;
    }
};

/// What a command speaks of, as far as its sender may know; null when there is no such thing.
struct Subject {
    Programme* programme = nullptr;
    Account* account = nullptr;
    Card* card = nullptr;
    long recorded = 0;                 ///< The event in which it happened, when it happens once.
    std::vector<long> originals = {};  ///< The payments that may be meant, by their first event,
    int by = 0;                        ///< and by which of their names, as the core counts them.
    WholeNames names = {};             ///< Of the payment that it is, or speaks of.
    long reverses = 0;                 ///< The presentment that it takes back, by its event.
    bool other_card = false;           ///< It names the payment of another card.
    bool taken = false;                ///< A card has a token that it gives a new one.
};

/// The open purse that pays first, or the first when none is open.
[[nodiscard]] const Purse& pays_first(const Account& account);
/// Nothing stays in a purse that is over.
void send_on(Account& account);

/// What a load comes to in money; nothing when it comes to no whole pennies.
[[nodiscard]] std::optional<long> worth(const rules::Load& load, const Account& account);

class Register {
   public:
    [[nodiscard]] Subject subject_of(const rules::Command& command);

    /// What should come of a command of staff's or of the machine's, as the event `sequence` at
    /// `now`: "done"; or, when it leaves no event, a sentence that begins with "refused".
    /// Remembers its effect. @param money  the account's, held and owed included.
    std::string answer(const rules::Command& command, const Subject& of, long now, long sequence,
                       long money);

    /// Remembers what the event `sequence` has made of `command`: what happens once, and, if a
    /// payment `began`, its names.
    void learn(const rules::Command& command, const Subject& of, long sequence, bool began);
    /// How codes are made is not the register's business: it is told.
    void learn_code(long payment, std::string_view code) { names_.at(payment).back() = code; }
    /// Nor is how much was approved.
    void learn_approved(long payment, long amount) { approved_[payment] = amount; }

    std::deque<Programme> programmes;
    std::deque<Account> accounts;
    std::deque<Card> cards;
    std::vector<rules::SetOffsetTable> offsets;
    long last_now = 0;  ///< The stamp of the last event.

   private:
    /// Of a payment, strongest first: its id, its key, the network's id, the trace, the acquirer's
    /// marks with the date, the code. Empty when not known.
    using Names = std::array<std::string, 6>;
    static Names names_of(const rules::OriginalReference& reference);
    static WholeNames whole(const Names& names);
    [[nodiscard]] bool is_of_other_card(const rules::Advise& advise, const Subject& subject) const;
    void find_originals(const rules::OriginalReference& reference, long amount,
                        Subject& subject) const;

    std::map<long, Names> names_;                // by the event that began the payment
    std::map<long, const Account*> account_of_;  // likewise
    std::map<long, const Card*> card_of_;        // likewise
    std::map<long, long> approved_;              // likewise
    std::map<std::string, long> once_;
};

}  // namespace carecard::model
