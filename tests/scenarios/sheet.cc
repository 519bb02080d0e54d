#include "tests/scenarios/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "services/cli/utf8.h"

namespace carecard::scenarios {
namespace {

constexpr std::string_view rule_characters = "-+";

bool is_table(std::string_view line) { return line.find('|') != line.npos; }

bool is_rule(std::string_view line) {
    const std::string_view text = trimmed(line);
    return text.find('+') != text.npos && text.find_first_not_of(rule_characters) == text.npos;
}

TableLine cells_of(std::string_view line) {
    TableLine cells;
    for (std::size_t from = 0; from <= line.size();) {
        const std::size_t bar = std::min(line.find('|', from), line.size());
        cells.emplace_back(trimmed(line.substr(from, bar - from)));
        from = bar + 1;
    }
    return cells;
}

/// Adds a line's cells to those above them, with a space between.
void join(TableLine& above, const TableLine& cells) {
    for (std::size_t index = 0; index < cells.size(); ++index) {
        if (cells[index].empty()) continue;
        if (!above[index].empty()) above[index] += ' ';
        above[index] += cells[index];
    }
}

/// Reads the lines of a file one after the other; which part it is in, the lines before say.
class Reader {
   public:
    explicit Reader(std::string file) { sheet_.file = std::move(file); }

    Result<Done> take(std::string_view line) {
        ++line_;
        const std::string_view text = trimmed(line);
        if (is_table(line) || is_rule(line)) return take_table(line);
        if (text.empty()) return Done{};
        if (!sheet_.titles.empty()) {
            return at_line(mistake("this line is no row of the table",
                                   "put \"|\" between its cells, or move it above \"Given\""));
        }
        if (sheet_.title.empty()) {
            sheet_.title = text;
        } else if (text == "Given") {
            in_given_ = true;
        } else if (in_given_) {
            return take_given(text);
        }
        return Done{};
    }

    Result<Sheet> finish() && {
        const auto missing = [&](std::string what, std::string remedy) {
            return placed(mistake(std::move(what), std::move(remedy)), sheet_.file, line_);
        };
        if (sheet_.title.empty()) {
            return missing("the file is empty", "begin with the scenario's title");
        }
        if (!in_given_) {
            return missing("there is no line \"Given\"",
                           "write it, and what there is before the first message below it");
        }
        if (!ruled_) {
            return missing("there is no table", "copy titles and rule from another scenario");
        }
        if (sheet_.rows.empty()) return missing("the table has no row", "add a message");
        return std::move(sheet_);
    }

   private:
    [[nodiscard]] Fault at_line(Fault fault) const {
        return placed(std::move(fault), sheet_.file, line_);
    }

    Result<Done> take_given(std::string_view text) {
        const std::size_t gap = text.find("  ");
        if (gap == text.npos) {
            return at_line(mistake(fmt::format("\"{}\" does not say what there is", text),
                                   "write a word, two spaces and the rest: "
                                   "purse    care, £100.00"));
        }
        sheet_.given.push_back({.line = line_,
                                .key = std::string(text.substr(0, gap)),
                                .phrases = split(text.substr(gap), ", ")});
        return Done{};
    }

    Result<Done> take_table(std::string_view line) {
        if (!in_given_) {
            return at_line(mistake("the table begins before \"Given\"",
                                   "say above the table what there is to begin with"));
        }
        if (is_rule(line)) {
            ruled_ = true;
            return Done{};
        }
        TableLine cells = cells_of(line);
        if (!sheet_.titles.empty() && cells.size() != sheet_.titles.size()) {
            return at_line(mistake(fmt::format("this row has {} cells, and the titles {}",
                                               cells.size(), sheet_.titles.size()),
                                   "put one \"|\" between two cells, and none at the ends"));
        }
        if (!ruled_) {
            if (sheet_.titles.empty()) sheet_.titles.resize(cells.size());
            join(sheet_.titles, cells);
        } else if (cells.size() > 1 && cells[1].empty() && !sheet_.rows.empty()) {
            join(sheet_.rows.back().cells, cells);
        } else {
            sheet_.rows.push_back({.line = line_, .cells = std::move(cells)});
        }
        return Done{};
    }

    Sheet sheet_;
    int line_ = 0;
    bool in_given_ = false;
    bool ruled_ = false;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string padded(const std::string& cell, std::size_t width) {
    const std::string spaces(width - cli::width_of(cell), ' ');
    return cell.starts_with("£") ? spaces + cell : cell + spaces;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view spaces = " \t\r";
    const std::size_t first = text.find_first_not_of(spaces);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    text = trimmed(text);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.emplace_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + separator.size(), text.size()));
    }
    return parts;
}

Fault mistake(std::string detail, std::string remedy) {
    return {.kind = FaultKind::malformed,
            .field = {},
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

Fault placed(Fault fault, const std::string& file, int line) {
    fault.field = fmt::format("{}:{}", file, line);
    return fault;
}

Result<Sheet> read_sheet(const std::string& file, const std::string& text) {
    Reader reader(file);
    for (const std::string_view line : lines_of(text)) {
        const Result<Done> taken = reader.take(line);
        if (!taken) return taken.fault();
    }
    return std::move(reader).finish();
}

std::string lay_out(const std::vector<TableLine>& lines) {
    std::vector<std::size_t> widths;
    for (const TableLine& line : lines) {
        if (line.size() > widths.size()) widths.resize(line.size());
        for (std::size_t index = 0; index < line.size(); ++index) {
            widths[index] = std::max(widths[index], cli::width_of(line[index]));
        }
    }
    std::string text;
    for (const TableLine& line : lines) {
        std::string row;
        for (std::size_t index = 0; index < widths.size(); ++index) {
            if (index > 0) row += line.empty() ? "-+-" : " | ";
            const std::string cell = index < line.size() ? line[index] : std::string();
            row += line.empty() ? std::string(widths[index], '-') : padded(cell, widths[index]);
        }
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + '\n';
    }
    return text;
}

std::string aligned(const std::string& text) {
    std::string before;
    std::string after;
    std::vector<TableLine> table;
    for (const std::string_view line : lines_of(text)) {
        if (is_table(line)) {
            table.push_back(cells_of(line));
        } else if (is_rule(line)) {
            table.emplace_back();
        } else {
            (table.empty() ? before : after) += std::string(line) + '\n';
        }
    }
    return before + lay_out(table) + after;
}

}  // namespace carecard::scenarios
