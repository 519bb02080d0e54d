#pragma once

#include <cstdint>
#include <optional>

#include "common/id.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/command.h"
#include "rules/kinds.h"
#include "rules/local_time.h"
#include "rules/tolerance.h"

namespace carecard::rules {

/// What has become of an authorisation. Numbers are stored. Never change or reuse one.
enum class AuthorisationState : std::uint8_t {
    open = 1,      ///< Something may still be held or cleared.
    cleared = 2,   ///< Its final presentment has come.
    reversed = 3,  ///< Reversed in full before anything cleared.
    expired = 4,   ///< Its hold lifetime passed before its final presentment.
    posted = 5,    ///< Not an authorisation: a presentment that had none.
};
inline constexpr std::uint8_t authorisation_state_last = 5;

/// An amount for each window of local time.
struct WindowAmounts {
    AmountMinor day;
    AmountMinor week;
    AmountMinor month;
    friend constexpr bool operator==(const WindowAmounts&, const WindowAmounts&) = default;
};

/// One purse's part of an authorisation. `held` is what is promised now, `debited` what was taken
/// in all, and `credited` what has come back of that, so that a refund can go back to where the
/// money came from. `credited` falls only when a dispute's money is taken again.
struct Leg {
    PurseNumber purse;
    AmountMinor held;
    AmountMinor debited;
    AmountMinor credited;
    friend constexpr bool operator==(const Leg&, const Leg&) = default;
};
using Legs = InlineVector<Leg, purses_per_account_max>;

/// Of a payment in another currency than the programme's: how much of it, in that currency.
struct Foreign {
    CurrencyCode currency;   ///< None for a payment in the programme's own.
    AmountMinor authorised;  ///< What was approved, less what was reversed.
    AmountMinor cleared;
    friend constexpr bool operator==(const Foreign&, const Foreign&) = default;
};

/// A hold with its legs, or an announced credit, which holds nothing; with its clearings and
/// refunds, and what clearing took beyond the holder's money. Declined requests have none: they are
/// only events.
struct Authorisation {
    AuthorisationId id;
    AccountId account;
    CardId card;
    AuthorisationState state = AuthorisationState::open;
    CallerId caller;
    RequestKey request_key;
    NetworkIdentity identity;
    AuthorisationCode code;
    AmountMinor approved;
    Legs legs;
    AmountMinor exposure;  ///< Cleared beyond the holder's money and not yet made good.
    /// Sum of all debit presentments, but of second ones only what no chargeback had brought.
    AmountMinor presented_debit;
    AmountMinor presented_credit;  ///< Sum of all matched credits, over-refunds included.
    AmountMinor counted;           ///< What it still counts for in `windows`; zero frees its place.
    WindowNumbers windows;         ///< The windows it was counted in last.
    TimestampNs decided_ns;
    TimestampNs expires_ns;
    Flow flow = Flow::takes;  ///< Or `gives`: an announced credit.
    CashCount cash;           ///< What it still counts for as cash or quasi-cash, in the same day.
    AuthorisationId refunds;  ///< Of a refund: the purchase that it named, if that was known.
    Tap tap;                  ///< What it counts for among its card's taps.
    /// What of `counted` counts in each of `windows`: all of it until an increment comes in another
    /// window than what was there before.
    std::optional<WindowAmounts> counted_in;
    InlineText<4> local_date;  ///< Of the request; a name together with `identity`.
    AmountMinor reversed;      ///< What reversals took off `approved`.
    AmountMinor taken_back;    ///< What the network took back of `presented_debit`.
    AmountMinor promised;   ///< What an advice promised beyond the holder's money, not yet cleared.
    bool finished = false;  ///< The presentment has come that was said to be the last.
    Foreign foreign;
    Tolerance tolerance;
    bool by_card = false;  ///< It counts in its card's own counters as well, in the same windows.
    AmountMinor written_off;  ///< Of its exposure: given up by two people, and not repaid since.
    /// Credited to the holder for a dispute before anyone paid, and not repaid nor taken back
    /// since. Not more than what of `credited` there is.
    AmountMinor lent;
    AmountMinor
        charged_back;       ///< What the network paid of a dispute, less what was presented again.
    AmountMinor owed_back;  ///< Of that: paid a second time, and kept for the network.
    std::optional<TimestampNs> raised_ns;  ///< When its last increment came; none if none did.

    /// How long it is held, from its decision and again from each increment: as the rules had it
    /// when it was decided.
    [[nodiscard]] DurationNs lifetime() const {
        return expires_ns - raised_ns.value_or(decided_ns);
    }
    [[nodiscard]] WindowAmounts counted_by_window() const {
        return counted_in ? *counted_in : WindowAmounts{counted, counted, counted};
    }
    [[nodiscard]] AmountMinor held() const {
        AmountMinor sum;
        for (const Leg& leg : legs) sum.value += leg.held.value;
        return sum;
    }
    /// All that stands ready for its clearing, the programme's part included.
    [[nodiscard]] AmountMinor reserved() const { return {held().value + promised.value}; }
    /// What may clear without a question, before any tolerance.
    [[nodiscard]] AmountMinor authorised() const { return {approved.value - reversed.value}; }
    /// What a credit may still come for: all that was taken and has not come back.
    [[nodiscard]] AmountMinor returnable() const {
        AmountMinor sum{exposure.value + written_off.value};
        for (const Leg& leg : legs) sum.value += leg.debited.value - leg.credited.value;
        return sum;
    }
    /// What has come back to the holder, and was not taken again.
    [[nodiscard]] AmountMinor credited() const {
        AmountMinor sum;
        for (const Leg& leg : legs) sum.value += leg.credited.value;
        return sum;
    }
    /// What has cleared and was not taken back by the network.
    [[nodiscard]] AmountMinor cleared() const { return {presented_debit.value - taken_back.value}; }

    friend bool operator==(const Authorisation&, const Authorisation&) = default;
};

}  // namespace carecard::rules
