#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "common/pan.h"
#include "common/pan_token.h"

// A text that is accepted as a card token is its one and only text; a refusal
// names no card number, which is what a caller might send by mistake.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const carecard::Result<carecard::CardToken> token = carecard::parse_card_token(text);
    if (token) {
        CHECK(carecard::to_text(*token) == text);
    } else {
        CHECK(token.fault().kind == carecard::FaultKind::malformed);
        CHECK(!carecard::contains_pan(token.fault().detail));
    }
    return 0;
}
