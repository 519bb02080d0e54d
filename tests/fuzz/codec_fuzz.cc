// Any bytes either are refused or are the one form, in their version, of the event they decode to.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/check.h"
#include "services/journal/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> clear = std::as_bytes(std::span(data, size));
    const carecard::Result<carecard::journal::DecodedEvent> decoded =
        carecard::journal::decode_clear(clear);
    if (!decoded) return 0;
    std::vector<std::byte> again;
    carecard::journal::encode_clear(decoded->event, decoded->stamp, decoded->commitments, again);
    if (std::to_integer<std::uint8_t>(clear[1]) == carecard::journal::event_version) {
        CHECK(std::ranges::equal(again, clear));
    } else {
        const auto same = carecard::journal::decode_clear(again);  // of an older version
        CHECK(same);
        CHECK(same->event == decoded->event);
    }
    for (const std::string_view text : carecard::journal::texts_of(decoded->event)) {
        CHECK(text.empty());
    }
    return 0;
}
