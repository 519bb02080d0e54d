#pragma once

#include <string>
#include <vector>

namespace carecard::cli {

enum class Align : unsigned char { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
};

/// A table for people: columns as wide as their widest cell, two spaces between them, a rule under
/// the titles, no spaces at the ends of lines. Cells are made `printable`. Plain text, UTF-8.
class Table {
   public:
    explicit Table(std::vector<Column> columns);

    /// @param cells  as many as there are columns.
    void add(std::vector<std::string> cells);

    /// A line that separates what follows, e.g. a sum.
    void add_rule();

    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] std::string render() const;

   private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;  ///< An empty one is a rule.
};

}  // namespace carecard::cli
