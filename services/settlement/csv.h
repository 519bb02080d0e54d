#pragma once

// The CSV of a batch: RFC 4180 with LF line ends.
//
//     file  := row row*                     the first row is the header
//     row   := field ("," field)* LF
//     field := plain | '"' (any byte but '"' | '""')* '"'
//     plain := no byte of: comma, '"', CR, LF
//
// A field is quoted only when it must be.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace carecard::settlement {

/// Appends `text` as one field, quoted when it must be.
void append_field(std::string& out, std::string_view text);

/// Reads the rows of a file that came from outside: nothing is believed, and a row longer than
/// `batch_row_bytes_max` or with another number of fields is a fault. One thread.
class CsvReader {
   public:
    /// @param file  the file's name, which every fault has as its field.
    /// @param text  borrowed; must outlive the reader.
    CsvReader(std::string_view file, std::string_view text) : file_(file), rest_(text) {}

    enum class Outcome : unsigned char { row, end };

    /// Reads the next row into `fields`.
    /// @param fields  replaced; its size says how many fields a row has.
    /// @return `row`; `end` after the last; `corrupt` naming the line.
    Result<Outcome> next(std::vector<std::string>& fields);

    /// The bytes of the row read last, line end included.
    [[nodiscard]] std::string_view row() const { return row_; }
    /// Its number, 1 for the header.
    [[nodiscard]] std::size_t line() const { return line_; }

    /// The fault for something wrong with the row read last.
    [[nodiscard]] Fault fault(std::string_view detail) const;

   private:
    std::string_view file_;
    std::string_view rest_;
    std::string_view row_;
    std::size_t line_ = 0;
};

}  // namespace carecard::settlement
