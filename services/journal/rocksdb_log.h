#pragma once

// The physical records of RocksDB's write-ahead log, which its public interface does not show.
//
//     log    := block*                    of 32,768 bytes each, the last one shorter
//     block  := record* filler            filler: fewer bytes than a record's header
//     record := crc u32 | length u16 | type u8 | payload[length]
//     type   := 1 whole | 2 first part | 3 middle part | 4 last part
//     crc    := CRC-32C of type and payload, rotated right by 15 bits, plus 0xa282ead8
//
// Integers are little-endian.

#include <cstddef>
#include <optional>
#include <string_view>

namespace carecard::journal {

/// Tells damage from an end that a power cut tore off, in a log whose every write was synced before
/// the next one began: only the last write can be torn, so damage that another write follows befell
/// what had been acknowledged.
///
/// Pure; any bytes may be given.
/// @return where the damage begins; nothing when the log is sound, or no write follows the damage.
[[nodiscard]] std::optional<std::size_t> damage_before_a_write(std::string_view log);

}  // namespace carecard::journal
