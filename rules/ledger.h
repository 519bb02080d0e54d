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
/// programme. The numbers are stored in the journal. Never change or reuse one.
enum class LedgerAccount : std::uint8_t {
    available = 0,   ///< The holder's, free to spend.
    held = 1,        ///< The holder's, promised to a merchant.
    funding = 2,     ///< What the council has put in, as a negative balance.
    settlement = 3,  ///< What is owed to the network for cleared transactions.
    exposure = 4,    ///< What was cleared or promised beyond holders' money, as a negative balance.
    fees = 5,
    recovered = 6,    ///< What went back to a funder.
    promised = 7,     ///< What an advice promised beyond a holder's money, until it clears or not.
    written_off = 9,  ///< What two people gave up of the exposure, as a negative balance.
};
/// Every one of them. Number 8 is none.
inline constexpr std::array ledger_accounts{
    LedgerAccount::available,  LedgerAccount::held,     LedgerAccount::funding,
    LedgerAccount::settlement, LedgerAccount::exposure, LedgerAccount::fees,
    LedgerAccount::recovered,  LedgerAccount::promised, LedgerAccount::written_off};

[[nodiscard]] std::string_view name_of(LedgerAccount account);

/// One line of a double entry: a positive amount increases the balance named.
struct Posting {
    LedgerAccount account = LedgerAccount::available;
    PurseNumber purse;  ///< Set for `available` and `held`, zero for the others.
    AmountMinor amount;
    friend constexpr bool operator==(const Posting&, const Posting&) = default;
};

/// Two lines for each purse, and one for each of the programme's accounts but `written_off`, which
/// no event moves together with a purse.
inline constexpr std::size_t postings_max = 2 * purses_per_account_max + 6;
using Postings = InlineVector<Posting, postings_max>;

/// Adds a line, or adds to the line that is already there. Adds nothing for a zero amount.
void post(Postings& postings, LedgerAccount account, PurseNumber purse, AmountMinor amount);

/// The sum of all lines; zero in every event that is ever journaled.
[[nodiscard]] TotalMinor sum_of(const Postings& postings);

/// One total for each ledger account, over all purses of a programme: its trial balance.
struct LedgerTotals {
    std::array<TotalMinor, 7> totals{};  ///< Up to `recovered`.
    TotalMinor promised;
    TotalMinor written_off;

    [[nodiscard]] TotalMinor& operator[](LedgerAccount account) {
        if (account == LedgerAccount::promised) return promised;
        if (account == LedgerAccount::written_off) return written_off;
        return totals[static_cast<std::size_t>(account)];
    }
    [[nodiscard]] const TotalMinor& operator[](LedgerAccount account) const {
        return const_cast<LedgerTotals&>(*this)[account];
    }
    [[nodiscard]] TotalMinor sum() const;
    friend bool operator==(const LedgerTotals&, const LedgerTotals&) = default;
};

}  // namespace carecard::rules
