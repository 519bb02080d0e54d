#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

/// Text tables of card payments, played against the real service. README.md is the manual for those
/// who write them.
namespace carecard::scenarios {

/// A line under "Given": what there is before the first message.
struct GivenLine {
    int line = 0;  ///< In the file, from 1.
    std::string key;
    std::vector<std::string> phrases;
};

/// A row of the table, with its continuation rows joined to it.
struct SheetRow {
    int line = 0;  ///< In the file, from 1.
    std::vector<std::string> cells;
};

/// A file as it is laid out, before its words mean anything.
///
///     sheet    = title, { empty | prose }, "Given", { empty | given }, titles, rule, { row }
///     given    = 2 or more spaces, key, 2 or more spaces, phrase, { ", ", phrase }
///     titles   = table line, { table line }   the cells of a column are joined by a space
///     rule     = a line of "-" and "+"
///     row      = table line, { table line whose second cell is empty }   joined by a space
///     table line = cell, { "|", cell }        spaces around a cell do not count
struct Sheet {
    std::string file;  ///< Its name, for messages.
    std::string title;
    std::vector<GivenLine> given;
    std::vector<std::string> titles;
    std::vector<SheetRow> rows;
};

/// Reads a file's text.
/// @return `malformed`, with "FILE:LINE" as its field.
[[nodiscard]] Result<Sheet> read_sheet(const std::string& file, const std::string& text);

/// A line of a table; one without cells is the rule under the titles.
using TableLine = std::vector<std::string>;

/// The lines with "|" between the cells, all columns as wide as their widest cell. Amounts of money
/// stand to the right.
[[nodiscard]] std::string lay_out(const std::vector<TableLine>& lines);

/// A file's text with its table laid out; all else is left as it is.
[[nodiscard]] std::string aligned(const std::string& text);

/// The parts of `text` between the places where `separator` stands, without the spaces around them.
/// None for a text of spaces.
[[nodiscard]] std::vector<std::string> split(std::string_view text, std::string_view separator);

[[nodiscard]] std::string_view trimmed(std::string_view text);

/// A mistake in a table, whose place the caller fills in.
[[nodiscard]] Fault mistake(std::string detail, std::string remedy);

/// @return the fault, at this line of the file.
[[nodiscard]] Fault placed(Fault fault, const std::string& file, int line);

}  // namespace carecard::scenarios
