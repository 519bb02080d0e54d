#include "services/journal/image.h"

#include <string>

#include "common/limits.h"
#include "services/journal/image_fields.h"
#include "services/journal/values.h"

namespace carecard::journal {
namespace {

using Bytes = std::vector<std::byte>;

template <class T>
void append(Bytes& out, const T& value) {
    const std::size_t before = out.size();
    out.resize(before + bytes_max<T>());
    Writer writer(out.data() + before);
    write(writer, value);
    out.resize(static_cast<std::size_t>(writer.at() - out.data()));
}

auto appender(Bytes& out) {
    return [&out](const auto&... members) { (append(out, members), ...); };
}

template <class Items, class Write>
void append_list(Bytes& out, const Items& items, Write write_one) {
    append(out, std::uint64_t{items.size()});
    for (const auto& item : items) write_one(item);
}

template <class Items>
void append_list(Bytes& out, const Items& items) {
    append_list(out, items, [&out](const auto& item) { append(out, item); });
}

auto filler(Reader& reader) {
    return [&reader](auto&&... members) { return (read(reader, members) && ...); };
}

template <class Items>
bool read_items(Reader& reader, Items& items) {
    std::uint64_t count = 0;
    // Every item takes a byte or more, so a short input cannot ask for much memory.
    if (!reader.varint<std::uint64_t>(count, reader.left())) return false;
    for (; count > 0; --count) {
        if (!read(reader, items.emplace_back())) return false;
    }
    return true;
}

bool read_image(Reader& reader, OffsetsImage& image) {
    return read(reader, image.set) && read(reader, image.zone) && read(reader, image.table);
}

bool read_image(Reader& reader, rules::SpendingRules& rules) { return read(reader, rules); }

bool read_providers(Reader& reader, rules::Programme& programme) {
    std::uint64_t count = 0;
    if (!reader.varint<std::uint64_t>(count, providers_per_programme_max)) return false;
    for (; count > 0; --count) {
        rules::ProviderKey key;
        if (!read(reader, key) || !read(reader, programme.providers[key])) return false;
    }
    return true;
}

bool read_image(Reader& reader, rules::Programme& programme) {
    return programme_members(programme, filler(reader)) && read_items(reader, programme.ended) &&
           read_items(reader, programme.batches) && read_providers(reader, programme);
}

bool read_image(Reader& reader, rules::AccountImage& image) {
    rules::Account& account = image.account;
    if (!account_members(account, filler(reader))) return false;
    if (!read_items(reader, image.purses) || !read_items(reader, image.cards) ||
        !read_items(reader, image.open) || !read_items(reader, image.kept_reversals) ||
        !read_items(reader, image.card_rules) || !read_items(reader, image.resolutions) ||
        !read_items(reader, image.earmarks.all) || !read_items(reader, image.earmarks.uses) ||
        !read_items(reader, image.disputes)) {
        return false;
    }
    if (image.kept_reversals.size() > kept_reversals_per_account_max) {
        return reader.fail("an account keeps too many reversals");
    }
    if (image.resolutions.size() > resolutions_per_account_max) {
        return reader.fail("an account has too many open proposals");
    }
    if (image.earmarks.all.size() > earmarks_per_account_max) {
        return reader.fail("an account has too many earmarks");
    }
    if (image.disputes.size() > disputes_per_account_max) {
        return reader.fail("an account has too many open disputes");
    }
    for (const rules::Card& card : image.cards) account.cards.push_back(card.id);
    for (const rules::Authorisation& one : image.open) account.open.push_back(one.id);
    return true;
}

bool read_image(Reader& reader, rules::Authorisation& authorisation) {
    return read(reader, authorisation);
}

std::vector<rules::CardRules> card_rules_of(const rules::State& state,
                                            const rules::Account& account) {
    std::vector<rules::CardRules> all;
    for (const CardId id : account.cards) {
        const rules::Card& card = state.at(id);
        if (card.has_rules) all.push_back(*state.rules_of(card));
    }
    return all;
}

}  // namespace

void encode_image(const OffsetsImage& image, Bytes& out) {
    append(out, image.set);
    append(out, image.zone);
    append(out, image.table);
}

void encode_image(const rules::SpendingRules& rules, Bytes& out) { append(out, rules); }

void encode_image(const rules::Programme& programme, Bytes& out) {
    programme_members(programme, appender(out));
    append_list(out, programme.ended);
    append_list(out, programme.batches);
    append_list(out, programme.providers, [&out](const auto& entry) {
        append(out, entry.first);
        append(out, entry.second);
    });
}

void encode_image(const rules::State& state, const rules::Account& account, Bytes& out) {
    account_members(account, appender(out));
    append_list(out, account.purses, [&](const rules::Purse& purse) {
        append(out, rules::PurseImage{.spec = rules::spec_of(state, purse),
                                      .available = purse.available,
                                      .held = purse.held,
                                      .unreleased = purse.unreleased,
                                      .status = purse.status,
                                      .last_day = purse.last_day,
                                      .returned = purse.returned});
    });
    append_list(out, account.cards, [&](CardId card) { append(out, state.at(card)); });
    append_list(out, account.open,
                [&](const AuthorisationId& id) { append(out, *state.find(id)); });
    append_list(out, state.kept_reversals_of(account.id));
    append_list(out, card_rules_of(state, account));
    append_list(out, state.resolutions_of(account.id));
    const rules::Earmarks* const earmarks = state.earmarks_of(account.id);
    append_list(out, earmarks == nullptr ? std::vector<rules::Earmark>{} : earmarks->all);
    append_list(out, earmarks == nullptr ? std::vector<rules::EarmarkUse>{} : earmarks->uses);
    append_list(out, state.disputes_of(account.id));
}

void encode_image(const rules::Authorisation& authorisation, Bytes& out) {
    append(out, authorisation);
}

template <class Image>
Result<Image> decode_image(std::span<const std::byte> bytes) {
    Reader reader(bytes);
    Image image;
    const bool whole = read_image(reader, image) &&
                       (reader.left() == 0 || reader.fail("there are bytes after its end"));
    if (whole) return image;
    return Fault{.kind = FaultKind::corrupt,
                 .field = "image",
                 .detail = std::string("the image cannot be read: ") + reader.problem(),
                 .remedy = "remove the directory of projections; it is made anew from the journal"};
}

template Result<OffsetsImage> decode_image(std::span<const std::byte>);
template Result<rules::SpendingRules> decode_image(std::span<const std::byte>);
template Result<rules::Programme> decode_image(std::span<const std::byte>);
template Result<rules::AccountImage> decode_image(std::span<const std::byte>);
template Result<rules::Authorisation> decode_image(std::span<const std::byte>);

}  // namespace carecard::journal
