// Any bytes either are refused or are the one form of the image they decode to. The first byte
// says which kind of image the rest is.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/check.h"
#include "services/journal/image.h"

namespace {

using carecard::journal::decode_image;

template <class Image>
void read_and_write_again(std::span<const std::byte> bytes) {
    const carecard::Result<Image> image = decode_image<Image>(bytes);
    if (!image) return;
    std::vector<std::byte> again;
    carecard::journal::encode_image(*image, again);
    CHECK(std::ranges::equal(again, bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::byte> image = std::as_bytes(std::span(data, size)).subspan(1);
    switch (data[0] % 5) {
        case 0:
            read_and_write_again<carecard::journal::OffsetsImage>(image);
            break;
        case 1:
            read_and_write_again<carecard::rules::SpendingRules>(image);
            break;
        case 2:
            read_and_write_again<carecard::rules::Programme>(image);
            break;
        case 3:
            read_and_write_again<carecard::rules::Authorisation>(image);
            break;
        default:
            (void)decode_image<carecard::rules::AccountImage>(image);
    }
    return 0;
}
