#pragma once

#include "rules/event.h"
#include "rules/state.h"

/// How events count in the windows of an account and of a card with rules of its own, and in the
/// taps since a card's PIN was given.
namespace carecard::rules {

void count(Account& account, const AuthorisationDecided& event);
void count(CardRules& card, const AuthorisationDecided& event);

/// What a payment has grown by.
void count(Account& account, const HoldIncreased& event);
void count(CardRules& card, const HoldIncreased& event);

/// Gives spending back to its windows, unless later ones have begun since.
void uncount(Account& account, const Uncounted& uncounted);
void uncount(CardRules& card, const Uncounted& uncounted);

/// The PIN begins the card's taps afresh.
void count_tap(TapCounter& taps, const AuthorisationDecided& event);
/// Gives a tap back, unless the PIN was given since.
void uncount_tap(TapCounter& taps, const Tap& tap);

}  // namespace carecard::rules
