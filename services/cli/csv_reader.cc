#include "services/cli/csv_reader.h"

#include <csv.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "common/limits.h"
#include "common/pan.h"
#include "services/cli/utf8.h"

namespace carecard::cli {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

Fault file_fault(FaultKind kind, std::string detail, std::string remedy) {
    return {
        .kind = kind, .field = "file", .detail = std::move(detail), .remedy = std::move(remedy)};
}

/// Takes the bytes in pieces. Lives for one file.
class Parser {
   public:
    Parser(const CsvShape& shape, const OnCsvRow& on_row) : shape_(shape), on_row_(on_row) {
        csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    }
    ~Parser() { csv_free(&parser_); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    std::optional<Fault> feed(std::string_view bytes) {
        if (at_start_ && bytes.starts_with(byte_order_mark)) {
            bytes.remove_prefix(byte_order_mark.size());
        }
        at_start_ = at_start_ && bytes.empty();
        // A line at a time, so that a row knows the line on which it began.
        while (!bytes.empty() && !fault_) {
            const std::size_t size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
            feed_piece(bytes.substr(0, size));
            bytes.remove_prefix(size);
        }
        return fault_;
    }

    std::optional<Fault> finish() {
        if (fault_) return fault_;
        if (csv_fini(&parser_, on_field, on_end, this) != 0) return quote_fault();
        if (!fault_ && !header_) {
            return file_fault(FaultKind::malformed, "the file is empty",
                              "give a file whose first line names the columns");
        }
        return fault_;
    }

   private:
    void feed_piece(std::string_view piece) {
        if (fields_.empty() && row_bytes_ == 0) row_line_ = line_;
        row_bytes_ += piece.size();
        if (row_bytes_ > csv_row_bytes_max) {
            fault_ = file_fault(
                FaultKind::malformed,
                fmt::format("line {} is longer than {} bytes", row_line_, csv_row_bytes_max),
                "check the quotes of that line");
            return;
        }
        if (csv_parse(&parser_, piece.data(), piece.size(), on_field, on_end, this) !=
            piece.size()) {
            fault_ = quote_fault();
        }
        if (piece.back() == '\n') ++line_;
        // An empty line between rows is no row.
        if (row_bytes_ == piece.size() && piece.find_first_not_of("\r\n") == piece.npos) {
            row_bytes_ = 0;
        }
    }

    [[nodiscard]] Fault quote_fault() const {
        return file_fault(FaultKind::malformed,
                          fmt::format("a quotation mark is out of place on line {}", row_line_),
                          "write a quotation mark within a field twice, and close the field");
    }

    static void on_field(void* data, std::size_t size, void* self) {
        static_cast<Parser*>(self)->fields_.emplace_back(static_cast<const char*>(data), size);
    }
    static void on_end(int, void* self) { static_cast<Parser*>(self)->end_row(); }

    void end_row() {
        std::vector<std::string> fields = std::exchange(fields_, {});
        row_bytes_ = 0;
        if (fault_) return;
        fault_ = header_ ? take_row(std::move(fields)) : take_header(fields);
    }

    std::optional<Fault> take_header(const std::vector<std::string>& names) {
        header_ = true;
        column_count_ = names.size();
        wanted_ = shape_.required;
        wanted_.insert(wanted_.end(), shape_.optional.begin(), shape_.optional.end());
        source_.assign(wanted_.size(), no_column);
        for (std::size_t index = 0; index < names.size(); ++index) {
            const auto found = std::ranges::find(wanted_, names[index]);
            const auto which = static_cast<std::size_t>(found - wanted_.begin());
            if (found == wanted_.end()) {
                if (shape_.others == OtherColumns::ignored) continue;
                return header_fault(shown_name(names[index], index),
                                    "is not a column of this file");
            }
            if (source_[which] != no_column) return header_fault(names[index], "is there twice");
            source_[which] = index;
        }
        for (std::size_t index = 0; index < shape_.required.size(); ++index) {
            if (source_[index] == no_column) {
                return header_fault(std::string(wanted_[index]), "is missing");
            }
        }
        return std::nullopt;
    }

    /// The name of a column that nobody asked for. In a file without a header it may be anything.
    static std::string shown_name(std::string_view name, std::size_t index) {
        if (name.empty() || contains_pan(name)) return fmt::format("column {}", index + 1);
        return printable(name);
    }

    [[nodiscard]] Fault header_fault(std::string column, std::string_view what) const {
        return {.kind = FaultKind::malformed,
                .field = std::move(column),
                .detail = fmt::format("line {}: the column {}", row_line_, what),
                .remedy = fmt::format("the columns are: {}", fmt::join(wanted_, ","))};
    }

    std::optional<Fault> take_row(std::vector<std::string> fields) {
        CsvRow row{.number = ++row_number_, .line = row_line_};
        if (fields.size() != column_count_) {
            return row_fault(
                row, "file",
                fmt::format("has {} fields; the header has {}", fields.size(), column_count_),
                "quote a field that has a comma in it");
        }
        selected_.assign(wanted_.size(), {});
        for (std::size_t index = 0; index < wanted_.size(); ++index) {
            if (source_[index] == no_column) continue;
            selected_[index] = std::move(fields[source_[index]]);
            if (is_utf8(selected_[index])) continue;
            return row_fault(row, wanted_[index], "is not UTF-8 text", "save the file as UTF-8");
        }
        row.fields = selected_;
        Result<Done> taken = on_row_(row);
        if (!taken) return taken.fault();
        return std::nullopt;
    }

    static constexpr std::size_t no_column = ~std::size_t{0};

    const CsvShape& shape_;
    const OnCsvRow& on_row_;
    csv_parser parser_{};
    bool at_start_ = true;
    bool header_ = false;
    std::uint64_t line_ = 1;
    std::uint64_t row_line_ = 1;
    std::uint64_t row_number_ = 0;
    std::size_t row_bytes_ = 0;
    std::size_t column_count_ = 0;
    std::vector<std::string_view> wanted_;
    std::vector<std::size_t> source_;  ///< For each wanted column its place in the file.
    std::vector<std::string> fields_;  ///< Of the row so far.
    std::vector<std::string> selected_;
    std::optional<Fault> fault_;
};

struct CloseFile {
    void operator()(gzFile file) const { gzclose_r(file); }
};

}  // namespace

Result<Done> read_csv(const std::string& path, const CsvShape& shape, const OnCsvRow& on_row) {
    errno = 0;
    std::unique_ptr<std::remove_pointer_t<gzFile>, CloseFile> file(gzopen(path.c_str(), "rb"));
    if (!file) {
        return file_fault(errno == ENOENT ? FaultKind::not_found : FaultKind::malformed,
                          fmt::format("{} cannot be opened: {}", path, std::strerror(errno)),
                          "give the path of a file that you may read");
    }
    Parser parser(shape, on_row);
    std::array<char, 64 * 1024> buffer{};
    while (true) {
        const int size = gzread(file.get(), buffer.data(), buffer.size());
        if (size < 0) {
            return file_fault(FaultKind::corrupt, fmt::format("{} cannot be read", path),
                              "check that it is a file, whole and undamaged");
        }
        if (size == 0) break;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
        if (std::optional<Fault> fault = parser.feed(bytes)) return *std::move(fault);
    }
    if (gzclose_r(file.release()) != Z_OK) {
        return file_fault(FaultKind::corrupt, fmt::format("{} is cut short", path),
                          "get the whole file");
    }
    if (std::optional<Fault> fault = parser.finish()) return *std::move(fault);
    return Done{};
}

Result<Done> parse_csv(std::string_view bytes, const CsvShape& shape, const OnCsvRow& on_row) {
    Parser parser(shape, on_row);
    if (std::optional<Fault> fault = parser.feed(bytes)) return *std::move(fault);
    if (std::optional<Fault> fault = parser.finish()) return *std::move(fault);
    return Done{};
}

Fault row_fault(const CsvRow& row, std::string_view column, std::string_view detail,
                std::string_view remedy) {
    return {.kind = FaultKind::malformed,
            .field = std::string(column),
            .detail = fmt::format("row {} (line {}): {}", row.number, row.line, detail),
            .remedy = std::string(remedy)};
}

std::string csv_field(std::string_view text) {
    const bool edge = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    if (!edge && text.find_first_of(",\"\r\n\t") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace carecard::cli
