#pragma once

// The members of every struct that stands in an event, once each, in the order in which they are
// written. Encoding, decoding, the bound on an event's size and the tests all go through these
// lists, so they cannot differ. `values.h` refuses to compile a struct whose list is missing or
// has another number of members than the struct. A change here changes the stored format: raise
// `event_version` in codec.h. A member that older versions do not have is listed as `since` its
// first version, or is an optional of a type of its own with its first version in ranges.h.

#include <concepts>
#include <type_traits>

#include "common/id.h"
#include "common/time.h"
#include "rules/event.h"
#include "services/journal/shape.h"

namespace carecard::journal {

template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

constexpr auto fields(Wrapper auto& v, auto&& use) { return use(v.value); }

// --- Identifiers and times ----------------------------------------------------------------------

constexpr auto fields(Is<AuthorisationId> auto& v, auto&& use) { return use(v.epoch, v.sequence); }
constexpr auto fields(Is<VaultKeyId> auto& v, auto&& use) { return use(v.bytes); }
constexpr auto fields(Is<CardToken> auto& v, auto&& use) { return use(v.key_id, v.mac); }
constexpr auto fields(Is<ExpiryMonth> auto& v, auto&& use) { return use(v.year, v.month); }

// --- Parts of commands --------------------------------------------------------------------------

constexpr auto fields(Is<rules::OffsetEntry> auto& v, auto&& use) {
    return use(v.from, v.offset_seconds);
}
constexpr auto fields(Is<rules::OffsetTable> auto& v, auto&& use) { return use(v.entries); }
constexpr auto fields(Is<rules::WindowNumbers> auto& v, auto&& use) {
    return use(v.day, v.week, v.month);
}
constexpr auto fields(Is<rules::MccRange> auto& v, auto&& use) {
    return use(v.first, v.last, v.group);
}
constexpr auto fields(Is<rules::WindowLimit> auto& v, auto&& use) {
    return use(v.amount_max, v.count_max);
}
constexpr auto fields(Is<rules::CashLimits> auto& v, auto&& use) {
    return use(v.single_max, v.day_max);
}
constexpr auto fields(Is<rules::ContactlessRules> auto& v, auto&& use) {
    return use(v.off, v.single_max, v.total_max, v.count_max);
}
constexpr auto fields(Is<rules::SpendingRules> auto& v, auto&& use) {
    return use(v.mcc_allowed, v.mcc_refused, v.cash_agreed, v.single_max, v.day, v.week, v.month,
               since<3>(v.quasi_cash_agreed), since<3>(v.cash), since<3>(v.quasi_cash),
               since<3>(v.contactless), since<3>(v.balance_hidden));
}
constexpr auto fields(Is<rules::ToleranceRule> auto& v, auto&& use) {
    return use(v.first, v.last, v.payments, v.basis_points, v.amount);
}
constexpr auto fields(Is<rules::ToleranceRules> auto& v, auto&& use) {
    return use(v.rules, v.foreign_basis_points);
}
constexpr auto fields(Is<rules::Request> auto& v, auto&& use) {
    return use(v.key, v.caller, v.council);
}
constexpr auto fields(Is<rules::AccountName> auto& v, auto&& use) {
    return use(v.programme, v.reference);
}
constexpr auto fields(Is<rules::TransactionAmounts> auto& v, auto&& use) {
    return use(v.transaction, v.transaction_currency, v.billing, v.billing_currency,
               v.conversion_rate, since<3>(v.mark_up));
}
constexpr auto fields(Is<rules::Merchant> auto& v, auto&& use) {
    return use(v.mcc, v.acceptor, v.terminal, v.country, v.name, v.city);
}
constexpr auto fields(Is<rules::NetworkIdentity> auto& v, auto&& use) {
    return use(v.network_transaction_id, v.acquirer, v.stan, v.transmission_time, v.rrn);
}
constexpr auto fields(Is<rules::OriginalReference> auto& v, auto&& use) {
    return use(v.authorisation_id, v.caller, v.request_key, v.identity, v.authorisation_code,
               since<3>(v.local_date));
}
constexpr auto fields(Is<rules::RefundedPurchase> auto& v, auto&& use) {
    return use(v.authorisation_id, v.network_transaction_id);
}
constexpr auto fields(Is<rules::MccSpan> auto& v, auto&& use) { return use(v.first, v.last); }
constexpr auto fields(Is<rules::PurseTerms> auto& v, auto&& use) {
    return use(v.funder, v.persons_own, v.mccs, v.exclusive, v.provider_register, v.weekdays,
               v.no_cash, v.spend_from, v.spend_until, v.intake_closed_from, v.staged, v.unit,
               v.unit_rate);
}
constexpr auto fields(Is<rules::PurseSpec> auto& v, auto&& use) {
    return use(v.name, v.priority, since<3>(v.terms));
}
constexpr auto fields(Is<rules::ProviderDates> auto& v, auto&& use) { return use(v.from, v.until); }

// --- Commands -----------------------------------------------------------------------------------

constexpr auto fields(Is<rules::Uplift> auto& v, auto&& use) {
    return use(v.basis_points, v.amount, v.at_least);
}
constexpr auto fields(Is<rules::HoldRule> auto& v, auto&& use) {
    return use(v.merchants, v.initiator, v.presence, v.exactness, v.lifetime, v.uplift);
}
constexpr auto fields(Is<rules::PartialApproval> auto& v, auto&& use) {
    return use(v.allowed, v.least);
}

constexpr auto fields(Is<rules::Authorise> auto& v, auto&& use) {
    return use(v.request, v.card_token, v.kind, v.amounts, v.cashback, v.merchant, v.identity,
               v.local_date, v.local_time, v.expiry, v.entry_mode, v.channel, v.pin_present,
               v.partial_capable, v.estimated, v.recurring, since<3>(v.refunds));
}
constexpr auto fields(Is<rules::Increment> auto& v, auto&& use) {
    return use(v.request, v.card_token, v.original, v.amounts, v.merchant, v.identity, v.estimated);
}
constexpr auto fields(Is<rules::Reverse> auto& v, auto&& use) {
    return use(v.request, v.card_token, v.original, v.remaining, v.currency, v.reason);
}
constexpr auto fields(Is<rules::Present> auto& v, auto&& use) {
    return use(v.request, v.card_token, v.direction, v.presentment_id, v.original, v.amounts,
               v.merchant, v.identity, v.local_date, v.final, since<3>(v.reverses),
               since<3>(v.kind));
}
constexpr auto fields(Is<rules::Advise> auto& v, auto&& use) {
    return use(v.request, v.card_token, v.advice, v.original, v.amounts, v.merchant, v.identity,
               v.local_date, v.code, v.entry_mode, v.channel, v.estimated, v.recurring);
}
constexpr auto fields(Is<rules::CreateProgramme> auto& v, auto&& use) {
    return use(v.request, v.code, v.council, v.name, v.currency, v.cut_off_second, v.hold_lifetime,
               v.defaults, v.reason, since<3>(v.hold_rules), since<3>(v.partial),
               since<3>(v.estimate_beyond_balance), since<3>(v.tolerance));
}
constexpr auto fields(Is<rules::OpenAccount> auto& v, auto&& use) {
    return use(v.request, v.account, v.arrangement, v.purses, v.vault_key, v.reason);
}
constexpr auto fields(Is<rules::OpenPurse> auto& v, auto&& use) {
    return use(v.request, v.account, v.purse, v.reason);
}
constexpr auto fields(Is<rules::IssueCard> auto& v, auto&& use) {
    return use(v.request, v.account, v.tokens, v.last_four, v.expiry, v.holder, v.holder_reference,
               v.reason, since<3>(v.activation_required), since<3>(v.single_use));
}
constexpr auto fields(Is<rules::Load> auto& v, auto&& use) {
    return use(v.request, v.account, v.purse, v.amount, v.currency, v.reference, v.reason,
               since<3>(v.units));
}
constexpr auto fields(Is<rules::ReleaseStage> auto& v, auto&& use) {
    return use(v.request, v.account, v.purse, v.amount, v.currency, v.stage, v.reason);
}
constexpr auto fields(Is<rules::ClosePurse> auto& v, auto&& use) {
    return use(v.request, v.account, v.purse, v.reason);
}
constexpr auto fields(Is<rules::SetEarmark> auto& v, auto&& use) {
    return use(v.request, v.account, v.reference, v.purse, v.amount, v.currency, v.payee, v.due,
               v.until, v.reason);
}
constexpr auto fields(Is<rules::WithdrawEarmark> auto& v, auto&& use) {
    return use(v.request, v.account, v.reference, v.reason);
}
constexpr auto fields(Is<rules::SetProvider> auto& v, auto&& use) {
    return use(v.request, v.programme, v.provider_register, v.acceptor, v.dates, v.reason);
}
constexpr auto fields(Is<rules::SetAgreement> auto& v, auto&& use) {
    return use(v.request, v.account, v.rules, v.reason);
}
constexpr auto fields(Is<rules::SetCardStatus> auto& v, auto&& use) {
    return use(v.request, v.card, v.card_token, v.status, v.reason, since<3>(v.by));
}
constexpr auto fields(Is<rules::ReplaceCard> auto& v, auto&& use) {
    return use(v.request, v.card, v.card_token, v.because, v.tokens, v.last_four, v.expiry,
               v.activation_required, v.reason);
}
constexpr auto fields(Is<rules::SetCardRules> auto& v, auto&& use) {
    return use(v.request, v.card, v.card_token, v.rules, v.reason);
}
constexpr auto fields(Is<rules::SetAccountStatus> auto& v, auto&& use) {
    return use(v.request, v.account, v.status, v.reason);
}
constexpr auto fields(Is<rules::ProposeResolution> auto& v, auto&& use) {
    return use(v.request, v.account, v.authorisation, v.kind, v.amount, v.currency, v.notice_until,
               v.reason);
}
constexpr auto fields(Is<rules::DecideResolution> auto& v, auto&& use) {
    return use(v.request, v.account, v.proposal, v.approve, v.reason);
}
constexpr auto fields(Is<rules::RecoverExposure> auto& v, auto&& use) {
    return use(v.request, v.account, v.proposal, v.reason);
}
constexpr auto fields(Is<rules::OpenDispute> auto& v, auto&& use) {
    return use(v.request, v.account, v.authorisation, v.amount, v.currency, v.category,
               v.provisional, v.reason);
}
constexpr auto fields(Is<rules::CloseDispute> auto& v, auto&& use) {
    return use(v.request, v.account, v.authorisation, v.outcome, v.reason);
}
constexpr auto fields(Is<rules::CloseSettlement> auto& v, auto&& use) {
    return use(v.request, v.programme, v.day, v.requested_by);
}
constexpr auto fields(Is<rules::SetOffsetTable> auto& v, auto&& use) {
    return use(v.zone, v.table);
}
constexpr auto fields(Is<rules::ExpireHold> auto& v, auto&& use) { return use(v.authorisation); }
constexpr auto fields(Is<rules::PayEarmark> auto& v, auto&& use) {
    return use(v.account, v.earmark);
}
constexpr auto fields(Is<rules::EndPurse> auto& v, auto&& use) { return use(v.account, v.purse); }
constexpr auto fields(Is<rules::EndBusinessDay> auto& v, auto&& use) {
    return use(v.programme, v.day);
}
constexpr auto fields(Is<rules::AdvanceClock> auto& v, auto&& use) {
    return use(v.request, v.to, v.reason);
}
constexpr auto fields(Is<rules::AcceptClock> auto& v, auto&& use) {
    return use(v.request, v.seen, v.reason);
}

constexpr auto fields(Is<rules::RestoreToService> auto& v, auto&& use) {
    return use(v.seen, v.reason);
}

// --- Parts of events ----------------------------------------------------------------------------

constexpr auto fields(Is<rules::Decline> auto& v, auto&& use) {
    return use(v.reason, v.level, v.amount_would_work, v.count_max, v.works_from, since<3>(v.purse),
               since<3>(v.verdict));
}
constexpr auto fields(Is<rules::WindowCount> auto& v, auto&& use) { return use(v.amount, v.count); }
constexpr auto fields(Is<rules::Portion> auto& v, auto&& use) {
    return use(v.kind, v.amount, v.to_hold);
}
constexpr auto fields(Is<rules::RaisedFrom> auto& v, auto&& use) { return use(v.amount); }
constexpr auto fields(Is<rules::WindowAmounts> auto& v, auto&& use) {
    return use(v.day, v.week, v.month);
}
constexpr auto fields(Is<rules::WindowFlags> auto& v, auto&& use) {
    return use(v.day, v.week, v.month);
}
constexpr auto fields(Is<rules::UncountedApart> auto& v, auto&& use) {
    return use(v.amounts, v.places);
}
constexpr auto fields(Is<rules::PurseFact> auto& v, auto&& use) {
    return use(v.purse, v.verdict, v.spendable);
}
constexpr auto fields(Is<rules::SpendingFacts> auto& v, auto&& use) {
    return use(v.card_status, v.account_status, v.card_expiry, v.card_expires_ns, v.currency,
               v.available, v.open_count, v.day, v.week, v.month, v.reversed_before,
               since<3>(v.portion), since<3>(v.raised_from), since<3>(v.taps),
               since<3>(v.cash_today), since<3>(v.purses), since<3>(v.earmarked),
               since<3>(v.by_card), since<3>(v.balance_hidden_by));
}
constexpr auto fields(Is<rules::EarmarkChange> auto& v, auto&& use) {
    return use(v.earmark, v.left, v.used);
}
constexpr auto fields(Is<rules::CardCounts> auto& v, auto&& use) {
    return use(v.since_ns, v.day, v.week, v.month, v.cash_today);
}
constexpr auto fields(Is<rules::FullNames> auto& v, auto&& use) {
    return use(v.caller, v.request_key, v.identity);
}
constexpr auto fields(Is<rules::KeptReversal> auto& v, auto&& use) {
    return use(v.kept_by, v.original, v.remaining, v.until_ns);
}
constexpr auto fields(Is<rules::ReversedBefore> auto& v, auto&& use) {
    return use(v.remaining, v.kept_by);
}
constexpr auto fields(Is<rules::Posting> auto& v, auto&& use) {
    return use(v.account, v.purse, v.amount);
}
constexpr auto fields(Is<rules::LedgerTotals> auto& v, auto&& use) {
    return use(v.totals, since<3>(v.promised), since<3>(v.owed_to_person), since<3>(v.written_off),
               since<3>(v.disputed));
}
constexpr auto fields(Is<rules::PurseSurplus> auto& v, auto&& use) {
    return use(v.funder, v.persons_own, v.amount);
}
constexpr auto fields(Is<rules::Leg> auto& v, auto&& use) {
    return use(v.purse, v.held, v.debited, v.credited);
}
constexpr auto fields(Is<rules::Tolerance> auto& v, auto&& use) {
    return use(v.basis_points, v.foreign_basis_points, v.amount);
}
constexpr auto fields(Is<rules::Foreign> auto& v, auto&& use) {
    return use(v.currency, v.authorised, v.cleared);
}
constexpr auto fields(Is<rules::Exception> auto& v, auto&& use) { return use(v.reason, v.amount); }
constexpr auto fields(Is<rules::Authorisation> auto& v, auto&& use) {
    return use(v.id, v.account, v.card, v.state, v.caller, v.request_key, v.identity, v.code,
               v.approved, v.legs, v.exposure, v.presented_debit, v.presented_credit, v.counted,
               v.windows, v.decided_ns, v.expires_ns, since<3>(v.flow), since<3>(v.cash),
               since<3>(v.refunds), since<3>(v.tap), since<3>(v.counted_in), since<3>(v.local_date),
               since<3>(v.reversed), since<3>(v.taken_back), since<3>(v.promised),
               since<3>(v.finished), since<3>(v.foreign), since<3>(v.tolerance),
               since<3>(v.by_card), since<3>(v.written_off), since<3>(v.lent),
               since<3>(v.charged_back), since<3>(v.owed_back), since<3>(v.raised_ns));
}
constexpr auto fields(Is<rules::Dispute> auto& v, auto&& use) {
    return use(v.opened, v.authorisation, v.category, v.state, v.amount, v.due);
}
constexpr auto fields(Is<rules::Tap> auto& v, auto&& use) {
    return use(v.counted, v.round, v.amount);
}
constexpr auto fields(Is<rules::CashCount> auto& v, auto&& use) { return use(v.of, v.amount); }
constexpr auto fields(Is<rules::Uncounted> auto& v, auto&& use) {
    return use(v.amount, v.place, v.windows, since<3>(v.cash), since<3>(v.apart), since<3>(v.tap),
               since<3>(v.by_card));
}
constexpr auto fields(Is<rules::DayTotals> auto& v, auto&& use) {
    return use(v.debit_count, v.credit_count, v.debit, v.credit);
}

// --- Events -------------------------------------------------------------------------------------

constexpr auto fields(Is<rules::AuthorisationDecided> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.id, v.decline, v.code, v.approved,
               v.available, v.defaults, v.agreement, v.agreement_version, v.facts, v.windows,
               v.expires_ns, v.legs, v.postings, since<3>(v.cash), since<3>(v.refunds),
               since<3>(v.uplift), since<3>(v.tap), since<3>(v.tolerance), since<3>(v.card_rules),
               since<3>(v.uses_card), since<3>(v.earmarks));
}
constexpr auto fields(Is<rules::Reversed> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.matched_by, v.decline, v.released,
               v.available, v.after, v.uncounted, v.postings, since<3>(v.exception),
               since<3>(v.earmarks));
}
constexpr auto fields(Is<rules::Presented> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.matched_by, v.released, v.exposure,
               v.recovered, v.unmatched, v.available, v.after, v.uncounted, v.postings,
               since<3>(v.exception), since<3>(v.announced), since<3>(v.repaid),
               since<3>(v.earmarks), since<3>(v.settled), since<3>(v.owed_back),
               since<3>(v.dispute), since<3>(v.broken));
}
constexpr auto fields(Is<rules::Advised> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.matched_by, v.reserved, v.released,
               v.exposure, v.available, v.reversed_before, v.after, v.uncounted, v.postings,
               v.exception, v.uses_card, v.earmarks, v.broken);
}
constexpr auto fields(Is<rules::ProgrammeCreated> auto& v, auto&& use) {
    return use(v.request, v.programme, v.defaults, v.first_day);
}
constexpr auto fields(Is<rules::AccountOpened> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account);
}
constexpr auto fields(Is<rules::PurseOpened> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse);
}
constexpr auto fields(Is<rules::CardIssued> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.expires_ns);
}
constexpr auto fields(Is<rules::Loaded> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.purse_available, v.available,
               v.postings);
}
constexpr auto fields(Is<rules::StageReleased> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.unreleased, v.available);
}
constexpr auto fields(Is<rules::EarmarkSet> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.until, v.today, v.unearmarked,
               v.available);
}
constexpr auto fields(Is<rules::EarmarkWithdrawn> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.earmark, v.freed, v.available);
}
constexpr auto fields(Is<rules::EarmarkPaid> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.reference, v.amount, v.available,
               v.postings, v.earmarked);
}
constexpr auto fields(Is<rules::ProviderSet> auto& v, auto&& use) {
    return use(v.request, v.programme);
}
constexpr auto fields(Is<rules::AgreementSet> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.agreement, v.version);
}
constexpr auto fields(Is<rules::CardStatusSet> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, since<3>(v.frozen_by), since<3>(v.ended));
}
constexpr auto fields(Is<rules::AccountStatusSet> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account);
}
constexpr auto fields(Is<rules::HoldExpired> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.released, v.after, v.uncounted, v.postings,
               since<3>(v.earmarks));
}
constexpr auto fields(Is<rules::BusinessDayEnded> auto& v, auto&& use) {
    return use(v.request, v.last, v.cleared, v.trial_balance);
}
constexpr auto fields(Is<rules::SettlementClosed> auto& v, auto&& use) {
    return use(v.request, v.programme, v.number, v.first, v.last, v.cleared);
}
constexpr auto fields(Is<rules::OffsetTableSet> auto& v, auto&& use) { return use(v.request); }
constexpr auto fields(Is<rules::ClockAdvanced> auto& v, auto&& use) { return use(v.request); }
constexpr auto fields(Is<rules::ClockAccepted> auto& v, auto&& use) {
    return use(v.request, v.last);
}
constexpr auto fields(Is<rules::ReversalKept> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.kept, v.replaces, v.available);
}
constexpr auto fields(Is<rules::HoldIncreased> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.matched_by, v.decline, v.extra,
               v.cumulative, v.available, v.defaults, v.agreement, v.agreement_version, v.facts,
               v.windows, v.places, v.after, v.postings, v.card_rules, v.earmarks);
}
constexpr auto fields(Is<rules::CardReplaced> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.old_card, v.old_status, v.ended, v.card,
               v.expires_ns);
}
constexpr auto fields(Is<rules::CardRulesSet> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.card, v.rules, v.version);
}
constexpr auto fields(Is<rules::PurseClosed> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.day, v.surplus, v.available,
               v.postings);
}
constexpr auto fields(Is<rules::PurseEnded> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.purse, v.last_day, v.surplus, v.available,
               v.postings);
}
constexpr auto fields(Is<rules::ResolutionProposed> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.exposure);
}
constexpr auto fields(Is<rules::ResolutionDecided> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.authorisation, v.kind, v.amount, v.after,
               v.postings);
}
constexpr auto fields(Is<rules::ExposureRecovered> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.amount, v.available, v.after, v.postings);
}
constexpr auto fields(Is<rules::DisputeOpened> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.dispute, v.lent, v.available, v.after,
               v.postings);
}
constexpr auto fields(Is<rules::DisputeClosed> auto& v, auto&& use) {
    return use(v.request, v.programme, v.account, v.dispute, v.taken, v.exposure, v.available,
               v.after, v.postings, v.exception);
}
constexpr auto fields(Is<rules::LostBatches> auto& v, auto&& use) {
    return use(v.programme, v.first, v.last);
}
constexpr auto fields(Is<rules::Restored> auto& v, auto&& use) {
    return use(v.request, v.epoch, v.restored_to, v.lost_first, v.lost_last, v.batches_lost);
}

}  // namespace carecard::journal
