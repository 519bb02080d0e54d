// Any bytes as a row of the settlement's book: they are refused, or are the one form of the row
// that they hold. The first byte chooses the kind of row.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/check.h"
#include "services/settlement/book_format.h"
#include "tests/fuzz/input.h"

namespace carecard::settlement {
namespace {

template <auto decode>
void row(std::string_view value) {
    const auto decoded = decode(value);
    if (decoded) CHECK(encode(*decoded) == value);
}

void kept_row(std::string_view value) {
    const auto decoded = decode_kept(value);
    if (decoded) CHECK(encode_kept(*decoded) == value);
}

// The corpus names its rows by their places here: append only.
constexpr std::array rows{row<decode_cursor>, row<decode_programme>, row<decode_account>,
                          row<decode_card>,   row<decode_batch>,     kept_row,
                          row<decode_fork>};

}  // namespace
}  // namespace carecard::settlement

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    const auto& rows = carecard::settlement::rows;
    rows[input.choice(rows.size())](input.rest());
    return 0;
}
