#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "rules/spending.h"
#include "rules/state.h"
#include "services/sequencer/quarantine.h"
#include "services/sequencer/repeats.h"

/// From copies of the state and events read back, to what people are shown. Pure; any thread.
namespace carecard::authorisation {

/// An open authorisation of an account, and where its event stands.
struct HoldView {
    AuthorisationId id;
    AmountMinor held;
    TimestampNs decided_ns;
    TimestampNs expires_ns;
    CardId card;
};

/// When the local day, week and month of some windows began.
using WindowStarts = std::array<TimestampNs, 3>;
[[nodiscard]] WindowStarts window_starts_of(const rules::State& state,
                                            const rules::WindowNumbers& windows);

/// A copy of all that is shown of an account, as of one durable sequence.
struct AccountView {
    rules::Account account;
    ProgrammeCode programme;
    CurrencyCode currency;
    std::vector<rules::PurseTerms> terms;  ///< Of its purses, by number.
    struct CardView {
        rules::Card card;
        rules::WindowCount taps;  ///< Of its chain.
        std::optional<rules::CardRules> counted;
        rules::SpendingRules rules;  ///< Its own, when it has any.
    };
    std::vector<CardView> cards;
    std::vector<HoldView> holds;               ///< The newest first.
    std::vector<rules::Resolution> proposals;  ///< That are open.
    std::vector<rules::Earmark> earmarks;      ///< Those that stand.
    std::vector<rules::Dispute> disputes;      ///< That are open.
    rules::SpendingRules defaults;
    rules::SpendingRules agreement;
    rules::WindowNumbers windows;  ///< Of the last stamp.
    WindowStarts window_starts{};
    Epoch epoch;
    Sequence as_of;
};

[[nodiscard]] AccountView view_of(const rules::State& state, const rules::Account& account);

void show(const AccountView& view, v1::ReadAccountResponse& response);
void show(const rules::SpendingRules& rules, CurrencyCode currency, v1::SpendingRules& response);

/// One line of an account's list.
void show(const sequencer::Recorded& recorded, const AccountView& view, v1::Transaction& response);

/// What was asked for, and what the rules were asked about it: a payment, or an increment of one.
struct DecisionAsked {
    AuthorisationId event_id;
    ProgrammeId programme;
    AccountId account;
    AgreementId defaults;
    AgreementId agreement;
    AgreementId card_rules;
    std::optional<AgreementVersion> agreement_version;
    rules::Authorise request;
    rules::SpendingFacts facts;
    rules::WindowNumbers windows;
    rules::Decline decline;
    v1::AuthoriseOutcome outcome = v1::AUTHORISE_OUTCOME_UNSPECIFIED;
    AmountMinor approved;
    bool cashback_refused = false;
    bool increment = false;
};
/// @return nothing for an event that decided neither.
[[nodiscard]] std::optional<DecisionAsked> decision_in(const sequencer::Recorded& recorded);

/// A decision with every rule asked again about the facts of then.
struct DecisionView {
    const DecisionAsked& asked;
    rules::Stamp stamp;
    rules::RulesInForce rules;
    CurrencyCode currency;
    TimestampNs counting_since;  ///< When the account was opened.
    WindowStarts window_starts{};
    std::vector<rules::Purse> purses;  ///< By number, for their names.
};
void show(const DecisionView& view, v1::ExplainDecisionResponse& response);

void show(const sequencer::QuarantineEntry& entry, v1::QuarantinedCommand& response);

}  // namespace carecard::authorisation
