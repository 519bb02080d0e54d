#include <algorithm>

#include "common/check.h"
#include "rules/kinds.h"
#include "services/authorisation/convert_decline.h"
#include "services/authorisation/convert_exception.h"
#include "services/authorisation/convert_response.h"
#include "services/authorisation/show.h"
#include "services/authorisation/show_parts.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::authorisation {
namespace {

const rules::Card* card_of(const AccountView& view, CardId id) {
    const auto found =
        std::ranges::find_if(view.cards, [&](const auto& shown) { return shown.card.id == id; });
    return found == view.cards.end() ? nullptr : &found->card;
}

/// What most kinds of entries have.
template <class Event>
void set_card(const Event& event, const AccountView& view, v1::Transaction& response) {
    const rules::Card* card = card_of(view, event.card);
    response.set_card_id(event.card.value);
    if (card != nullptr) response.set_last_four(card->last_four.str());
}

void set_merchant(const rules::Merchant& merchant, v1::Transaction& response) {
    response.set_mcc(four_digits(merchant.mcc));
    show_merchant(merchant, *response.mutable_merchant());
}

void set_foreign(const rules::TransactionAmounts& amounts, v1::Transaction& response) {
    if (amounts.transaction_currency == amounts.billing_currency) return;
    rpc::set_money({amounts.transaction, amounts.transaction_currency},
                   *response.mutable_transaction());
    response.set_conversion_rate(amounts.conversion_rate.str());
    if (amounts.mark_up.value == 0) return;
    rpc::set_money({amounts.mark_up, amounts.billing_currency}, *response.mutable_mark_up());
}

/// What of an event left purses that are over.
AmountMinor returned_by(const rules::Postings& postings) {
    AmountMinor sum;
    for (const rules::Posting& line : postings) {
        if (rules::has_left_purse(line.account)) sum.value += line.amount.value;
    }
    return sum;
}

v1::EntryKind kind_of(rules::AdviceKind advice) {
    switch (advice) {
        case rules::AdviceKind::stand_in_approved:
            return v1::ENTRY_KIND_STAND_IN_APPROVED;
        case rules::AdviceKind::stand_in_declined:
            return v1::ENTRY_KIND_STAND_IN_DECLINED;
        case rules::AdviceKind::completion:
            return v1::ENTRY_KIND_COMPLETED;
    }
    CHECK(false);
}

v1::EntryKind kind_of(const rules::Present& request) {
    const bool debit = request.direction == rules::Direction::debit;
    switch (request.kind) {
        case rules::PresentmentKind::clearing:
            if (!request.reverses.empty()) return v1::ENTRY_KIND_TAKEN_BACK;
            return debit ? v1::ENTRY_KIND_CLEARED : v1::ENTRY_KIND_REFUNDED;
        case rules::PresentmentKind::chargeback:
            return v1::ENTRY_KIND_CHARGED_BACK;
        case rules::PresentmentKind::second:
            return v1::ENTRY_KIND_PRESENTED_AGAIN;
    }
    CHECK(false);
}

/// One overload for each kind of event that a list of transactions has.
struct Entry {
    const AccountView& view;
    Till till;
    v1::Transaction& out;

    void operator()(const rules::AuthorisationDecided& event) const {
        const bool declined = event.decline.declined();
        out.set_entry_kind(declined ? v1::ENTRY_KIND_DECLINED : v1::ENTRY_KIND_APPROVED);
        out.set_kind(static_cast<v1::TransactionKind>(event.request.kind));
        out.set_authorisation_id(rpc::to_text(event.id));
        till.set(declined ? event.request.amounts.billing : event.approved, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        if (declined) to_response(event.decline, till.currency(), *out.mutable_decline());
        if (!declined) set_terms(event);
        set_foreign(event.request.amounts, out);
        set_card(event, view, out);
        set_merchant(event.request.merchant, out);
    }
    void operator()(const rules::HoldIncreased& event) const {
        const bool declined = event.decline.declined();
        out.set_entry_kind(v1::ENTRY_KIND_INCREASED);
        if (!declined) out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(declined ? event.request.amounts.billing : event.extra, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        if (declined) to_response(event.decline, till.currency(), *out.mutable_decline());
        set_foreign(event.request.amounts, out);
        set_card(event, view, out);
        set_merchant(event.request.merchant, out);
    }
    void operator()(const rules::Reversed& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_REVERSED);
        out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.released, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        if (event.decline.declined()) {
            to_response(event.decline, till.currency(), *out.mutable_decline());
        }
        set_exception(event.exception);
        set_card(event, view, out);
    }
    void operator()(const rules::ReversalKept& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_REVERSAL_KEPT);
        till.set(event.kept.remaining, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        set_card(event, view, out);
    }
    void operator()(const rules::Presented& event) const {
        out.set_entry_kind(kind_of(event.request));
        if (!event.after.id.none()) out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.request.amounts.billing, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        set_parts(event);
        set_exception(event.exception);
        set_foreign(event.request.amounts, out);
        set_card(event, view, out);
        set_merchant(event.request.merchant, out);
    }
    void operator()(const rules::Advised& event) const {
        out.set_entry_kind(kind_of(event.request.advice));
        if (!event.after.id.none()) out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.request.amounts.billing, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        set_some(event.exposure, &v1::Transaction::mutable_exposure);
        set_some(event.broken, &v1::Transaction::mutable_earmarks_broken);
        set_exception(event.exception);
        set_foreign(event.request.amounts, out);
        set_card(event, view, out);
        set_merchant(event.request.merchant, out);
    }
    void operator()(const rules::HoldExpired& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_EXPIRED);
        out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.released, *out.mutable_amount());
        set_card(event.after, view, out);
    }
    void operator()(const rules::Loaded& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_LOADED);
        till.set(event.amount(), *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_load_reference(event.request.reference.str());
        out.set_purse(view.account.purse(event.purse).name.str());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::ResolutionDecided& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_WRITTEN_OFF);
        out.set_authorisation_id(rpc::to_text(event.authorisation));
        till.set(event.amount, *out.mutable_amount());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::ExposureRecovered& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_EXPOSURE_RECOVERED);
        out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.amount, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::DisputeOpened& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_DISPUTE_OPENED);
        set_dispute(event);
        set_some(event.lent, &v1::Transaction::mutable_credited);
    }
    void operator()(const rules::DisputeClosed& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_DISPUTE_CLOSED);
        set_dispute(event);
        out.set_dispute_outcome(static_cast<v1::DisputeOutcome>(event.request.outcome));
        set_some(event.dispute.due, &v1::Transaction::mutable_due);
        set_some(event.taken, &v1::Transaction::mutable_taken_back);
        set_some(event.exposure, &v1::Transaction::mutable_exposure);
        set_exception(event.exception);
    }
    void operator()(const rules::StageReleased& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_STAGE_RELEASED);
        till.set(event.request.amount, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_stage(event.request.stage.str());
        out.set_purse(event.request.purse.str());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::EarmarkSet& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_EARMARK_SET);
        till.set(event.request.amount, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_purse(view.account.purse(event.purse).name.str());
        out.set_earmark(event.request.reference.str());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::EarmarkWithdrawn& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_EARMARK_WITHDRAWN);
        till.set(event.freed, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_earmark(event.request.reference.str());
        out.set_changed_by(event.request.request.caller.str());
    }
    void operator()(const rules::EarmarkPaid& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_COUNCIL_PAID);
        till.set(event.amount, *out.mutable_amount());
        till.set(event.earmarked, *out.mutable_earmarked());
        till.set(event.available, *out.mutable_available_after());
        out.set_purse(view.account.purse(event.purse).name.str());
        out.set_earmark(event.reference.str());
    }
    void operator()(const rules::PurseEnded& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_PURSE_ENDED);
        set_end(event);
    }
    void operator()(const rules::PurseClosed& event) const {
        out.set_entry_kind(v1::ENTRY_KIND_PURSE_CLOSED);
        set_end(event);
        out.set_changed_by(event.request.request.caller.str());
    }
    template <class Other>
    void operator()(const Other&) const {}

    /// Unset when it is zero.
    void set_some(AmountMinor amount, v1::Money* (v1::Transaction::*field)()) const {
        if (amount.value != 0) till.set(amount, *(out.*field)());
    }

    /// What became of what a presentment brought or took.
    void set_parts(const rules::Presented& event) const {
        set_some(event.exposure, &v1::Transaction::mutable_exposure);
        set_some(event.broken, &v1::Transaction::mutable_earmarks_broken);
        set_some(event.recovered, &v1::Transaction::mutable_recovered);
        set_some(event.repaid, &v1::Transaction::mutable_repaid);
        set_some(event.settled, &v1::Transaction::mutable_settled);
        set_some(event.owed_back, &v1::Transaction::mutable_owed_back);
    }

    template <class Disputed>
    void set_dispute(const Disputed& event) const {
        out.set_authorisation_id(rpc::to_text(event.after.id));
        till.set(event.dispute.amount, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_dispute_category(static_cast<v1::DisputeCategory>(event.dispute.category));
        out.set_changed_by(event.request.request.caller.str());
    }

    template <class Ending>
    void set_end(const Ending& event) const {
        till.set(event.surplus.amount, *out.mutable_amount());
        till.set(event.available, *out.mutable_available_after());
        out.set_purse(view.account.purse(event.purse).name.str());
    }

    /// How an approval differs from the request, and the hold from the approval.
    void set_terms(const rules::AuthorisationDecided& event) const {
        if (outcome_of(event) == v1::AUTHORISE_OUTCOME_APPROVED_PARTLY) {
            till.set(event.request.amounts.billing, *out.mutable_asked());
        }
        out.set_cashback_refused(cashback_refused(event));
        AmountMinor held;
        for (const rules::Leg& leg : event.legs) held.value += leg.held.value;
        const bool holds = rules::flow_of(event.request.kind) == rules::Flow::takes;
        if (holds && held != event.approved) till.set(held, *out.mutable_held());
    }

    void set_exception(const rules::Exception& exception) const {
        if (exception.raised()) {
            to_response(exception, till.currency(), *out.mutable_exception());
        }
    }
};

}  // namespace

void show(const sequencer::Recorded& recorded, const AccountView& view, v1::Transaction& response) {
    response.set_event_id(rpc::to_text(
        AuthorisationId{.epoch = recorded.stamp.epoch, .sequence = recorded.stamp.sequence}));
    rpc::set_timestamp(recorded.stamp.now_ns, *response.mutable_at());
    const Till till(view.currency);
    std::visit(Entry{.view = view, .till = till, .out = response}, recorded.event);
    const auto returned = [](const auto& event) {
        if constexpr (requires { event.postings; }) return returned_by(event.postings);
        return AmountMinor{};
    };
    const AmountMinor left = std::visit(returned, recorded.event);
    if (left.value != 0) till.set(left, *response.mutable_returned());
}

}  // namespace carecard::authorisation
