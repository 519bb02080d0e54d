#include "services/fsck/images.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <string_view>

#include "services/journal/image.h"
#include "services/sequencer/table_bytes.h"

namespace carecard::fsck {
namespace {

using sequencer::Table;

/// Of rules, which never change: they are looked at when everything else has been.
constexpr Sequence at_the_end{std::numeric_limits<std::uint64_t>::max()};

void keep(std::vector<Sequence>& by_number, std::uint32_t number, Sequence as_of) {
    if (by_number.size() < number) by_number.resize(number);
    by_number[number - 1] = as_of;
}

/// Whether each item has an image that knows of its last event.
template <class Items>
const typename Items::value_type* without(const Items& items, const std::vector<Sequence>& images) {
    for (const auto& item : items) {
        const std::size_t index = item.id.value - 1;
        if (index >= images.size() || images[index] < item.as_of) return &item;
    }
    return nullptr;
}

Fault missing(std::string_view what, std::uint32_t number, Sequence sequence) {
    return not_as_journaled(fmt::format("the image of {} {} is missing, or older than sequence {}",
                                        what, number, sequence.value));
}

}  // namespace

Result<Done> Images::note(std::string_view key, std::string_view value) {
    sequencer::RowReader row(key);
    Image image{.kind = static_cast<Kind>(row.number<std::uint8_t>()), .key = std::string(key)};
    if (image.kind != Kind::offsets) image.number = row.number<std::uint32_t>();
    const Fault strange = not_as_journaled("there is an image under a name that no image has");
    if (!row.whole()) return strange;
    const std::span<const std::byte> bytes = std::as_bytes(std::span(value.data(), value.size()));
    switch (image.kind) {
        case Kind::offsets: {
            const auto read = journal::decode_image<journal::OffsetsImage>(bytes);
            if (!read) return read.fault();
            image.as_of = offsets_ = read->set;
            break;
        }
        case Kind::agreement:
            image.as_of = at_the_end;
            if (image.number == agreements_ + 1) ++agreements_;
            break;
        case Kind::programme: {
            const auto read = journal::decode_image<rules::Programme>(bytes);
            if (!read) return read.fault();
            image.as_of = read->as_of;
            break;
        }
        case Kind::account: {
            const auto read = journal::decode_image<rules::AccountImage>(bytes);
            if (!read) return read.fault();
            image.as_of = read->account.as_of;
            break;
        }
        default:
            return strange;
    }
    if (image.kind != Kind::offsets && image.number == 0) return strange;
    if (image.kind == Kind::account) keep(accounts_, image.number, image.as_of);
    if (image.kind == Kind::programme) keep(programmes_, image.number, image.as_of);
    due_.push_back(std::move(image));
    return Done{};
}

Result<Done> Images::load() {
    Result<Done> noted = Done{};
    const Result<Done> scanned =
        tables_.scan(Table::image, {}, {}, [&](std::string_view key, std::string_view value) {
            noted = note(key, value);
            return static_cast<bool>(noted);
        });
    if (!scanned) return scanned.fault();
    if (!noted) return not_as_journaled("an image is damaged: " + noted.fault().detail);
    std::ranges::stable_sort(due_, {}, &Image::as_of);
    return Done{};
}

/// Puts into `bytes_` what the image must be. @return whether there is what it is of.
bool Images::encode(const Image& image, const rules::State& state) {
    bytes_.clear();
    switch (image.kind) {
        case Kind::offsets:
            journal::encode_image(
                journal::OffsetsImage{
                    .set = state.offsets_set, .zone = state.zone, .table = state.offsets},
                bytes_);
            return true;
        case Kind::agreement:
            if (image.number > state.agreements.size()) return false;
            journal::encode_image(state.at(AgreementId{image.number}).rules(), bytes_);
            return true;
        case Kind::programme:
            if (image.number > state.programmes.size()) return false;
            journal::encode_image(state.at(ProgrammeId{image.number}), bytes_);
            return true;
        case Kind::account:
            if (image.number > state.accounts.size()) return false;
            journal::encode_image(state, state.at(AccountId{image.number}), bytes_);
            return true;
    }
    return false;
}

Result<Done> Images::compare(const Image& image, const rules::State& state) {
    static constexpr const char* names[] = {"", "the offsets", "agreement", "programme", "account"};
    const Result<sequencer::Lookup> found = tables_.get(Table::image, image.key, stored_);
    if (!found) return found.fault();
    const bool is_known = encode(image, state);
    const std::string_view expected(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    if (!is_known || stored_ != expected) {
        return not_as_journaled(fmt::format(
            "the image of {} {} is not what the journal leads to at sequence {}",
            names[static_cast<std::size_t>(image.kind)], image.number, state.last.value));
    }
    ++agreed_;
    return Done{};
}

Result<Done> Images::folded(const rules::State& state) {
    for (; next_ < due_.size() && due_[next_].as_of <= state.last; ++next_) {
        const Result<Done> agrees = compare(due_[next_], state);
        if (!agrees) return agrees.fault();
    }
    if (state.last == imaged_) return check_all_there(state);
    return Done{};
}

Result<Done> Images::check_all_there(const rules::State& state) const {
    if (const rules::Account* account = without(state.accounts, accounts_)) {
        return missing("account", account->id.value, account->as_of);
    }
    if (const rules::Programme* programme = without(state.programmes, programmes_)) {
        return missing("programme", programme->id.value, programme->as_of);
    }
    if (offsets_ < state.offsets_set) return missing("the offsets", 0, state.offsets_set);
    if (agreements_ < state.agreements.size()) {
        return missing("agreement", static_cast<std::uint32_t>(agreements_ + 1), state.last);
    }
    return Done{};
}

Result<std::optional<Flaw>> Images::nothing_else(const rules::State& state) {
    for (; next_ < due_.size(); ++next_) {
        const Image& image = due_[next_];
        const Sequence about = image.as_of == at_the_end ? state.last : image.as_of;
        const Result<Done> agrees = compare(image, state);
        if (!agrees) return std::optional(Flaw{.sequence = about, .fault = agrees.fault()});
    }
    return std::optional<Flaw>{};
}

}  // namespace carecard::fsck
