#include "services/settlement/batch_message.h"

#include "common/sha256.h"
#include "services/rpc/currency.h"
#include "services/rpc/wire.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"
#include "services/settlement/text.h"

namespace carecard::settlement {
namespace {

void add_file(std::string_view name, const FileDigest& digest, v1::Batch& message) {
    v1::BatchFile& file = *message.add_files();
    file.set_name(std::string(name));
    file.set_size_bytes(digest.size);
    file.set_sha256(to_hex(digest.sha256));
}

rpc::Price price_of(TotalMinor total, CurrencyCode currency) {
    return {.amount = {static_cast<std::int64_t>(total.value)}, .currency = currency};
}

void set_total(const CountAndSum& total, CurrencyCode currency, v1::BatchTotal& message) {
    message.set_count(total.count);
    rpc::set_money(price_of(total.sum, currency), *message.mutable_amount());
}

CurrencyCode code_of(std::string_view letters) {
    const rpc::Currency* const currency = rpc::find_currency(letters);
    if (currency != nullptr) return currency->code;
    return {number_from_text<std::uint16_t>(letters).value_or(0)};
}

}  // namespace

void set_batch(const ClosedBatch& batch, v1::Batch& message) {
    const Manifest& manifest = batch.manifest;
    message.set_programme(manifest.programme);
    message.set_number(manifest.number);
    message.set_day(day_text(manifest.day));
    message.set_epoch(manifest.epoch.value);
    message.set_lost(batch.lost);
    message.set_first_sequence(manifest.first.value);
    message.set_last_sequence(manifest.last.value);
    rpc::set_timestamp(batch.closed_at, *message.mutable_closed_at());
    add_file(positions_file, manifest.positions, message);
    add_file(items_file, manifest.items, message);
    add_file(signature_file, batch.signature_digest, message);
    add_file(manifest_file, batch.manifest_digest, message);
    const CurrencyCode currency = code_of(manifest.currency);
    set_total(manifest.totals.debits, currency, *message.mutable_cleared());
    set_total(manifest.totals.credits, currency, *message.mutable_refunded());
    set_total(manifest.totals.loads, currency, *message.mutable_loaded());
    set_total(manifest.totals.returned, currency, *message.mutable_returned());
    set_total(manifest.totals.owed, currency, *message.mutable_owed());
    set_total(manifest.totals.write_offs, currency, *message.mutable_written_off());
    set_total(manifest.totals.exposure_recoveries, currency, *message.mutable_exposure_recovered());
    set_total(manifest.totals.write_offs_repaid, currency, *message.mutable_write_off_repaid());
    set_total(manifest.totals.provisional_credits, currency, *message.mutable_provisional_credit());
    set_total(manifest.totals.provisional_debits, currency, *message.mutable_provisional_debit());
    set_total(manifest.totals.disputes_repaid, currency, *message.mutable_dispute_repaid());
    set_total(manifest.totals.disputes_paid_back, currency, *message.mutable_dispute_paid_back());
    set_total(manifest.totals.council_payments, currency, *message.mutable_council_payment());
    rpc::set_money(price_of(manifest.totals.closing_exposure, currency),
                   *message.mutable_exposure());
}

}  // namespace carecard::settlement
