#include "services/settlement/cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "common/merkle.h"
#include "services/journal/codec.h"
#include "services/settlement/period.h"

namespace carecard::settlement {
namespace {

/// Adds `amount` to `balance`. @return whether the sum is one that a balance may have.
bool add(AmountMinor& balance, AmountMinor amount) {
    const std::optional<AmountMinor> sum = checked_add(balance, amount);
    if (!sum) return false;
    balance = *sum;
    return true;
}

/// @return whether the line fits what the position may hold.
bool post_line(const rules::Posting& line, Position& position) {
    switch (line.account) {
        case rules::LedgerAccount::available:
            return add(position.balance, line.amount);
        case rules::LedgerAccount::held:
            return add(position.balance, line.amount) && add(position.held, line.amount);
        case rules::LedgerAccount::exposure:
        case rules::LedgerAccount::promised:  // of the exposure, what has not cleared
            return add(position.exposure, -line.amount);
        case rules::LedgerAccount::funding:
        case rules::LedgerAccount::settlement:
        case rules::LedgerAccount::fees:
        case rules::LedgerAccount::recovered:
        case rules::LedgerAccount::owed_to_person:
        case rules::LedgerAccount::written_off:
        case rules::LedgerAccount::disputed:
            return true;
    }
    return false;
}

}  // namespace

Fault contradiction(Sequence sequence, std::string_view what) {
    return {FaultKind::corrupt, "record",
            fmt::format("the journal contradicts itself at sequence {}: {}", sequence.value, what),
            "Stop, keep the journal and the batches as they are, and call an operator."};
}

Result<Done> Cut::post(const rules::Postings& postings, AccountId id, const rules::Stamp& stamp) {
    if (id.value == 0 || id.value > accounts_.size()) {
        return contradiction(stamp.sequence, "its account does not exist");
    }
    Position& position = accounts_[id.value - 1].position;
    constexpr AmountMinor zero;
    for (const rules::Posting& line : postings) {
        if (!post_line(line, position)) {
            return contradiction(stamp.sequence, "a balance leaves its limits");
        }
    }
    if (position.held < zero || position.held > position.balance || position.exposure < zero) {
        return contradiction(stamp.sequence, "a balance is below zero");
    }
    touched_.insert(id);
    return Done{};
}

void Cut::append(const rules::Loaded& event, Item& item) {
    item.kind = ItemKind::load;
    item.account = accounts_[event.account.value - 1].reference.view();
    item.reference = event.request.reference.view();
    item.amount = event.amount();
    item.balance_effect = effect_of(item);
    append_row(draft_.items, item);
    add_to_totals(item);
}

void Cut::append(const rules::Presented& event, Item& item) {
    const rules::Present& request = event.request;
    item.kind = request.direction == rules::Direction::debit ? ItemKind::debit : ItemKind::credit;
    item.account = accounts_[event.account.value - 1].reference.view();
    item.card_last_four = cards_[event.card.value - 1].view();
    item.authorisation = event.after.id;
    item.reference = request.presentment_id.view();
    item.matched_by = event.matched_by;
    item.mcc = request.merchant.mcc.value;
    item.amount = request.amounts.billing;
    item.transaction_amount = request.amounts.transaction;
    item.transaction_currency =
        request.amounts.transaction_currency == request.amounts.billing_currency
            ? batch_.currency
            : batch_.currency_name(request.amounts.transaction_currency);
    const bool debit = item.kind == ItemKind::debit;
    const std::int64_t kept = event.settled.value + event.owed_back.value;
    item.exposure = {event.exposure.value + (debit ? kept : 0)};
    item.recovered = {event.recovered.value + event.repaid.value + (debit ? 0 : kept)};
    item.balance_effect = effect_of(item);
    append_row(draft_.items, item);
    add_to_totals(item);
}

void Cut::append_part(const rules::Presented& event, ItemKind kind, AmountMinor amount, Item item) {
    if (amount.value == 0) return;
    item.kind = kind;
    item.account = accounts_[event.account.value - 1].reference.view();
    item.authorisation = event.after.id;
    item.reference = event.request.presentment_id.view();
    item.amount = amount;
    append_row(draft_.items, item);
    add_to_totals(item);
}

void Cut::append_parts(const rules::Presented& event, const Item& item) {
    const bool debit = event.request.direction == rules::Direction::debit;
    append_part(event, ItemKind::write_off_repaid, event.repaid, item);
    append_part(event, debit ? ItemKind::dispute_paid_back : ItemKind::dispute_repaid,
                {event.settled.value + event.owed_back.value}, item);
}

void Cut::append(const rules::DisputeOpened& event, Item& item) {
    append_lent(event, ItemKind::provisional_credit, event.lent, item);
}

void Cut::append(const rules::DisputeClosed& event, Item& item) {
    item.exposure = event.exposure;
    append_lent(event, ItemKind::provisional_debit, {event.taken.value + event.exposure.value},
                item);
}

template <class Event>
void Cut::append_lent(const Event& event, ItemKind kind, AmountMinor amount, Item& item) {
    if (amount.value == 0) return;
    item.kind = kind;
    item.account = accounts_[event.account.value - 1].reference.view();
    item.authorisation = event.after.id;
    item.reference = fmt::format("{}", event.dispute.opened.value);
    item.amount = amount;
    item.balance_effect = effect_of(item);
    append_row(draft_.items, item);
    add_to_totals(item);
}

void Cut::append_sent_on(const rules::Postings& postings, AccountId account, Item item) {
    item.account = accounts_[account.value - 1].reference.view();
    for (const rules::Posting& line : postings) {
        if (!rules::has_left_purse(line.account) || line.amount.value == 0) continue;
        const bool owed = line.account == rules::LedgerAccount::owed_to_person;
        item.kind = owed ? ItemKind::owed : ItemKind::returned;
        item.reference = fmt::format("{}", line.purse.value);
        item.amount = line.amount;
        item.balance_effect = effect_of(item);
        append_row(draft_.items, item);
        add_to_totals(item);
    }
}

void Cut::append(const rules::ResolutionDecided& event, Item& item) {
    item.kind = ItemKind::write_off;
    append_resolved(event, item);
}

void Cut::append(const rules::ExposureRecovered& event, Item& item) {
    item.kind = ItemKind::exposure_recovery;
    append_resolved(event, item);
}

void Cut::append(const rules::EarmarkPaid& event, Item& item) {
    item.kind = ItemKind::council_payment;
    item.account = accounts_[event.account.value - 1].reference.view();
    item.reference = event.reference.view();
    item.amount = event.amount;
    item.balance_effect = effect_of(item);
    append_row(draft_.items, item);
    add_to_totals(item);
}

template <class Event>
void Cut::append_resolved(const Event& event, Item& item) {
    item.account = accounts_[event.account.value - 1].reference.view();
    item.authorisation = event.after.id;
    item.reference = fmt::format("{}", event.request.proposal.value);
    item.amount = event.amount;
    item.balance_effect = effect_of(item);
    append_row(draft_.items, item);
    add_to_totals(item);
}

void Cut::add_to_totals(const Item& item) {
    BatchTotals& totals = draft_.manifest.totals;
    CountAndSum& sum = totals.of(item.kind);
    ++sum.count;
    sum.sum.add(item.amount);
    totals.exposure.add(item.exposure);
    totals.recovered.add(item.recovered);
}

Result<Done> Cut::fold(std::span<const std::byte> clear) {
    const Result<journal::DecodedEvent> decoded = journal::decode_clear(clear);
    if (!decoded) return decoded.fault();
    const rules::Stamp& stamp = decoded->stamp;
    const auto new_item = [&] {
        return Item{.sequence = stamp.sequence,
                    .time = stamp.now_ns,
                    .currency = batch_.currency,
                    .leaf = leaf_hash(clear)};
    };
    return std::visit(
        [&](const auto& event) -> Result<Done> {
            using Fact = std::decay_t<decltype(event)>;
            if constexpr (requires { event.postings; }) {
                const Result<Done> posted = post(event.postings, event.account, stamp);
                if (!posted) return posted.fault();
            }
            if constexpr (std::is_same_v<Fact, rules::Presented>) {
                if (event.after.id.none()) return Done{};  // a clearing taken back in vain
                if (event.card.value == 0 || event.card.value > cards_.size()) {
                    return contradiction(stamp.sequence, "its card does not exist");
                }
            }
            if constexpr (std::is_same_v<Fact, rules::ResolutionDecided>) {
                if (event.postings.empty()) return Done{};  // no write-off
            }
            if constexpr (std::is_same_v<Fact, rules::EarmarkPaid>) {
                if (event.amount.value == 0) return Done{};  // nothing was left of it
            }
            if constexpr (requires(Item& item) { append(event, item); }) {
                Item item = new_item();
                append(event, item);
            }
            if constexpr (std::is_same_v<Fact, rules::Presented>) {
                append_parts(event, new_item());
            }
            if constexpr (requires { event.postings; }) {
                const auto leaves = [](const rules::Posting& line) {
                    return rules::has_left_purse(line.account);
                };
                if (std::ranges::any_of(event.postings, leaves)) {
                    append_sent_on(event.postings, event.account, new_item());
                }
            }
            return Done{};
        },
        decoded->event);
}

Result<Done> Cut::end_of_day(std::span<const std::byte> clear) {
    const Result<journal::DecodedEvent> decoded = journal::decode_clear(clear);
    if (!decoded) return decoded.fault();
    const auto* const ended = std::get_if<rules::BusinessDayEnded>(&decoded->event);
    if (ended != nullptr && ended->request.day == batch_.event.request.day) {
        trial_balance_ = ended->trial_balance;
    }
    return Done{};
}

Result<Done> Cut::finish() const {
    const BatchTotals& totals = draft_.manifest.totals;
    const rules::DayTotals& stated = batch_.event.cleared;
    if (totals.debits != CountAndSum{stated.debit_count, stated.debit} ||
        totals.credits != CountAndSum{stated.credit_count, stated.credit}) {
        return contradiction(batch_.event.last,
                             "the items of the batch are not what its closing states");
    }
    if (!trial_balance_) {
        return contradiction(batch_.event.last, "the batch does not end where its day ended");
    }
    const rules::LedgerTotals& ledger = *trial_balance_;
    const TotalMinor holders{ledger[rules::LedgerAccount::available].value +
                             ledger[rules::LedgerAccount::held].value};
    if (totals.closing_balance != holders ||
        totals.closing_held != ledger[rules::LedgerAccount::held] ||
        totals.closing_exposure.value != -(ledger[rules::LedgerAccount::exposure].value +
                                           ledger[rules::LedgerAccount::promised].value)) {
        return contradiction(batch_.event.last,
                             "the closing position is not the day's trial balance");
    }
    return Done{};
}

}  // namespace carecard::settlement
