// Any bytes as a head file and as a copy file: what is accepted is what `write_head` or
// `write_copy_note` writes for the same value. The input is tried as it is, and again with the
// right checksum behind it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/check.h"
#include "common/sha256.h"
#include "services/journal/copy_file.h"
#include "services/journal/head_file.h"
#include "tests/fuzz/input.h"
#include "tests/journal/one_file.h"

namespace carecard::journal {
namespace {

template <auto read_value, auto write_value>
void read_as(std::span<const std::byte> bytes) {
    const NamedPath path{.field = "file", .path = "file"};
    OneFile file;
    file.bytes.emplace(bytes.begin(), bytes.end());
    const auto value = read_value(file, path);
    if (!value) {
        const FaultKind kind = value.fault().kind;
        CHECK(kind == FaultKind::corrupt || kind == FaultKind::conflict);
        fuzz::check_helpful(value.fault());
        return;
    }
    CHECK(value->has_value());
    CHECK(write_value(file, path, **value));
    const Result<std::vector<std::byte>> again = file.read_all(path);
    CHECK(again);
    CHECK(std::ranges::equal(*again, bytes));
}

void read(std::span<const std::byte> bytes) {
    read_as<read_head, write_head>(bytes);
    read_as<read_copy_note, write_copy_note>(bytes);
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
