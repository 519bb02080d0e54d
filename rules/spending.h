#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/money.h"
#include "common/time.h"
#include "rules/agreement.h"
#include "rules/command.h"
#include "rules/decline.h"
#include "rules/kept_reversal.h"
#include "rules/kinds.h"
#include "rules/local_time.h"
#include "rules/purse_terms.h"

/// May this card spend here, now, this much? One list of checks, in order of precedence, serves
/// both the decision and its explanation, so the two cannot differ.
namespace carecard::rules {

/// What has been approved in one window so far, less what was reversed or expired.
struct WindowCount {
    AmountMinor amount;
    std::uint32_t count = 0;
    friend constexpr bool operator==(const WindowCount&, const WindowCount&) = default;
};

/// Why the rules were asked about less than a request. Numbers are stored. Never change or reuse
/// one.
enum class PortionKind : std::uint8_t {
    available = 1,         ///< No more money is there, and the terminal can take a part.
    without_cashback = 2,  ///< The purchase alone, for the same terminal.
    beyond_balance = 3,    ///< All of an estimate, of which only what is there can be held.
};
inline constexpr std::uint8_t portion_kind_last = 3;

/// What was agreed to of a request, when that was not the whole.
struct Portion {
    PortionKind kind = PortionKind::available;
    AmountMinor amount;   ///< Approved, and what the limits are asked about.
    AmountMinor to_hold;  ///< What must be available for it.
    friend constexpr bool operator==(const Portion&, const Portion&) = default;
};

/// What an authorisation counted for before an increment.
struct RaisedFrom {
    AmountMinor amount;
    friend constexpr bool operator==(const RaisedFrom&, const RaisedFrom&) = default;
};

/// What was approved of a card that has rules of its own, and of those it replaced.
struct CardCounts {
    TimestampNs since_ns;  ///< When its first rules were set: what was before is not counted.
    WindowCount day;
    WindowCount week;
    WindowCount month;
    AmountMinor cash_today;  ///< As in `SpendingFacts`.
    friend constexpr bool operator==(const CardCounts&, const CardCounts&) = default;
};

/// Everything about card, account and programme that the checks look at. Journaled with each
/// decision: asking the same checks about the same facts explains it years later.
struct SpendingFacts {
    CardStatus card_status = CardStatus::active;
    AccountStatus account_status = AccountStatus::open;
    ExpiryMonth card_expiry;
    TimestampNs card_expires_ns;
    CurrencyCode currency;         ///< The programme's.
    AmountMinor available;         ///< Over the purses that may pay; all of them when none has to.
    std::uint32_t open_count = 0;  ///< Authorisations of the account that are still open.
    WindowCount day;
    WindowCount week;
    WindowCount month;
    std::optional<ReversedBefore> reversed_before;  ///< None when no reversal had come first.
    std::optional<Portion> portion;         ///< None when the rules are asked about the whole.
    std::optional<RaisedFrom> raised_from;  ///< Of an increment, and of nothing else.
    WindowCount taps;                       ///< Of the card, since its PIN was last given.
    AmountMinor cash_today;  ///< Taken in the same day of what the request is: cash or quasi-cash.
    PurseFacts purses;       ///< Of a payment: none of a request that takes nothing.
    AmountMinor earmarked;   ///< Beside `available` in the purses that may pay: kept for others.
    std::optional<CardCounts> by_card;  ///< None when the card has no rules of its own.
    /// By whose rules `available` is told to no terminal; the first that say so.
    RuleLevel balance_hidden_by = RuleLevel::none;
    friend constexpr bool operator==(const SpendingFacts&, const SpendingFacts&) = default;
};

/// The rules in force at each level; null where none was set.
struct RulesInForce {
    const CompiledRules* defaults = nullptr;
    const CompiledRules* agreement = nullptr;
    const CompiledRules* card = nullptr;
};

/// One rule asked, and its answer.
struct Check {
    Decline if_failed;  ///< Reason, level and the number that would have worked.
    bool passed = true;
    bool applies = true;  ///< False: nothing of the kind is set, or it is about other payments.
    AmountMinor amount_limit;   ///< For an amount rule: its limit. Zero for the others.
    AmountMinor amount_before;  ///< For a window: what it held already.
    std::uint32_t count_before = 0;
};

/// What the rules are asked about for an increment: a purchase of its amount. It is no further
/// payment, so no rule that counts payments applies to it, and the largest single amount is asked
/// of what it would come to altogether.
[[nodiscard]] Authorise purchase_of(const Increment& increment);

/// The payment that the network decided in our place, as far as its terms go by it.
[[nodiscard]] Authorise purchase_of(const Advise& advice);

/// How much of `request` is decided about: its billing amount, or what a reversal that came before
/// it lets remain when that is less; or else its portion.
[[nodiscard]] AmountMinor amount_decided(const Authorise& request, const SpendingFacts& facts);

/// How much of that must be available, without an uplift.
[[nodiscard]] AmountMinor amount_to_hold(const Authorise& request, const SpendingFacts& facts);

/// How much of it is cash or quasi-cash.
[[nodiscard]] CashCount cash_decided(const Authorise& request, const SpendingFacts& facts);

/// The first check that fails, or no decline. Pure; allocates nothing.
[[nodiscard]] Decline first_decline(const Authorise& request, const SpendingFacts& facts,
                                    const RulesInForce& rules, const WindowNumbers& windows,
                                    TimestampNs now_ns);

/// Every check, in the order in which they are asked; of those that do not apply only reason and
/// level mean something.
[[nodiscard]] std::vector<Check> explain(const Authorise& request, const SpendingFacts& facts,
                                         const RulesInForce& rules, const WindowNumbers& windows,
                                         TimestampNs now_ns);

}  // namespace carecard::rules
