#pragma once

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/journal.pb.h"
#include "common/money.h"
#include "rules/event.h"

/// From facts to the answers that the RPCs give. Pure; any thread. Each fills an empty message.
namespace carecard::authorisation {

/// What an answer says besides the event.
struct Answered {
    rules::Stamp stamp;     ///< Of the event.
    bool replay = false;    ///< It was journaled before this request came.
    CurrencyCode currency;  ///< The programme's.
};

/// Approved, approved in part, or declined.
[[nodiscard]] v1::AuthoriseOutcome outcome_of(const rules::AuthorisationDecided& event);
/// Whether a purchase was approved without its cashback.
[[nodiscard]] bool cashback_refused(const rules::AuthorisationDecided& event);

void to_response(const rules::AuthorisationDecided& event, const Answered& answered,
                 v1::AuthoriseResponse& response);
void to_response(const rules::HoldIncreased& event, const Answered& answered,
                 v1::IncrementResponse& response);
void to_response(const rules::Reversed& event, const Answered& answered,
                 v1::ReverseResponse& response);
void to_response(const rules::ReversalKept& event, const Answered& answered,
                 v1::ReverseResponse& response);
void to_response(const rules::Presented& event, const Answered& answered,
                 v1::PresentResponse& response);

void to_response(const rules::Advised& event, const Answered& answered,
                 v1::AdviseResponse& response);

/// A refusal that is not journaled: an unknown card, a presentment or an advice of another
/// currency, the completion of another card's payment.
/// @param now_ns    when it was decided.
/// @param currency  the programme's; none when the card is unknown.
void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::AuthoriseResponse& response);
void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::IncrementResponse& response);
void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::ReverseResponse& response);
void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::PresentResponse& response);

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::AdviseResponse& response);

void to_response(const rules::ProgrammeCreated& event, const Answered& answered,
                 v1::CreateProgrammeResponse& response);
void to_response(const rules::AccountOpened& event, const Answered& answered,
                 v1::OpenAccountResponse& response);
void to_response(const rules::PurseOpened& event, const Answered& answered,
                 v1::OpenPurseResponse& response);
void to_response(const rules::CardIssued& event, const Answered& answered,
                 v1::IssueCardResponse& response);
void to_response(const rules::Loaded& event, const Answered& answered,
                 v1::LoadPurseResponse& response);
void to_response(const rules::StageReleased& event, const Answered& answered,
                 v1::ReleaseStageResponse& response);
void to_response(const rules::PurseClosed& event, const Answered& answered,
                 v1::ClosePurseResponse& response);
void to_response(const rules::EarmarkSet& event, const Answered& answered,
                 v1::SetEarmarkResponse& response);
void to_response(const rules::EarmarkWithdrawn& event, const Answered& answered,
                 v1::WithdrawEarmarkResponse& response);
void to_response(const rules::ProviderSet& event, const Answered& answered,
                 v1::SetProviderResponse& response);
void to_response(const rules::AgreementSet& event, const Answered& answered,
                 v1::SetAgreementResponse& response);
void to_response(const rules::CardStatusSet& event, const Answered& answered,
                 v1::SetCardStatusResponse& response);
void to_response(const rules::CardReplaced& event, const Answered& answered,
                 v1::ReplaceCardResponse& response);
void to_response(const rules::CardRulesSet& event, const Answered& answered,
                 v1::SetCardRulesResponse& response);
void to_response(const rules::AccountStatusSet& event, const Answered& answered,
                 v1::SetAccountStatusResponse& response);
void to_response(const rules::ResolutionProposed& event, const Answered& answered,
                 v1::ProposeResolutionResponse& response);
void to_response(const rules::ResolutionDecided& event, const Answered& answered,
                 v1::DecideResolutionResponse& response);
void to_response(const rules::ExposureRecovered& event, const Answered& answered,
                 v1::RecoverExposureResponse& response);
void to_response(const rules::DisputeOpened& event, const Answered& answered,
                 v1::OpenDisputeResponse& response);
void to_response(const rules::DisputeClosed& event, const Answered& answered,
                 v1::CloseDisputeResponse& response);
void to_response(const rules::SettlementClosed& event, const Answered& answered,
                 v1::CloseSettlementResponse& response);

/// @param durable  the last durable sequence when everything due on the way was done.
void to_response(const rules::ClockAdvanced& event, const Answered& answered, Sequence durable,
                 v1::AdvanceClockResponse& response);
void to_response(const rules::ClockAccepted& event, const Answered& answered,
                 v1::AcceptClockResponse& response);

}  // namespace carecard::authorisation
