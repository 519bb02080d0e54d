// Any bytes as the sealed part of an event: they are refused, or are texts with their salts. The
// input is tried as it is, and again in a box under the right key, which a search would never find
// by itself; what opens then is exactly what the box was made of.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/check.h"
#include "services/journal/aes_gcm.h"
#include "services/journal/little_endian.h"
#include "services/journal/sealer.h"
#include "tests/fuzz/input.h"

namespace carecard::journal {
namespace {

constexpr AccountId account{7};
constexpr Sequence sequence{42};

const Secret& key() {
    static const Secret value(aes_key_bytes);
    return value;
}

std::vector<std::byte> boxed(std::span<const std::byte> clear) {
    std::vector<std::byte> additional;
    append_little_endian(additional, account.value);
    append_little_endian(additional, sequence.value);
    std::vector<std::byte> sealed{std::byte{1}};
    AesGcm cipher;
    cipher.seal(key(), additional, clear, sealed);
    return sealed;
}

/// The clear text that holds `texts`: see sealer.h.
std::vector<std::byte> clear_of(std::span<const OpenedText> texts) {
    std::vector<std::byte> clear;
    append_little_endian(clear, static_cast<std::uint8_t>(texts.size()));
    for (const OpenedText& each : texts) {
        clear.insert(clear.end(), each.salt.begin(), each.salt.end());
        append_little_endian(clear, static_cast<std::uint16_t>(each.text.size()));
        const auto text = std::as_bytes(std::span(each.text));
        clear.insert(clear.end(), text.begin(), text.end());
    }
    return clear;
}

void open_as_it_is(Sealer& sealer, std::span<const std::byte> sealed) {
    const auto texts = sealer.open(key(), account, sequence, sealed);
    if (texts) return;
    const FaultKind kind = texts.fault().kind;
    CHECK(kind == FaultKind::corrupt || kind == FaultKind::conflict);
    fuzz::check_helpful(texts.fault());
}

void open_boxed(Sealer& sealer, std::span<const std::byte> clear) {
    const std::vector<std::byte> sealed = boxed(clear);
    const auto texts = sealer.open(key(), account, sequence, sealed);
    if (texts) {
        CHECK(std::ranges::equal(clear_of(*texts), clear));
    } else {
        CHECK(texts.fault().kind == FaultKind::corrupt);
        fuzz::check_helpful(texts.fault());
    }
    const auto elsewhere = sealer.open(key(), account, {sequence.value + 1}, sealed);
    CHECK(!elsewhere);
}

}  // namespace
}  // namespace carecard::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
    carecard::journal::Sealer sealer;
    carecard::journal::open_as_it_is(sealer, bytes);
    carecard::journal::open_boxed(sealer, bytes);
    return 0;
}
