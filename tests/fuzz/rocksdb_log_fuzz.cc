// Any bytes are a log that is sound, torn or damaged; damage lies within it.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "services/journal/rocksdb_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view log(reinterpret_cast<const char*>(data), size);
    const auto damage = carecard::journal::damage_before_a_write(log);
    if (damage) CHECK(*damage < size);
    return 0;
}
