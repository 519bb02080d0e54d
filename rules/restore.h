#pragma once

#include <vector>

#include "common/result.h"
#include "rules/state.h"

/// Puts back into an empty state what images hold, before the later events are folded.
namespace carecard::rules {

/// A purse with its terms, whatever number they have.
struct PurseImage {
    PurseSpec spec;
    AmountMinor available;
    AmountMinor held;
    AmountMinor unreleased;
    PurseStatus status = PurseStatus::open;
    DayNumber last_day;
    AmountMinor returned;
};

/// An account with all that belongs to it.
struct AccountImage {
    Account account;                 ///< Without its purses.
    std::vector<PurseImage> purses;  ///< By number.
    std::vector<Card> cards;
    std::vector<Authorisation> open;  ///< In the order of `account.open`.
    std::vector<KeptReversal> kept_reversals;
    std::vector<CardRules> card_rules;
    std::vector<Resolution> resolutions;
    Earmarks earmarks;
    std::vector<Dispute> disputes;
};

/// Each returns `Done`, or `corrupt` when the image does not fit what was put back before it:
/// offsets and agreements come first, then programmes, then accounts, each by number from 1.
[[nodiscard]] Result<Done> restore(State& state, AgreementId id, const SpendingRules& rules);
[[nodiscard]] Result<Done> restore(State& state, Programme programme);
[[nodiscard]] Result<Done> restore(State& state, AccountImage image);

/// Whether every card up to the last is known, as it must be when every event is folded.
[[nodiscard]] bool is_complete(const State& state);

}  // namespace carecard::rules
