#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/id.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"

/// Double entry. Every event that moves money carries postings that sum to zero; balances are
/// changed by `apply` from postings and by nothing else.
namespace carecard::rules {

/// Where money stands. `available` and `held` exist for each purse; the others once for each
/// programme, and lines of `recovered` and `owed_to_person` name the purse that the money was in.
/// The numbers are stored in the journal. Never change or reuse one.
enum class LedgerAccount : std::uint8_t {
    available = 0,   ///< The holder's, free to spend.
    held = 1,        ///< The holder's, promised to a merchant.
    funding = 2,     ///< What the council has put in, as a negative balance.
    settlement = 3,  ///< Owed for what has cleared, and paid for what the council paid itself.
    exposure = 4,    ///< What was cleared or promised beyond holders' money, as a negative balance.
    fees = 5,
    recovered = 6,  ///< What went back to a funder.
    promised = 7,   ///< What an advice promised beyond a holder's money, until it clears or not.
    owed_to_person = 8,  ///< What was a person's own in a purse that has ended, to be paid to them.
    written_off = 9,     ///< What two people gave up of the exposure, as a negative balance.
    /// What holders were credited for disputes before anyone paid, as a negative balance, and what
    /// was paid twice and is kept for the network.
    disputed = 10,
};
inline constexpr std::array ledger_accounts{
    LedgerAccount::available,   LedgerAccount::held,     LedgerAccount::funding,
    LedgerAccount::settlement,  LedgerAccount::exposure, LedgerAccount::fees,
    LedgerAccount::recovered,   LedgerAccount::promised, LedgerAccount::owed_to_person,
    LedgerAccount::written_off, LedgerAccount::disputed};

/// Whether its balance is one purse's, and lines of it add to what is in the purse.
[[nodiscard]] constexpr bool is_in_purse(LedgerAccount account) {
    return account == LedgerAccount::available || account == LedgerAccount::held;
}
/// Whether money there has left a purse for good, for whoever it belongs to.
[[nodiscard]] constexpr bool has_left_purse(LedgerAccount account) {
    return account == LedgerAccount::recovered || account == LedgerAccount::owed_to_person;
}
/// Whether lines of it name a purse.
[[nodiscard]] constexpr bool names_purse(LedgerAccount account) {
    return is_in_purse(account) || has_left_purse(account);
}

[[nodiscard]] std::string_view name_of(LedgerAccount account);

/// One line of a double entry: a positive amount increases the balance named.
struct Posting {
    LedgerAccount account = LedgerAccount::available;
    PurseNumber purse;  ///< Set where `names_purse`, zero for the others.
    AmountMinor amount;
    friend constexpr bool operator==(const Posting&, const Posting&) = default;
};

/// Two lines for each purse: what is held, and what is available or, of one that has ended, leaves
/// it; and five of the programme's other accounts: no event moves more of them.
inline constexpr std::size_t postings_max = 2 * purses_per_account_max + 5;
using Postings = InlineVector<Posting, postings_max>;

/// Adds a line, or adds to the line that is already there. Adds nothing for a zero amount.
void post(Postings& postings, LedgerAccount account, PurseNumber purse, AmountMinor amount);

/// The sum of all lines; zero in every event that is ever journaled.
[[nodiscard]] TotalMinor sum_of(const Postings& postings);

/// One total for each ledger account, over all purses of a programme: its trial balance.
struct LedgerTotals {
    std::array<TotalMinor, 7> totals{};  ///< Up to `recovered`.
    TotalMinor promised;
    TotalMinor owed_to_person;
    TotalMinor written_off;
    TotalMinor disputed;

    [[nodiscard]] TotalMinor& operator[](LedgerAccount account) { return total(*this, account); }
    [[nodiscard]] const TotalMinor& operator[](LedgerAccount account) const {
        return total(*this, account);
    }
    [[nodiscard]] TotalMinor sum() const;
    friend bool operator==(const LedgerTotals&, const LedgerTotals&) = default;

   private:
    template <class Totals>
    static auto total(Totals& of, LedgerAccount account) -> decltype((of.promised)) {
        if (account == LedgerAccount::promised) return of.promised;
        if (account == LedgerAccount::owed_to_person) return of.owed_to_person;
        if (account == LedgerAccount::written_off) return of.written_off;
        if (account == LedgerAccount::disputed) return of.disputed;
        return of.totals[static_cast<std::size_t>(account)];
    }
};

}  // namespace carecard::rules
