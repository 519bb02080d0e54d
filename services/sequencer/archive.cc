#include "services/sequencer/archive.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "rules/apply.h"
#include "services/journal/image.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

void append_id(std::string& out, const AuthorisationId& id) {
    append_big_endian(out, id.epoch.value);
    append_big_endian(out, id.sequence.value);
}

void append_stamp(std::string& out, TimestampNs at) {
    append_big_endian(out, static_cast<std::uint64_t>(at.value));
}

TimestampNs stamp_in(RowReader& row) {
    return {static_cast<std::int64_t>(row.number<std::uint64_t>())};
}

std::string once_key(const rules::NaturalKey& key) {
    std::string row;
    row.push_back(static_cast<char>(key.kind));
    append_big_endian(row, key.account.value);
    row.append(key.name.view());
    return row;
}

bool is_past(TimestampNs at, TimestampNs now) { return at + authorisation_retention < now; }

Fault damaged(Table table) {
    return {.kind = FaultKind::corrupt,
            .field = "projections",
            .detail = "a row of table " + std::to_string(static_cast<int>(table)) + " is damaged",
            .remedy = "stop the service, remove the directory, and start again: it is made anew"};
}

void append_clearing(std::string& value, const rules::Clearing& clearing) {
    append_id(value, clearing.authorisation);
    append_big_endian(value, static_cast<std::uint64_t>(clearing.amount.value));
    for (const rules::PaidPart& part : clearing.paid) {
        append_big_endian(value, part.purse.value);
        append_big_endian(value, static_cast<std::uint64_t>(part.amount.value));
    }
}

std::shared_ptr<const rules::Clearing> clearing_in(RowReader& row) {
    if (row.rest().empty()) return nullptr;
    rules::Clearing clearing;
    clearing.authorisation.epoch = {row.number<std::uint32_t>()};
    clearing.authorisation.sequence = {row.number<std::uint64_t>()};
    clearing.amount = {static_cast<std::int64_t>(row.number<std::uint64_t>())};
    while (!row.rest().empty()) {
        const PurseNumber purse{row.number<std::uint8_t>()};
        clearing.paid.push_back({purse, {static_cast<std::int64_t>(row.number<std::uint64_t>())}});
    }
    return std::make_shared<const rules::Clearing>(std::move(clearing));
}

void put_once(const rules::NaturalKey& key, const rules::Applied& applied,
              const rules::Stamp& stamp, TableBatch& batch) {
    std::string value;
    append_stamp(value, stamp.now_ns);
    append_big_endian(value, applied.at.value);
    if (applied.clearing != nullptr) append_clearing(value, *applied.clearing);
    batch.put(Table::once, once_key(key), std::move(value));
}

void put_authorisation(const rules::Authorisation& after, const rules::Stamp& stamp,
                       TableBatch& batch) {
    if (after.id.none() || after.state == rules::AuthorisationState::open) return;
    std::string id;
    append_id(id, after.id);
    std::string changed;
    append_stamp(changed, stamp.now_ns);
    for (const std::uint64_t name : rules::names_of(after).all()) {
        if (name == 0) continue;
        std::string key;
        append_big_endian(key, name);
        batch.put(Table::name, key + id, changed);
    }
    std::string value = std::move(changed);
    append_big_endian(value, stamp.sequence.value);
    std::vector<std::byte> image;
    journal::encode_image(after, image);
    value.append(reinterpret_cast<const char*>(image.data()), image.size());
    batch.put(Table::archive, std::move(id), std::move(value));
}

/// One overload for each event that leaves rows.
struct Rows {
    const rules::Stamp& stamp;
    TableBatch& batch;

    void operator()(const rules::Reversed& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::HoldExpired& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::Presented& event) const {
        put_authorisation(event.after, stamp, batch);
        if (event.announced) put_authorisation(*event.announced, stamp, batch);
        for (const auto& [key, applied] : rules::applied_by(event, stamp)) {
            put_once(key, applied, stamp, batch);
        }
    }
    void operator()(const rules::Advised& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::ResolutionDecided& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::ExposureRecovered& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::DisputeOpened& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::DisputeClosed& event) const {
        put_authorisation(event.after, stamp, batch);
    }
    void operator()(const rules::Loaded& event) const {
        put_once({.kind = rules::NaturalKey::Kind::load,
                  .account = event.account,
                  .name = event.request.reference},
                 {.at = stamp.sequence}, stamp, batch);
    }
    void operator()(const rules::StageReleased& event) const {
        put_once(rules::stage_key(event.account, event.purse, event.request.stage),
                 {.at = stamp.sequence}, stamp, batch);
    }
    void operator()(const rules::EarmarkSet& event) const {
        put_once(rules::earmark_key(event.account, event.request.reference), {.at = stamp.sequence},
                 stamp, batch);
    }
    template <class Other>
    void operator()(const Other&) const {}
};

}  // namespace

Result<std::optional<Archived>> Archive::find(const AuthorisationId& id, TimestampNs now) const {
    std::string key;
    append_id(key, id);
    std::string value;
    const Result<Lookup> found = tables_.get(Table::archive, key, value);
    if (!found) return found.fault();
    if (*found == Lookup::none) return std::optional<Archived>{};
    RowReader row(value);
    const TimestampNs changed_ns = stamp_in(row);
    const Sequence changed{row.number<std::uint64_t>()};
    if (!row.enough()) return damaged(Table::archive);
    if (is_past(changed_ns, now)) return std::optional<Archived>{};
    const std::string_view bytes = row.rest();
    Result<rules::Authorisation> authorisation = journal::decode_image<rules::Authorisation>(
        std::as_bytes(std::span(bytes.data(), bytes.size())));
    if (!authorisation) return authorisation.fault();
    return std::optional(Archived{.authorisation = *std::move(authorisation), .changed = changed});
}

Result<std::vector<AuthorisationId>> Archive::named(std::uint64_t name) const {
    std::string prefix;
    append_big_endian(prefix, name);
    std::vector<AuthorisationId> ids;
    const Result<Done> scanned =
        tables_.scan(Table::name, prefix, prefix, [&](std::string_view key, std::string_view) {
            RowReader row(key);
            row.take(prefix.size());
            const Epoch epoch{row.number<std::uint32_t>()};
            ids.push_back({.epoch = epoch, .sequence = {row.number<std::uint64_t>()}});
            return ids.size() < candidates_per_name_max;
        });
    if (!scanned) return scanned.fault();
    return ids;
}

Result<std::optional<rules::Applied>> Archive::applied(const rules::NaturalKey& key,
                                                       TimestampNs now) const {
    std::string value;
    const Result<Lookup> found = tables_.get(Table::once, once_key(key), value);
    if (!found) return found.fault();
    if (*found == Lookup::none) return std::optional<rules::Applied>{};
    RowReader row(value);
    const TimestampNs applied_ns = stamp_in(row);
    rules::Applied applied{.at = {row.number<std::uint64_t>()}};
    applied.clearing = clearing_in(row);
    if (!row.whole()) return damaged(Table::once);
    if (is_past(applied_ns, now)) return std::optional<rules::Applied>{};
    return std::optional(applied);
}

void archive(const rules::Event& event, const rules::Stamp& stamp, TableBatch& batch) {
    std::visit(Rows{.stamp = stamp, .batch = batch}, event);
}

}  // namespace carecard::sequencer
