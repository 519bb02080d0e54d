#include "services/fsck/past.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <variant>

#include "common/limits.h"
#include "rules/apply.h"
#include "services/journal/record.h"

namespace carecard::fsck {
namespace {

/// Spreads neighbouring sequences over the table.
std::uint64_t hash_of(const AuthorisationId& id) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
    const std::uint64_t product = (id.sequence.value ^ (std::uint64_t{id.epoch.value} << 48)) * odd;
    return product ^ (product >> 32);
}

std::uint64_t hash_of(const rules::NaturalKey& key) { return rules::NaturalKeyHash{}(key); }

Fault not_there(Sequence sequence) {
    return {.kind = FaultKind::corrupt,
            .field = "record",
            .detail = fmt::format("the event at sequence {} cannot be found again", sequence.value),
            .remedy = "Stop, keep the directory as it is, and check the disk."};
}

}  // namespace

Result<journal::DecodedEvent> read_event(const journal::Store& store, Sequence sequence) {
    std::vector<std::byte> buffer;
    journal::Record record;
    const Result<journal::ReadOutcome> read = store.read({sequence.value - 1}, buffer, record);
    if (!read) return read.fault();
    if (*read == journal::ReadOutcome::end) return not_there(sequence);
    const Result<journal::RecordView> view = journal::parse_record(record.bytes);
    if (!view) return view.fault();
    for (const journal::EventView event : view->events()) {
        if (event.sequence == sequence) return journal::decode_clear(event.clear);
    }
    return not_there(sequence);
}

const rules::Authorisation* authorisation_after(const rules::Event& event) {
    return std::visit(
        [](const auto& fact) -> const rules::Authorisation* {
            if constexpr (requires { fact.after; })
                return fact.after.id.none() ? nullptr : &fact.after;
            return nullptr;
        },
        event);
}

const rules::Authorisation* announced_after(const rules::Event& event) {
    const auto* presented = std::get_if<rules::Presented>(&event);
    return presented != nullptr && presented->announced ? &*presented->announced : nullptr;
}

NaturalKeys natural_keys_of(const rules::Event& event) {
    NaturalKeys keys;
    if (const auto* loaded = std::get_if<rules::Loaded>(&event)) {
        keys.push_back({.kind = rules::NaturalKey::Kind::load,
                        .account = loaded->account,
                        .name = loaded->request.reference});
    }
    if (const auto* released = std::get_if<rules::StageReleased>(&event)) {
        keys.push_back(
            rules::stage_key(released->account, released->purse, released->request.stage));
    }
    if (const auto* earmark = std::get_if<rules::EarmarkSet>(&event)) {
        keys.push_back(rules::earmark_key(earmark->account, earmark->request.reference));
    }
    if (const auto* presented = std::get_if<rules::Presented>(&event)) {
        for (const auto& [key, applied] : rules::applied_by(*presented, {})) keys.push_back(key);
    }
    return keys;
}

void Past::insert(std::uint64_t hash, const rules::Stamp& at) {
    if (at.now_ns - recent_began_ > authorisation_retention) {
        older_ = std::exchange(recent_, {});
        recent_began_ = at.now_ns;
    }
    recent_.insert(hash, at.sequence);
}

void Past::remember(const AuthorisationId& id, const rules::Stamp& changed) {
    insert(hash_of(id), changed);
}

void Past::remember(const rules::NaturalKey& key, const rules::Stamp& applied) {
    insert(hash_of(key), applied);
}

std::vector<Sequence> Past::candidates(std::uint64_t hash) const {
    std::vector<Sequence> found;
    const auto take = [&found](Sequence sequence) {
        found.push_back(sequence);
        return false;
    };
    recent_.find(hash, take);
    older_.find(hash, take);
    std::ranges::sort(found, std::greater{});
    return found;
}

Result<std::optional<rules::Authorisation>> Past::find(const AuthorisationId& id) const {
    for (const Sequence sequence : candidates(hash_of(id))) {
        const Result<journal::DecodedEvent> read = read_event(store_, sequence);
        if (!read) return read.fault();
        for (const rules::Authorisation* after :
             {authorisation_after(read->event), announced_after(read->event)}) {
            if (after != nullptr && after->id == id) return std::optional(*after);
        }
    }
    return std::optional<rules::Authorisation>{};
}

Result<Sequence> Past::applied(const rules::NaturalKey& key, TimestampNs now) const {
    for (const Sequence sequence : candidates(hash_of(key))) {
        const Result<journal::DecodedEvent> read = read_event(store_, sequence);
        if (!read) return read.fault();
        const NaturalKeys keys = natural_keys_of(read->event);
        if (std::ranges::find(keys, key) == keys.end()) continue;
        return read->stamp.now_ns + authorisation_retention < now ? Sequence{} : sequence;
    }
    return Sequence{};
}

}  // namespace carecard::fsck
