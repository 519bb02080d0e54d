#include "services/journal/sealer.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/check.h"
#include "common/limits.h"
#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/journal/little_endian.h"
#include "services/journal/random.h"

namespace carecard::journal {
namespace {

constexpr std::uint8_t sealed_version = 1;
constexpr std::size_t additional_bytes = 12;
static_assert(sealed_texts_max <= 0xff);
static_assert(sealed_text_bytes_max <= 0xffff);

std::array<std::byte, additional_bytes> additional_data(AccountId account, Sequence sequence) {
    std::array<std::byte, additional_bytes> bytes;
    store_little_endian(std::span(bytes), account.value);
    store_little_endian(std::span(bytes).subspan(sizeof(account.value)), sequence.value);
    return bytes;
}

Fault corrupt(Sequence sequence, std::string_view what) {
    return {FaultKind::corrupt, "sealed",
            fmt::format("the sealed part of sequence {} {}", sequence.value, what),
            "Check the event with carecard-fsck, and that the vault belongs to this journal."};
}

/// Reads the opened texts; nothing when the lengths do not add up.
std::optional<std::vector<OpenedText>> parse_texts(std::span<const std::byte> rest) {
    if (rest.empty()) return std::nullopt;
    const auto count = std::to_integer<std::size_t>(rest[0]);
    rest = rest.subspan(1);
    std::vector<OpenedText> texts;
    for (std::size_t index = 0; index < count; ++index) {
        if (rest.size() < sizeof(Salt) + sizeof(std::uint16_t)) return std::nullopt;
        OpenedText opened{};
        std::ranges::copy(rest.first(sizeof(Salt)), opened.salt.begin());
        const std::size_t length = load_little_endian<std::uint16_t>(rest.subspan(sizeof(Salt)));
        rest = rest.subspan(sizeof(Salt) + sizeof(std::uint16_t));
        if (length > rest.size()) return std::nullopt;
        opened.text.assign(reinterpret_cast<const char*>(rest.data()), length);
        rest = rest.subspan(length);
        texts.push_back(std::move(opened));
    }
    if (!rest.empty()) return std::nullopt;
    return texts;
}

}  // namespace

void make_salts(std::span<Salt> salts) {
    for (Salt& salt : salts) fill_random(salt);
}

Hash32 commitment(const Salt& salt, std::string_view text) {
    return sha256({salt, bytes_of(text)});
}

Sealer::~Sealer() { OPENSSL_cleanse(clear_.data(), clear_.size()); }

void Sealer::seal(const Secret& key, AccountId account, Sequence sequence,
                  std::span<const std::string_view> texts, std::span<const Salt> salts,
                  std::vector<std::byte>& out) {
    CHECK(texts.size() == salts.size());
    CHECK(texts.size() <= sealed_texts_max);
    if (texts.empty()) return;
    clear_.clear();
    append_little_endian(clear_, static_cast<std::uint8_t>(texts.size()));
    for (std::size_t index = 0; index < texts.size(); ++index) {
        const std::span<const std::byte> text = bytes_of(texts[index]);
        CHECK(text.size() <= sealed_text_bytes_max);
        clear_.insert(clear_.end(), salts[index].begin(), salts[index].end());
        append_little_endian(clear_, static_cast<std::uint16_t>(text.size()));
        clear_.insert(clear_.end(), text.begin(), text.end());
    }
    append_little_endian(out, sealed_version);
    cipher_.seal(key, additional_data(account, sequence), clear_, out);
}

Result<std::vector<OpenedText>> Sealer::open(const Secret& key, AccountId account,
                                             Sequence sequence, std::span<const std::byte> sealed) {
    if (sealed.empty()) return std::vector<OpenedText>{};
    const auto version = std::to_integer<std::uint8_t>(sealed[0]);
    if (version > sealed_version) {
        return newer_version("sealed", {.name = "the sealed part", .known = sealed_version},
                             version, fmt::format("of sequence {}", sequence.value));
    }
    const std::span<const std::byte> box = sealed.subspan(1);
    if (version == 0 || box.size() < box_overhead_bytes) return corrupt(sequence, "is malformed");
    clear_.resize(box.size() - box_overhead_bytes);
    if (cipher_.open(key, additional_data(account, sequence), box, clear_) == BoxOutcome::forged) {
        return corrupt(sequence, "does not open under the account's key");
    }
    std::optional<std::vector<OpenedText>> texts = parse_texts(clear_);
    if (!texts) return corrupt(sequence, "opens to malformed texts");
    return *std::move(texts);
}

}  // namespace carecard::journal
