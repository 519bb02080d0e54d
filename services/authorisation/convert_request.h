#pragma once

#include <optional>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/journal.pb.h"
#include "common/id.h"
#include "common/money.h"
#include "common/result.h"
#include "common/time.h"
#include "rules/validate.h"
#include "services/rpc/identity.h"

/// From the RPCs' messages to validated commands. Pure: no state, no clock, any thread.
///
/// Each answers `malformed` for the first thing wrong, with `field` as the path in the message,
/// e.g. "billing.currency" or "card_tokens[1]": what cannot be put into the command at all (a text
/// that is too long, an unknown currency, a token or MCC not of its form), and then whatever
/// `rules::validate` finds. No fault repeats the value. Who asks, and for which council, comes from
/// `caller` and never from the message.
namespace carecard::authorisation {

/// Cost: allocates nothing for a message that is valid.
[[nodiscard]] Result<rules::Valid<rules::Authorise>> to_command(const v1::AuthoriseRequest& request,
                                                                const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::Increment>> to_command(const v1::IncrementRequest& request,
                                                                const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::Reverse>> to_command(const v1::ReverseRequest& request,
                                                              const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::Present>> to_command(const v1::PresentRequest& request,
                                                              const rpc::Identity& caller);

[[nodiscard]] Result<rules::Valid<rules::Advise>> to_command(const v1::AdviseRequest& request,
                                                             const rpc::Identity& caller);

[[nodiscard]] Result<rules::Valid<rules::CreateProgramme>> to_command(
    const v1::CreateProgrammeRequest& request, const rpc::Identity& caller);

/// @param vault_key  of the key that the service makes for the new account. Write it to the vault
///                   once the command is valid, and before it is asked.
[[nodiscard]] Result<rules::Valid<rules::OpenAccount>> to_command(
    const v1::OpenAccountRequest& request, const rpc::Identity& caller,
    const VaultKeyId& vault_key);
[[nodiscard]] Result<rules::Valid<rules::OpenPurse>> to_command(const v1::OpenPurseRequest& request,
                                                                const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::IssueCard>> to_command(const v1::IssueCardRequest& request,
                                                                const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::Load>> to_command(const v1::LoadPurseRequest& request,
                                                           const rpc::Identity& caller);

/// The amounts are of known currencies; ask `fault_in_currency` too.
[[nodiscard]] Result<rules::Valid<rules::ReleaseStage>> to_command(
    const v1::ReleaseStageRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::ClosePurse>> to_command(
    const v1::ClosePurseRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::SetEarmark>> to_command(
    const v1::SetEarmarkRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::WithdrawEarmark>> to_command(
    const v1::WithdrawEarmarkRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::SetProvider>> to_command(
    const v1::SetProviderRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::SetAgreement>> to_command(
    const v1::SetAgreementRequest& request, const rpc::Identity& caller);
/// @param currency  of the account's programme. @return `conflict` on an amount of another one.
///
/// Cost: a handful of comparisons, whatever the length of the request's lists.
[[nodiscard]] std::optional<Fault> fault_in_currency(const v1::SetAgreementRequest& request,
                                                     CurrencyCode currency);
[[nodiscard]] Result<rules::Valid<rules::ReplaceCard>> to_command(
    const v1::ReplaceCardRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::SetCardRules>> to_command(
    const v1::SetCardRulesRequest& request, const rpc::Identity& caller);
/// As for an agreement.
[[nodiscard]] std::optional<Fault> fault_in_currency(const v1::SetCardRulesRequest& request,
                                                     CurrencyCode currency);
[[nodiscard]] Result<rules::Valid<rules::SetCardStatus>> to_command(
    const v1::SetCardStatusRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::SetAccountStatus>> to_command(
    const v1::SetAccountStatusRequest& request, const rpc::Identity& caller);

/// The amount is of a known currency; `decide` asks whether it is the programme's.
[[nodiscard]] Result<rules::Valid<rules::ProposeResolution>> to_command(
    const v1::ProposeResolutionRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::DecideResolution>> to_command(
    const v1::DecideResolutionRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::RecoverExposure>> to_command(
    const v1::RecoverExposureRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::OpenDispute>> to_command(
    const v1::OpenDisputeRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::CloseDispute>> to_command(
    const v1::CloseDisputeRequest& request, const rpc::Identity& caller);

[[nodiscard]] Result<rules::Valid<rules::CloseSettlement>> to_command(
    const v1::CloseSettlementRequest& request, const rpc::Identity& caller);
[[nodiscard]] Result<rules::Valid<rules::AdvanceClock>> to_command(
    const v1::AdvanceClockRequest& request, const rpc::Identity& caller);

/// @param seen  what the system clock reads now.
[[nodiscard]] Result<rules::Valid<rules::AcceptClock>> to_command(
    const v1::AcceptClockRequest& request, const rpc::Identity& caller, TimestampNs seen);

}  // namespace carecard::authorisation
