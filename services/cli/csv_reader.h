#pragma once

// Comma-separated values as people's programs write them (RFC 4180): a header line with the names
// of the columns in any order, quotes where needed, LF or CRLF, UTF-8 with or without a byte order
// mark, plain or compressed by gzip.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace carecard::cli {

enum class OtherColumns : unsigned char {
    ignored,  ///< A file may have columns that nobody asked for.
    refused,  ///< Such a column is a mistake, e.g. a misspelt name.
};

/// What a file must look like.
struct CsvShape {
    std::vector<std::string_view> required;  ///< Columns that must be there.
    std::vector<std::string_view> optional;  ///< Columns read as empty when they are not.
    OtherColumns others = OtherColumns::refused;
};

/// One row of data, borrowed for the call.
struct CsvRow {
    std::uint64_t number = 0;             ///< 1 for the first after the header.
    std::uint64_t line = 0;               ///< Line of the file on which it begins, from 1.
    std::span<const std::string> fields;  ///< Those required, then those optional, in order.
};

using OnCsvRow = std::function<Result<Done>(const CsvRow&)>;

/// Reads a file and calls `on_row` for each row in order. Memory does not grow with the file.
///
/// @return done; the first fault of `on_row`; `not_found` or `unavailable` on field "file" when it
///         cannot be opened or read, `corrupt` when it is cut short; `malformed` on the column's
///         name (or "file") when a line is longer than `csv_row_bytes_max`, a quote is out of
///         place, a column is missing, twice there or not known, a row has more or fewer fields
///         than the header, or a field is no UTF-8. The detail names row and line.
[[nodiscard]] Result<Done> read_csv(const std::string& path, const CsvShape& shape,
                                    const OnCsvRow& on_row);

/// The same for bytes in memory, to which gzip means nothing.
[[nodiscard]] Result<Done> parse_csv(std::string_view bytes, const CsvShape& shape,
                                     const OnCsvRow& on_row);

/// A fault of one field: "row 7 (line 8): " and `detail`.
[[nodiscard]] Fault row_fault(const CsvRow& row, std::string_view column, std::string_view detail,
                              std::string_view remedy);

/// One field as CSV: quoted when it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace carecard::cli
