#pragma once

#include <cstdint>

#include "common/money.h"
#include "rules/command.h"

/// What follows from the kind of a transaction alone.
namespace carecard::rules {

/// Which way a kind of transaction moves the holder's money. Numbers are stored. Never change or
/// reuse one.
enum class Flow : std::uint8_t {
    takes = 0,  ///< Holds it, to be cleared later.
    gives = 1,  ///< Announces some: nothing moves until it clears.
    asks = 2,   ///< Nothing moves, now or later, and no authorisation begins.
};
inline constexpr std::uint8_t flow_last = 2;
[[nodiscard]] Flow flow_of(TransactionKind kind);

/// What a payment is besides a purchase, for limits of its own.
enum class CashClass : std::uint8_t {
    none = 0,
    cash = 1,        ///< Notes, from a machine, over a counter or with a purchase.
    quasi_cash = 2,  ///< What is as good as notes: money transfers, currency, top-ups, bets.
};
inline constexpr std::uint8_t cash_class_last = 2;

/// How much of a payment is cash or quasi-cash.
struct CashCount {
    CashClass of = CashClass::none;
    AmountMinor amount;
    friend constexpr bool operator==(const CashCount&, const CashCount&) = default;
};

/// What the whole of a payment is: by its kind, or, of a purchase, by its merchant category (cash
/// 6010 and 6011; quasi-cash 4829, 6050, 6051, 6540 and 7995).
[[nodiscard]] CashClass cash_class_of(const Authorise& request);

/// What a purchase is by its merchant category alone.
[[nodiscard]] CashClass cash_class_at(Mcc mcc);

/// The part of the billing amount that is taken as cash with a purchase: the pennies that a
/// conversion leaves over are the merchant's.
[[nodiscard]] AmountMinor cashback_billed(const Authorise& request);

/// How much of `request` is cash or quasi-cash when `amount` of it is decided about.
[[nodiscard]] CashCount cash_in(const Authorise& request, AmountMinor amount);

/// A payment by a card that was held to a terminal, without its PIN. A telephone that stands in for
/// the card is not told from it.
[[nodiscard]] bool is_tap(const Authorise& request);

/// Whether a terminal has nobody to give a PIN to: fares, tolls and parking (4111, 4112, 4131, 4784
/// and 7523). The technical standards for strong authentication, article 12, except these.
[[nodiscard]] bool is_unattended(Mcc mcc);

/// What a tap counts for, among those since the card's PIN was last given.
struct Tap {
    bool counted = false;
    std::uint32_t round = 0;  ///< How many times the PIN had been given.
    AmountMinor amount;
    friend constexpr bool operator==(const Tap&, const Tap&) = default;
};

}  // namespace carecard::rules
