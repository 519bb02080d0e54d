#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/id.h"
#include "common/money.h"
#include "rules/event.h"
#include "rules/state.h"

namespace carecard::fsck {

/// What was approved in one day, week or month.
struct Window {
    std::int32_t number = 0;
    AmountMinor amount;
    std::int64_t count = 0;

    /// What counts in window `number`: nothing when this one is older.
    [[nodiscard]] rules::WindowCount in(std::int32_t number) const;
};

struct PurseCount {
    AmountMinor available;  ///< Summed from postings.
    AmountMinor held;       ///< The same.
    AmountMinor promised;   ///< Summed from the legs of authorisations; must equal `held`.
    bool staged = false;
    AmountMinor unreleased;  ///< Of a staged one: loads, less the stages released.
    bool persons_own = false;
    bool over = false;     ///< It has ended, or was closed.
    AmountMinor returned;  ///< Summed from postings: what left it for its funder or the person.

    [[nodiscard]] AmountMinor spendable() const;
};

/// What was spent of an account, or by a card.
struct Spent {
    Window day;
    Window week;
    Window month;
    Window cash_day;
    Window quasi_cash_day;

    /// What was taken as `of` on that day; nothing for what is neither cash nor quasi-cash.
    [[nodiscard]] AmountMinor cash_on(DayNumber on, rules::CashClass of) const;
};

/// Of a chain of cards with rules of its own.
struct CardCount : Spent {
    TimestampNs since_ns;
    AgreementId rules;
    std::uint32_t version = 0;
};

struct AccountCount : Spent {
    std::vector<PurseCount> purses;  ///< By number, from 1.
    AmountMinor exposure;            ///< Summed from postings.
    AmountMinor owed;                ///< Summed from authorisations; must equal `exposure`.
    AmountMinor written_off;         ///< Summed from postings.
    AmountMinor given_up;            ///< Summed from authorisations; must equal `written_off`.
    AmountMinor disputed;            ///< Summed from postings.
    AmountMinor kept_less_lent;      ///< Summed from authorisations; must equal `disputed`.
    std::uint32_t open = 0;
    std::vector<rules::KeptReversal> kept;     ///< Reversals that wait for their payment.
    std::vector<rules::Resolution> proposals;  ///< About its exposures, that are open.
    rules::Earmarks earmarks;
    std::vector<rules::Dispute> disputes;  ///< Of its payments, that are open.

    [[nodiscard]] AmountMinor available() const;
};

struct ProgrammeCount {
    rules::LedgerTotals ledger;
    rules::DayTotals today;
};

/// A second set of books: every number that `rules::apply` keeps, counted again from what the
/// events state, in the plainest way. Knows only of what was opened with it.
class Recount {
   public:
    void open_programme() { programmes_.emplace_back(); }
    void open_account(const rules::OpenAccount& request);
    // Cards are named by the first of their chain, with which they count together.
    void open_card() { taps_.emplace_back(); }
    /// What an approval makes of its card's taps.
    void tap(CardId first, const rules::AuthorisationDecided& event);
    void give_back(CardId first, const rules::Tap& tap);
    [[nodiscard]] const rules::TapCounter& taps_of(CardId first) const {
        return taps_[first.value - 1];
    }
    void open_purse(AccountId account, const rules::PurseSpec& purse);
    void load(const rules::Loaded& event);
    void release(const rules::StageReleased& event);
    /// The purse is over: by an event that says what leaves it.
    template <class Ending>
    void end(const Ending& event) {
        post(event.programme, event.account, event.postings);
        PurseCount& purse = of(event.account).purses[event.purse.value - 1U];
        purse.over = true;
        purse.unreleased = {};
        let_earmarks_go(event.account, event.purse);
    }
    void set_rules(CardId first, const rules::CardRulesSet& event, TimestampNs now_ns);
    /// Null when it has none.
    [[nodiscard]] const CardCount* rules_of(CardId first) const;

    /// Account, programme and purses exist, and each amount is within `amount_minor_max`.
    void post(ProgrammeId programme, AccountId account, const rules::Postings& postings);
    void spend(CardId first, const rules::AuthorisationDecided& event);
    void grow(CardId first, const rules::HoldIncreased& event);
    void give_back(AccountId account, CardId first, const rules::Uncounted& uncounted);
    /// @param before  null for one that begins.
    void change(AccountId account, const rules::Authorisation* before,
                const rules::Authorisation& after);
    void keep(const rules::ReversalKept& event, TimestampNs now_ns);
    /// Those that a payment met are kept no longer.
    void meet(AccountId account, const rules::ReversedBefore& met);
    void propose(const rules::ResolutionProposed& event, Sequence proposed);
    void follow_up(const rules::ResolutionDecided& event);
    void follow_up(const rules::ExposureRecovered& event);
    void earmark(const rules::EarmarkSet& event, Sequence set_by);
    void withdraw(const rules::EarmarkWithdrawn& event);
    void pay(const rules::EarmarkPaid& event);
    /// Those of a purse.
    void let_earmarks_go(AccountId account, PurseNumber purse);
    void change_earmarks(AccountId account, const AuthorisationId& authorisation,
                         const rules::EarmarkChanges& changes);
    /// In the place of the one of the same payment, unless it is over.
    void dispute(AccountId account, const rules::Dispute& dispute);
    void clear(ProgrammeId programme, rules::Direction direction, AmountMinor amount);
    void end_day(ProgrammeId programme) { of(programme).today = {}; }

    [[nodiscard]] const AccountCount& at(AccountId id) const { return accounts_[id.value - 1]; }
    [[nodiscard]] const ProgrammeCount& at(ProgrammeId id) const {
        return programmes_[id.value - 1];
    }

    /// How what `apply` keeps differs from this, for one account and for one programme; nothing
    /// when they agree.
    [[nodiscard]] std::optional<std::string> difference(
        const rules::Account& account, std::span<const rules::KeptReversal> kept,
        std::span<const rules::Resolution> proposals, const rules::Earmarks* earmarks,
        std::span<const rules::Dispute> disputes) const;
    [[nodiscard]] std::optional<std::string> difference(const rules::CardRules& rules) const;
    [[nodiscard]] std::optional<std::string> difference(const rules::Programme& programme) const;

   private:
    AccountCount& of(AccountId id) { return accounts_[id.value - 1]; }
    ProgrammeCount& of(ProgrammeId id) { return programmes_[id.value - 1]; }

    std::deque<AccountCount> accounts_;  // by id, from 1
    std::deque<ProgrammeCount> programmes_;
    std::deque<rules::TapCounter> taps_;  // by card, from 1
    std::map<CardId, CardCount> card_rules_;
};

}  // namespace carecard::fsck
