#pragma once

#include <cstdint>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/purse_terms.h"

namespace carecard::rules {

/// Why a well-formed transaction was refused. Listed by descending precedence: when several
/// hold, the first one listed is reported.
/// The numbers are stored in the journal and stand in the proto. Never change or reuse one.
enum class DeclineReason : std::uint8_t {
    none = 0,
    card_unknown = 1,               ///< No card has this token. Not journaled: it has no account.
    reversed_before = 28,           ///< A reversal of it came first: nothing of it may be taken.
    card_closed = 2,                ///< Issue another card.
    card_lost = 40,                 ///< Use its successor, or replace it.
    card_stolen = 41,               ///< The same.
    card_damaged = 42,              ///< The same.
    card_replaced = 43,             ///< Use its successor.
    card_used = 44,                 ///< It was for one payment: issue another card.
    card_not_active = 39,           ///< Activate it when it has arrived.
    card_frozen = 3,                ///< Unfreeze it when it is safe.
    account_closed = 4,             ///< The budget has ended.
    account_suspended = 5,          ///< The council has paused the budget.
    card_expired = 6,               ///< Issue a renewal.
    expiry_mismatch = 7,            ///< The merchant typed another expiry date than the card's.
    kind_not_supported = 8,         ///< This kind of transaction is not part of the programme.
    currency_not_programme = 9,     ///< The billing amount must be in the programme's currency.
    mcc_refused = 10,               ///< A refused list names this merchant category.
    mcc_not_allowed = 11,           ///< An allowed list exists and does not name it.
    cash_not_agreed = 12,           ///< Agree cash with the social worker.
    quasi_cash_not_agreed = 30,     ///< Agree quasi-cash with the social worker.
    cashback_not_agreed = 13,       ///< Pay without cashback.
    contactless_off = 36,           ///< Insert the card, or agree that it may be tapped.
    contactless_over_single = 37,   ///< Insert the card and give its PIN.
    contactless_needs_pin = 38,     ///< The same: enough was tapped since the PIN was given.
    amount_over_single = 14,        ///< Pay a smaller amount, or agree a larger one.
    cash_over_single = 31,          ///< Take less cash at once.
    quasi_cash_over_single = 32,    ///< Take less at once.
    amount_over_day = 15,           ///< Wait for the next day, or pay less.
    count_over_day = 16,            ///< Wait for the next day.
    cash_over_day = 33,             ///< Wait for the next day, or take less cash.
    quasi_cash_over_day = 34,       ///< Wait for the next day, or take less.
    amount_over_week = 17,          ///< Wait for Monday, or pay less.
    count_over_week = 18,           ///< Wait for Monday.
    amount_over_month = 19,         ///< Wait for the first of the month, or pay less.
    count_over_month = 20,          ///< Wait for the first of the month.
    purse_not_eligible = 45,        ///< Nothing in the account may be spent there, or that day.
    funds_earmarked = 46,           ///< Pay at most what is not kept, or withdraw an earmark.
    funds_insufficient = 21,        ///< Pay at most what is available.
    original_unmatched = 22,        ///< A reversal whose original is not known.
    kept_reversals_full = 29,       ///< The same, and there is no room to keep it.
    original_ambiguous = 23,        ///< More than one authorisation fits what was given.
    reversal_exceeds_held = 24,     ///< The amount that remains is more than what is held.
    original_already_cleared = 25,  ///< Nothing is held any more: ask for a refund instead.
    original_closed = 26,           ///< Reversed to other than was asked, or expired.
    original_other_card = 35,       ///< The original was made with another card of the account.
    open_authorisations_full = 27,  ///< Wait until some of the account's holds clear or expire.
};
inline constexpr std::uint8_t decline_reason_last = 46;

/// Who set the rule that refused.
enum class RuleLevel : std::uint8_t {
    none = 0,
    programme = 1,  ///< The council's defaults.
    agreement = 2,  ///< What the worker and the holder agreed.
    account = 3,
    card = 4,
    ledger = 5,  ///< The money itself.
};
inline constexpr std::uint8_t rule_level_last = 5;

/// A refusal, with the number that would have worked. Which of the numbers means something follows
/// from the reason; the others are zero.
struct Decline {
    DeclineReason reason = DeclineReason::none;
    RuleLevel level = RuleLevel::none;
    AmountMinor amount_would_work;  ///< The largest amount this rule would have let through.
    std::uint32_t count_max = 0;    ///< For a rule that counts: how many the window may hold.
    DayNumber works_from;           ///< For a window: the local day on which it starts afresh.
    PurseNumber purse;              ///< For money: the last that could pay, or came nearest to it.
    PurseVerdict verdict = PurseVerdict::eligible;  ///< Why that purse may not pay, if so.

    [[nodiscard]] constexpr bool declined() const { return reason != DeclineReason::none; }
    friend constexpr bool operator==(const Decline&, const Decline&) = default;
};

/// The reason's stable name, e.g. "amount_over_day": for logs, files and programs.
[[nodiscard]] std::string_view name_of(DeclineReason reason);
/// The level's stable name, e.g. "agreement".
[[nodiscard]] std::string_view name_of(RuleLevel level);

}  // namespace carecard::rules
