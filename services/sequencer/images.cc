#include "services/sequencer/images.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/limits.h"
#include "rules/restore.h"
#include "services/journal/image.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::sequencer {
namespace {

enum class Kind : std::uint8_t { offsets = 1, agreement = 2, programme = 3, account = 4 };

std::string key_of(Kind kind, std::uint32_t number) {
    std::string key;
    key.push_back(static_cast<char>(kind));
    if (kind != Kind::offsets) append_big_endian(key, number);
    return key;
}

std::span<const std::byte> bytes_of_row(std::string_view value) {
    return std::as_bytes(std::span(value.data(), value.size()));
}

Result<Done> load_offsets(std::span<const std::byte> bytes, rules::State& state) {
    Result<journal::OffsetsImage> image = journal::decode_image<journal::OffsetsImage>(bytes);
    if (!image) return image.fault();
    state.offsets = std::move(image->table);
    state.zone = image->zone;
    state.offsets_set = image->set;
    return Done{};
}

Result<Done> load_agreement(AgreementId id, std::span<const std::byte> bytes, rules::State& state) {
    const auto rules = journal::decode_image<rules::SpendingRules>(bytes);
    if (!rules) return rules.fault();
    return rules::restore(state, id, *rules);
}

template <class Image>
Result<Done> load_numbered(std::span<const std::byte> bytes, rules::State& state) {
    Result<Image> image = journal::decode_image<Image>(bytes);
    if (!image) return image.fault();
    return rules::restore(state, *std::move(image));
}

Result<Done> load_one(std::string_view key, std::string_view value, rules::State& state) {
    RowReader row(key);
    const auto kind = static_cast<Kind>(row.number<std::uint8_t>());
    const auto number = row.rest().empty() ? 0 : row.number<std::uint32_t>();
    const std::span<const std::byte> bytes = bytes_of_row(value);
    switch (kind) {
        case Kind::offsets:
            return load_offsets(bytes, state);
        case Kind::agreement:
            return load_agreement({number}, bytes, state);
        case Kind::programme:
            return load_numbered<rules::Programme>(bytes, state);
        case Kind::account:
            return load_numbered<rules::AccountImage>(bytes, state);
    }
    return Fault{.kind = FaultKind::corrupt,
                 .field = "projections",
                 .detail = "there is an image of an unknown kind",
                 .remedy = "remove the directory; it is made anew from the journal"};
}

}  // namespace

void Unimaged::add(AccountId account) {
    if (waits_.size() <= account.value) waits_.resize(account.value + 1);
    if (waits_[account.value]) return;
    waits_[account.value] = true;
    gathering_.push_back(account);
}

std::optional<AccountId> Unimaged::next() {
    if (taken_.empty()) return std::nullopt;
    const AccountId account = taken_.front();
    taken_.pop_front();
    waits_[account.value] = false;
    return account;
}

void Unimaged::begin() { std::swap(gathering_, taken_); }

bool Sweeper::advance(const rules::State& state, const Imaged& now, Handover& handover) {
    if (!began_) {
        if (unimaged_.empty() || !handover.sweep_is_wanted()) return false;
        began_ = now;
        unimaged_.begin();
    }
    if (!chunk_) chunk_ = std::make_unique<ImageChunk>();
    if (!chunk_->ends && chunk_->images.bytes() < image_chunk_bytes) copy_accounts(state);
    const bool is_full = chunk_->ends || chunk_->images.bytes() >= image_chunk_bytes;
    if (!is_full) return true;
    if (!handover.has_room()) return false;
    if (chunk_->ends) began_.reset();
    handover.give(std::move(chunk_));
    return began_.has_value();
}

template <class Kind, class... What>
void Sweeper::copy(Kind kind, std::uint32_t number, const What&... what) {
    bytes_.clear();
    journal::encode_image(what..., bytes_);
    chunk_->images.put(Table::image, key_of(kind, number),
                       {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()});
}

void Sweeper::copy_accounts(const rules::State& state) {
    const std::size_t enough = chunk_->images.bytes() + image_bytes_per_turn_max;
    while (chunk_->images.bytes() < enough) {
        const std::optional<AccountId> id = unimaged_.next();
        if (!id) return finish(state);
        copy(Kind::account, id->value, state, state.at(*id));
    }
}

/// What is small, and changes with nearly every event, comes at the end.
void Sweeper::finish(const rules::State& state) {
    if (unimaged_.offsets < state.offsets_set) {
        copy(Kind::offsets, 0,
             journal::OffsetsImage{
                 .set = state.offsets_set, .zone = state.zone, .table = state.offsets});
        unimaged_.offsets = state.offsets_set;
    }
    for (; unimaged_.agreements < state.agreements.size(); ++unimaged_.agreements) {
        copy(Kind::agreement, static_cast<std::uint32_t>(unimaged_.agreements + 1),
             state.agreements[unimaged_.agreements].rules());
    }
    for (const rules::Programme& programme : state.programmes) {
        copy(Kind::programme, programme.id.value, programme);
    }
    chunk_->ends = began_;
}

Result<Done> load_images(const Tables& tables, rules::State& state) {
    Result<Done> loaded = Done{};
    const Result<Done> scanned =
        tables.scan(Table::image, {}, {}, [&](std::string_view key, std::string_view value) {
            loaded = load_one(key, value, state);
            return static_cast<bool>(loaded);
        });
    if (!scanned) return scanned.fault();
    return loaded;
}

}  // namespace carecard::sequencer
