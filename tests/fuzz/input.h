#pragma once

// What the fuzz targets have in common.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/check.h"
#include "common/pan.h"
#include "common/result.h"

namespace carecard::fuzz {

/// One input, of which the first byte chooses what it is given to.
class Input {
   public:
    Input(const std::uint8_t* data, std::size_t size)
        : all_(reinterpret_cast<const char*>(data), size) {}

    [[nodiscard]] std::string_view all() const { return all_; }
    [[nodiscard]] std::size_t choice(std::size_t choices) const {
        return all_.empty() ? 0 : static_cast<std::uint8_t>(all_.front()) % choices;
    }
    /// All but the byte that chooses.
    [[nodiscard]] std::string_view rest() const { return all_.substr(all_.empty() ? 0 : 1); }

   private:
    std::string_view all_;
};

/// A fault that helps whoever gets it: it names a field, says what is wrong and what to do, and
/// repeats no card number.
inline void check_helpful(const Fault& fault) {
    CHECK(!fault.field.empty());
    CHECK(!fault.detail.empty());
    CHECK(!fault.remedy.empty());
    CHECK(!contains_pan(fault.field));
    CHECK(!contains_pan(fault.detail));
}

/// A file in memory, for parsers that take a path.
class MemoryFile {
   public:
    explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("input", MFD_CLOEXEC)) {
        CHECK(descriptor_ >= 0);
        CHECK(write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::string path() const {
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

   private:
    int descriptor_;
};

}  // namespace carecard::fuzz
