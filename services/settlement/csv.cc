#include "services/settlement/csv.h"

#include <fmt/format.h>

#include "common/limits.h"
#include "services/settlement/damage.h"

namespace carecard::settlement {
namespace {

/// Takes one field from the front of `rest`, quotes removed.
/// @return why it is none, or null.
const char* take_field(std::string_view& rest, std::string& field) {
    field.clear();
    if (rest.empty() || rest.front() != '"') {
        const std::size_t end = rest.find_first_of(",\"\r\n");
        if (end == std::string_view::npos) return "has no line end";
        field = rest.substr(0, end);
        rest.remove_prefix(end);
        return nullptr;
    }
    rest.remove_prefix(1);
    while (true) {
        const std::size_t end = rest.find('"');
        if (end == std::string_view::npos) return "has a quote that does not end";
        field += rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (rest.empty() || rest.front() != '"') return nullptr;
        field += '"';
        rest.remove_prefix(1);
    }
}

}  // namespace

void append_field(std::string& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char byte : text) {
        if (byte == '"') out += '"';
        out += byte;
    }
    out += '"';
}

Fault CsvReader::fault(std::string_view detail) const {
    return damaged(file_, fmt::format("line {} {}", line_, detail));
}

Result<CsvReader::Outcome> CsvReader::next(std::vector<std::string>& fields) {
    if (rest_.empty()) return Outcome::end;
    ++line_;
    const std::string_view window = rest_.substr(0, batch_row_bytes_max);
    std::string_view left = window;
    for (std::size_t index = 0; index < fields.size(); ++index) {
        if (const char* const problem = take_field(left, fields[index])) return fault(problem);
        const char expected = index + 1 == fields.size() ? '\n' : ',';
        if (left.empty() || left.front() != expected) {
            return fault(fmt::format("has not {} fields", fields.size()));
        }
        left.remove_prefix(1);
    }
    row_ = window.substr(0, window.size() - left.size());
    rest_.remove_prefix(row_.size());
    return Outcome::row;
}

}  // namespace carecard::settlement
