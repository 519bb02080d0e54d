#include "services/cli/table.h"

#include <algorithm>
#include <utility>

#include "common/check.h"
#include "services/cli/utf8.h"

namespace carecard::cli {
namespace {

constexpr std::size_t gap = 2;

void add_cell(std::string& line, std::size_t from, std::size_t width, Align align,
              const std::string& cell) {
    const std::size_t padding = width - width_of(cell);
    line.append(from - width_of(line), ' ');
    if (align == Align::right) line.append(padding, ' ');
    line += cell;
}

void end_line(std::string& text, std::string line) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line;
    text += '\n';
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    CHECK(!columns_.empty());
}

void Table::add(std::vector<std::string> cells) {
    CHECK(cells.size() == columns_.size());
    for (std::string& cell : cells) cell = printable(cell);
    rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::string Table::render() const {
    std::vector<std::size_t> widths;
    std::size_t total = 0;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
        std::size_t width = width_of(columns_[index].title);
        for (const std::vector<std::string>& row : rows_) {
            if (!row.empty()) width = std::max(width, width_of(row[index]));
        }
        widths.push_back(width);
        total += width + (index == 0 ? 0 : gap);
    }
    std::string text;
    const auto add_line = [&](const auto& cell_at) {
        std::string line;
        std::size_t from = 0;
        for (std::size_t index = 0; index < columns_.size(); ++index) {
            add_cell(line, from, widths[index], columns_[index].align, cell_at(index));
            from += widths[index] + gap;
        }
        end_line(text, std::move(line));
    };
    add_line([&](std::size_t index) { return columns_[index].title; });
    end_line(text, std::string(total, '-'));
    for (const std::vector<std::string>& row : rows_) {
        if (row.empty()) {
            end_line(text, std::string(total, '-'));
        } else {
            add_line([&](std::size_t index) { return row[index]; });
        }
    }
    return text;
}

}  // namespace carecard::cli
