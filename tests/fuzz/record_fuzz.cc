#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/check.h"
#include "common/sha256.h"
#include "services/journal/record.h"

// Any bytes may be given to `parse_record`. What it accepts must be exactly what `RecordBuilder`
// writes for the same events. The input is tried as it is, and again with the right checksum
// behind it, which a search would never find by itself.

namespace carecard::journal {
namespace {

void rebuild_and_compare(const RecordView& view) {
    const RecordHeader& header = view.header();
    RecordBuilder builder;
    builder.begin({.epoch = header.epoch,
                   .first = header.first,
                   .stamp = header.stamp,
                   .previous = header.previous});
    for (const EventView event : view.events()) {
        CHECK(event.sequence == builder.next_sequence());
        CHECK(builder.fits(event.clear.size(), event.sealed.size()));
        builder.append_event(event.clear, event.sealed);
    }
    const RecordBuilder::Built built = builder.finish();
    CHECK(built.chain == view.chain());
    CHECK(std::ranges::equal(built.record.bytes, view.record().bytes));
}

void parse(std::span<const std::byte> bytes) {
    const Result<RecordView> view = parse_record(bytes);
    if (view) {
        rebuild_and_compare(*view);
    } else {
        CHECK(!view.fault().detail.empty());
    }
}

}  // namespace
}  // namespace carecard::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
    carecard::journal::parse(bytes);

    std::vector<std::byte> signed_bytes(bytes.begin(), bytes.end());
    const carecard::Hash32 chain = carecard::sha256(bytes);
    const std::span<const std::byte> chain_bytes = std::as_bytes(std::span(&chain, 1));
    signed_bytes.insert(signed_bytes.end(), chain_bytes.begin(), chain_bytes.end());
    carecard::journal::parse(signed_bytes);
    return 0;
}
