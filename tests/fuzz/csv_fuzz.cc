// Any bytes as a CSV file: rows come with the columns asked for, in UTF-8, and what is written
// again reads the same. As a file on disk, where it may be gzip, it is read or refused helpfully.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/check.h"
#include "services/cli/csv_reader.h"
#include "services/cli/utf8.h"
#include "tests/fuzz/input.h"

namespace carecard::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const CsvShape& shape(OtherColumns others) {
    static const CsvShape strict{.required = {"a", "b"}, .optional = {"c"}};
    static const CsvShape lenient{
        .required = {"a", "b"}, .optional = {"c"}, .others = OtherColumns::ignored};
    return others == OtherColumns::refused ? strict : lenient;
}

OnCsvRow collect(Rows& rows) {
    return [&rows](const CsvRow& row) -> Result<Done> {
        CHECK(row.fields.size() == 3);
        CHECK(row.number == rows.size() + 1);
        for (const std::string& field : row.fields) CHECK(is_utf8(field));
        rows.emplace_back(row.fields.begin(), row.fields.end());
        return Done{};
    };
}

std::string written(const Rows& rows) {
    std::string text = "a,b,c\n";
    for (const std::vector<std::string>& row : rows) {
        text += csv_field(row[0]) + ',' + csv_field(row[1]) + ',' + csv_field(row[2]) + '\n';
    }
    return text;
}

void parse(std::string_view bytes, OtherColumns others) {
    Rows rows;
    const Result<Done> read = parse_csv(bytes, shape(others), collect(rows));
    if (!read) {
        fuzz::check_helpful(read.fault());
        return;
    }
    Rows again;
    CHECK(parse_csv(written(rows), shape(OtherColumns::refused), collect(again)));
    CHECK(again == rows);
}

void read(std::string_view bytes) {
    const fuzz::MemoryFile file(bytes);
    const Result<Done> done =
        read_csv(file.path(), shape(OtherColumns::ignored), [&](const CsvRow& row) -> Result<Done> {
            for (const std::string& field : row.fields) CHECK(is_utf8(field));
            return Done{};
        });
    if (!done) fuzz::check_helpful(done.fault());
}

}  // namespace
}  // namespace carecard::cli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const carecard::fuzz::Input input(data, size);
    using carecard::cli::OtherColumns;
    switch (input.choice(3)) {
        case 0:
            carecard::cli::parse(input.rest(), OtherColumns::refused);
            break;
        case 1:
            carecard::cli::parse(input.rest(), OtherColumns::ignored);
            break;
        default:
            carecard::cli::read(input.rest());
            break;
    }
    return 0;
}
