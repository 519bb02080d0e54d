// Any bytes as a head file: what is accepted is what `write_head` writes for the same head. The
// input is tried as it is, and again with the right checksum behind it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/check.h"
#include "common/sha256.h"
#include "services/journal/head_file.h"
#include "tests/fuzz/input.h"
#include "tests/journal/one_file.h"

namespace carecard::journal {
namespace {

void read(std::span<const std::byte> bytes) {
    const NamedPath path{.field = "head_file", .path = "head"};
    OneFile file;
    file.bytes.emplace(bytes.begin(), bytes.end());
    const Result<std::optional<Head>> head = read_head(file, path);
    if (!head) {
        const FaultKind kind = head.fault().kind;
        CHECK(kind == FaultKind::corrupt || kind == FaultKind::conflict);
        fuzz::check_helpful(head.fault());
        return;
    }
    CHECK(head->has_value());
    CHECK(write_head(file, path, **head));
    const Result<std::vector<std::byte>> again = file.read_all(path);
    CHECK(again);
    CHECK(std::ranges::equal(*again, bytes));
}

}  // namespace
}  // namespace carecard::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
    carecard::journal::read(bytes);

    std::vector<std::byte> hashed(bytes.begin(), bytes.end());
    const carecard::Hash32 hash = carecard::sha256(bytes);
    hashed.insert(hashed.end(), hash.begin(), hash.end());
    carecard::journal::read(hashed);
    return 0;
}
