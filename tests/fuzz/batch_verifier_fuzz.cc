// What the parsers of a batch's files accept has exactly one form; anything else is refused. The
// first byte chooses the file.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/check.h"
#include "services/settlement/item.h"
#include "services/settlement/manifest.h"
#include "services/settlement/position.h"

namespace settlement = carecard::settlement;

namespace {

void fuzz_manifest(std::string_view text) {
    const auto manifest = settlement::parse_manifest(text);
    if (manifest) CHECK(settlement::render(*manifest) == text);
}

void fuzz_items(std::string_view text) {
    std::string again(settlement::items_header());
    const auto read = settlement::parse_items(
        text, [&](const settlement::Item& item) -> carecard::Result<carecard::Done> {
            CHECK(item.balance_effect == settlement::effect_of(item));
            settlement::append_row(again, item);
            return carecard::Done{};
        });
    if (read) CHECK(again == text);
}

void fuzz_positions(std::string_view text) {
    std::string again(settlement::positions_header());
    const auto read = settlement::parse_positions(
        text, [&](const settlement::AccountPosition& row) -> carecard::Result<carecard::Done> {
            CHECK(row.position.held <= row.position.balance);
            settlement::append_row(again, row.account, row.arrangement, row.position);
            return carecard::Done{};
        });
    if (read) CHECK(again == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 3) {
        case 0:
            fuzz_manifest(text);
            break;
        case 1:
            fuzz_items(text);
            break;
        default:
            fuzz_positions(text);
            break;
    }
    return 0;
}
