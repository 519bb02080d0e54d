#include "services/journal/rocksdb_log.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "services/journal/little_endian.h"

namespace carecard::journal {
namespace {

constexpr std::size_t block_bytes = 32'768;
constexpr std::size_t header_bytes = 7;
constexpr std::size_t length_at = 4;
constexpr std::size_t type_at = 6;
constexpr unsigned char whole_type = 1;
constexpr unsigned char first_type = 2;
constexpr unsigned char last_type = 4;

constexpr std::array<std::uint32_t, 256> crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
        table[byte] = crc;
    }
    return table;
}

std::uint32_t masked_crc(std::string_view bytes) {
    static constexpr std::array<std::uint32_t, 256> table = crc_table();
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ (crc >> 8);
    }
    crc = ~crc;
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

struct PhysicalRecord {
    unsigned char type = 0;
    std::size_t bytes = 0;  // with its header
};

/// The record that begins at `at`, if a sound one does.
std::optional<PhysicalRecord> record_at(std::string_view log, std::size_t at) {
    const std::size_t block_left = block_bytes - at % block_bytes;
    const std::size_t left = std::min(block_left, log.size() - at);
    if (left < header_bytes) return std::nullopt;
    const std::span<const std::byte> header =
        std::as_bytes(std::span(log.data() + at, header_bytes));
    const auto length = load_little_endian<std::uint16_t>(header.subspan(length_at));
    const auto type = std::to_integer<unsigned char>(header[type_at]);
    if (type < whole_type || type > last_type || header_bytes + length > left) {
        return std::nullopt;
    }
    const auto crc = load_little_endian<std::uint32_t>(header);
    if (crc != masked_crc(log.substr(at + type_at, length + 1U))) return std::nullopt;
    return PhysicalRecord{.type = type, .bytes = header_bytes + length};
}

bool begins_a_write(std::string_view log, std::size_t at) {
    // Cheap first: nearly every byte is no type of a first part.
    if (at + type_at >= log.size()) return false;
    const auto type = static_cast<unsigned char>(log[at + type_at]);
    return (type == whole_type || type == first_type) && record_at(log, at).has_value();
}

}  // namespace

std::optional<std::size_t> damage_before_a_write(std::string_view log) {
    std::size_t at = 0;
    while (at < log.size()) {
        const std::size_t block_left = block_bytes - at % block_bytes;
        if (block_left < header_bytes) {
            at += block_left;
            continue;
        }
        const std::optional<PhysicalRecord> record = record_at(log, at);
        if (!record) break;
        at += record->bytes;
    }
    for (std::size_t later = at + 1; later < log.size(); ++later) {
        if (begins_a_write(log, later)) return at;
    }
    return std::nullopt;
}

}  // namespace carecard::journal
