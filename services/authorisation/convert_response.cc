#include "services/authorisation/convert_response.h"

#include "common/check.h"
#include "services/authorisation/convert_decline.h"
#include "services/authorisation/convert_exception.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::authorisation {
namespace {

std::string event_id(const rules::Stamp& stamp) {
    return rpc::to_text(AuthorisationId{.epoch = stamp.epoch, .sequence = stamp.sequence});
}

/// What every answer about a card's transaction has.
template <class Response>
void set_common(const Answered& answered, AmountMinor available, Response& response) {
    response.set_replay(answered.replay);
    rpc::set_timestamp(answered.stamp.now_ns, *response.mutable_decided_at());
    rpc::set_money({available, answered.currency}, *response.mutable_available());
}

/// The gateway sends it on to a terminal, which may not be told it.
template <class Response>
void hide_balance(const rules::SpendingFacts& facts, Response& response) {
    if (facts.balance_hidden_by != rules::RuleLevel::none) response.clear_available();
}

template <class Response>
void set_refusal(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 Response& response) {
    to_response(decline, currency, *response.mutable_decline());
    rpc::set_timestamp(now_ns, *response.mutable_decided_at());
}

template <class Response>
void set_receipt(const Answered& answered, Response& response) {
    v1::Receipt& receipt = *response.mutable_receipt();
    receipt.set_event_id(event_id(answered.stamp));
    rpc::set_timestamp(answered.stamp.now_ns, *receipt.mutable_decided_at());
    receipt.set_replay(answered.replay);
}

template <class Response>
void set_exception(const rules::Exception& exception, CurrencyCode currency, Response& response) {
    if (exception.raised()) to_response(exception, currency, *response.mutable_exception());
}

template <class Response>
void set_broken(AmountMinor broken, CurrencyCode currency, Response& response) {
    if (broken.value == 0) return;
    rpc::set_money({broken, currency}, *response.mutable_earmarks_broken());
}

/// The wire counts from "not used".
v1::MatchedBy to_wire(rules::MatchedBy matched_by) {
    return static_cast<v1::MatchedBy>(static_cast<int>(matched_by) + 1);
}

}  // namespace

bool cashback_refused(const rules::AuthorisationDecided& event) {
    const auto& portion = event.facts.portion;
    return portion && portion->kind == rules::PortionKind::without_cashback;
}

v1::AuthoriseOutcome outcome_of(const rules::AuthorisationDecided& event) {
    if (event.decline.declined()) return v1::AUTHORISE_OUTCOME_DECLINED;
    if (!event.facts.portion) return v1::AUTHORISE_OUTCOME_APPROVED;
    switch (event.facts.portion->kind) {
        case rules::PortionKind::available:
        case rules::PortionKind::without_cashback:
            return v1::AUTHORISE_OUTCOME_APPROVED_PARTLY;
        case rules::PortionKind::beyond_balance:
            return v1::AUTHORISE_OUTCOME_APPROVED;
    }
    CHECK(false);
}

void to_response(const rules::AuthorisationDecided& event, const Answered& answered,
                 v1::AuthoriseResponse& response) {
    set_common(answered, event.available, response);
    hide_balance(event.facts, response);
    response.set_authorisation_id(rpc::to_text(event.id));
    response.set_outcome(outcome_of(event));
    if (event.decline.declined()) {
        to_response(event.decline, answered.currency, *response.mutable_decline());
        return;
    }
    response.set_cashback_refused(cashback_refused(event));
    const std::string_view code = event.code.view();
    response.set_authorisation_code(code.data(), code.size());
    rpc::set_money({event.approved, answered.currency}, *response.mutable_approved());
}

void to_response(const rules::HoldIncreased& event, const Answered& answered,
                 v1::IncrementResponse& response) {
    set_common(answered, event.available, response);
    hide_balance(event.facts, response);
    response.set_event_id(event_id(answered.stamp));
    response.set_matched_by(to_wire(event.matched_by));
    const CurrencyCode currency = answered.currency;
    if (event.decline.declined()) {
        response.set_outcome(v1::AUTHORISE_OUTCOME_DECLINED);
        to_response(event.decline, currency, *response.mutable_decline());
        return;
    }
    response.set_outcome(v1::AUTHORISE_OUTCOME_APPROVED);
    response.set_authorisation_id(rpc::to_text(event.after.id));
    response.set_authorisation_code(event.after.code.str());
    rpc::set_money({event.extra, currency}, *response.mutable_approved());
    rpc::set_money({event.cumulative, currency}, *response.mutable_cumulative());
    rpc::set_money({event.after.held(), currency}, *response.mutable_held());
    rpc::set_timestamp(event.after.expires_ns, *response.mutable_held_until());
}

void to_response(const rules::Reversed& event, const Answered& answered,
                 v1::ReverseResponse& response) {
    set_common(answered, event.available, response);
    response.set_event_id(event_id(answered.stamp));
    response.set_matched_by(to_wire(event.matched_by));
    if (!event.after.id.none()) {
        response.set_authorisation_id(rpc::to_text(event.after.id));
        rpc::set_money({event.after.reserved(), answered.currency}, *response.mutable_held());
    }
    set_exception(event.exception, answered.currency, response);
    if (event.decline.declined()) {
        to_response(event.decline, answered.currency, *response.mutable_decline());
        return;
    }
    rpc::set_money({event.released, answered.currency}, *response.mutable_released());
}

void to_response(const rules::ReversalKept& event, const Answered& answered,
                 v1::ReverseResponse& response) {
    set_common(answered, event.available, response);
    response.set_event_id(event_id(answered.stamp));
    response.set_matched_by(v1::MATCHED_BY_NONE);
    rpc::set_money({{}, answered.currency}, *response.mutable_released());
    rpc::set_timestamp(event.kept.until_ns, *response.mutable_kept_until());
}

void to_response(const rules::Presented& event, const Answered& answered,
                 v1::PresentResponse& response) {
    set_common(answered, event.available, response);
    response.set_event_id(event_id(answered.stamp));
    const bool posted = !event.after.id.none();
    if (posted) response.set_authorisation_id(rpc::to_text(event.after.id));
    response.set_matched_by(to_wire(event.matched_by));
    const CurrencyCode currency = answered.currency;
    rpc::set_money({posted ? event.request.amounts.billing : AmountMinor{}, currency},
                   *response.mutable_cleared());
    rpc::set_money({event.released, currency}, *response.mutable_released());
    const bool is_debit = event.request.direction == rules::Direction::debit;
    rpc::set_money({is_debit ? event.exposure : event.recovered, currency},
                   *response.mutable_exposure());
    if (event.repaid.value != 0) {
        rpc::set_money({event.repaid, currency}, *response.mutable_repaid());
    }
    if (event.settled.value > 0) {
        rpc::set_money({event.settled, currency}, *response.mutable_settled());
    }
    if (event.owed_back.value > 0) {
        rpc::set_money({event.owed_back, currency}, *response.mutable_owed_back());
    }
    set_broken(event.broken, currency, response);
    set_exception(event.exception, currency, response);
}

void to_response(const rules::Advised& event, const Answered& answered,
                 v1::AdviseResponse& response) {
    set_common(answered, event.available, response);
    response.set_event_id(event_id(answered.stamp));
    if (!event.after.id.none()) response.set_authorisation_id(rpc::to_text(event.after.id));
    response.set_matched_by(to_wire(event.matched_by));
    const CurrencyCode currency = answered.currency;
    rpc::set_money({event.after.reserved(), currency}, *response.mutable_held());
    rpc::set_money({event.released, currency}, *response.mutable_released());
    rpc::set_money({event.exposure, currency}, *response.mutable_exposure());
    set_broken(event.broken, currency, response);
    set_exception(event.exception, currency, response);
}

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::AdviseResponse& response) {
    set_refusal(decline, currency, now_ns, response);
}

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::AuthoriseResponse& response) {
    response.set_outcome(v1::AUTHORISE_OUTCOME_DECLINED);
    set_refusal(decline, currency, now_ns, response);
}

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::IncrementResponse& response) {
    response.set_outcome(v1::AUTHORISE_OUTCOME_DECLINED);
    set_refusal(decline, currency, now_ns, response);
}

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::ReverseResponse& response) {
    set_refusal(decline, currency, now_ns, response);
}

void to_response(const rules::Decline& decline, CurrencyCode currency, TimestampNs now_ns,
                 v1::PresentResponse& response) {
    set_refusal(decline, currency, now_ns, response);
}

void to_response(const rules::ProgrammeCreated&, const Answered& answered,
                 v1::CreateProgrammeResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::AccountOpened&, const Answered& answered,
                 v1::OpenAccountResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::PurseOpened&, const Answered& answered,
                 v1::OpenPurseResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::CardIssued& event, const Answered& answered,
                 v1::IssueCardResponse& response) {
    set_receipt(answered, response);
    response.set_card_id(event.card.value);
}

void to_response(const rules::Loaded& event, const Answered& answered,
                 v1::LoadPurseResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.purse_available, answered.currency}, *response.mutable_purse_available());
    rpc::set_money({event.available, answered.currency}, *response.mutable_available());
}

void to_response(const rules::StageReleased& event, const Answered& answered,
                 v1::ReleaseStageResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.unreleased, answered.currency}, *response.mutable_unreleased());
}

void to_response(const rules::PurseClosed& event, const Answered& answered,
                 v1::ClosePurseResponse& response) {
    const rules::PurseSurplus& surplus = event.surplus;
    set_receipt(answered, response);
    rpc::set_money({surplus.amount, answered.currency}, *response.mutable_returned());
    response.set_funder(surplus.funder.empty() ? "council" : surplus.funder.str());
    response.set_persons_own(surplus.persons_own);
}

void to_response(const rules::EarmarkSet& event, const Answered& answered,
                 v1::SetEarmarkResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.unearmarked, answered.currency}, *response.mutable_unearmarked());
    if (!event.request.payee.empty()) response.set_until(rpc::to_text(event.until));
}

void to_response(const rules::EarmarkWithdrawn& event, const Answered& answered,
                 v1::WithdrawEarmarkResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.freed, answered.currency}, *response.mutable_freed());
}

void to_response(const rules::ProviderSet&, const Answered& answered,
                 v1::SetProviderResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::AgreementSet& event, const Answered& answered,
                 v1::SetAgreementResponse& response) {
    set_receipt(answered, response);
    response.set_agreement_version(event.version);
}

void to_response(const rules::CardStatusSet&, const Answered& answered,
                 v1::SetCardStatusResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::CardReplaced& event, const Answered& answered,
                 v1::ReplaceCardResponse& response) {
    set_receipt(answered, response);
    response.set_card_id(event.card.value);
    response.set_old_status(static_cast<v1::CardStatus>(event.old_status));
}

void to_response(const rules::CardRulesSet& event, const Answered& answered,
                 v1::SetCardRulesResponse& response) {
    set_receipt(answered, response);
    response.set_rules_version(event.version);
}

void to_response(const rules::AccountStatusSet&, const Answered& answered,
                 v1::SetAccountStatusResponse& response) {
    set_receipt(answered, response);
}

void to_response(const rules::ResolutionProposed& event, const Answered& answered,
                 v1::ProposeResolutionResponse& response) {
    set_receipt(answered, response);
    response.set_proposal(answered.stamp.sequence.value);
    rpc::set_money({event.exposure, answered.currency}, *response.mutable_exposure());
}

void to_response(const rules::ResolutionDecided& event, const Answered& answered,
                 v1::DecideResolutionResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.amount, answered.currency}, *response.mutable_amount());
    if (event.after.id.none()) return;
    rpc::set_money({event.after.exposure, answered.currency}, *response.mutable_exposure());
}

void to_response(const rules::ExposureRecovered& event, const Answered& answered,
                 v1::RecoverExposureResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.amount, answered.currency}, *response.mutable_amount());
    rpc::set_money({event.after.exposure, answered.currency}, *response.mutable_exposure());
    rpc::set_money({event.available, answered.currency}, *response.mutable_available());
}

void to_response(const rules::DisputeOpened& event, const Answered& answered,
                 v1::OpenDisputeResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.lent, answered.currency}, *response.mutable_credited());
    rpc::set_money({event.available, answered.currency}, *response.mutable_available());
}

void to_response(const rules::DisputeClosed& event, const Answered& answered,
                 v1::CloseDisputeResponse& response) {
    set_receipt(answered, response);
    rpc::set_money({event.taken, answered.currency}, *response.mutable_taken_back());
    rpc::set_money({event.exposure, answered.currency}, *response.mutable_exposure());
    rpc::set_money({event.dispute.due, answered.currency}, *response.mutable_due());
    rpc::set_money({event.available, answered.currency}, *response.mutable_available());
    set_exception(event.exception, answered.currency, response);
}

void to_response(const rules::SettlementClosed& event, const Answered& answered,
                 v1::CloseSettlementResponse& response) {
    response.set_number(event.number);
    response.set_epoch(answered.stamp.epoch.value);
    response.set_first_sequence(event.first.value);
    response.set_last_sequence(event.last.value);
    response.set_closed_sequence(answered.stamp.sequence.value);
    response.set_day(rpc::to_text(event.request.day));
    response.set_replay(answered.replay);
}

void to_response(const rules::ClockAdvanced& event, const Answered&, Sequence durable,
                 v1::AdvanceClockResponse& response) {
    rpc::set_timestamp(event.request.to, *response.mutable_now());
    response.set_durable_sequence(durable.value);
}

void to_response(const rules::ClockAccepted& event, const Answered& answered,
                 v1::AcceptClockResponse& response) {
    set_receipt(answered, response);
    rpc::set_timestamp(event.request.seen, *response.mutable_now());
}

}  // namespace carecard::authorisation
