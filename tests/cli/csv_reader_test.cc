#include "services/cli/csv_reader.h"

#include <gmock/gmock.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/limits.h"

namespace carecard::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

const CsvShape two_columns{.required = {"name", "amount"}};

struct Read {
    Rows rows;
    std::vector<std::uint64_t> lines;
    Result<Done> result = Done{};
};

Read read(std::string_view bytes, const CsvShape& shape = two_columns) {
    Read read;
    read.result = parse_csv(bytes, shape, [&](const CsvRow& row) -> Result<Done> {
        read.rows.emplace_back(row.fields.begin(), row.fields.end());
        read.lines.push_back(row.line);
        return Done{};
    });
    return read;
}

TEST(CsvReader, ReadsTheFormsThatProgramsWrite) {
    struct Case {
        std::string_view what;
        std::string_view bytes;
        Rows rows;
    };
    const Case cases[] = {
        {"plain", "name,amount\na,1\nb,2\n", {{"a", "1"}, {"b", "2"}}},
        {"no line end at the end", "name,amount\na,1", {{"a", "1"}}},
        {"carriage returns", "name,amount\r\na,1\r\nb,2\r\n", {{"a", "1"}, {"b", "2"}}},
        {"byte order mark", "\xef\xbb\xbfname,amount\na,1\n", {{"a", "1"}}},
        {"columns in another order", "amount,name\n1,a\n", {{"a", "1"}}},
        {"quotes", "name,amount\n\"a,b\",\"1\"\n", {{"a,b", "1"}}},
        {"a quote in a field", "name,amount\n\"say \"\"a\"\"\",1\n", {{"say \"a\"", "1"}}},
        {"a line end in a field", "name,amount\n\"a\n\nb\",1\n", {{"a\n\nb", "1"}}},
        {"empty fields", "name,amount\n,\n", {{"", ""}}},
        {"empty lines", "name,amount\n\na,1\n\n\nb,2\n", {{"a", "1"}, {"b", "2"}}},
        {"no rows", "name,amount\n", {}},
        {"accents", "name,amount\ncaf\xc3\xa9,1\n", {{"caf\xc3\xa9", "1"}}},
    };
    for (const Case& each : cases) {
        const Read got = read(each.bytes);
        EXPECT_TRUE(got.result) << each.what;
        EXPECT_EQ(got.rows, each.rows) << each.what;
    }
}

TEST(CsvReader, NamesTheLineOnWhichARowBegins) {
    const Read got = read("name,amount\n\"a\nb\",1\n\nc,2\n");
    ASSERT_TRUE(got.result);
    EXPECT_THAT(got.lines, ElementsAre(2, 5));
}

TEST(CsvReader, RefusesWhatIsNotOfTheForm) {
    struct Case {
        std::string_view what;
        std::string bytes;
        std::string_view field;
        std::string_view detail;
    };
    const Case cases[] = {
        {"empty", "", "file", "empty"},
        {"column missing", "name\na\n", "amount", "missing"},
        {"column twice", "name,amount,name\n", "name", "twice"},
        {"column unknown", "name,amount,colour\n", "colour", "not a column"},
        {"column without a name", "name,,amount\n", "column 2", "not a column"},
        {"a card number for a name", "name,amount,4111 1111 1111 1111\n", "column 3",
         "not a column"},
        {"too few fields", "name,amount\na,1\nb\n", "file", "row 2 (line 3): has 1 fields"},
        {"too many fields", "name,amount\na,1,2\n", "file", "row 1 (line 2): has 3 fields"},
        {"quote never closed", "name,amount\n\"a,1\n", "file", "quotation mark"},
        {"text after a quote", "name,amount\n\"a\"b,1\n", "file", "line 2"},
        {"not UTF-8", "name,amount\n\xff,1\n", "name", "row 1 (line 2): is not UTF-8"},
        {"overlong UTF-8", "name,amount\n\xc0\x80,1\n", "name", "not UTF-8"},
        {"a surrogate", "name,amount\na,\xed\xa0\x80\n", "amount", "not UTF-8"},
        {"a line too long", "name,amount\n" + std::string(csv_row_bytes_max, 'a') + ",1\n", "file",
         "line 2 is longer"},
        {"a quote over all lines", "name,amount\n\"" + std::string(csv_row_bytes_max, '\n'), "file",
         "line 2 is longer"},
    };
    for (const Case& each : cases) {
        const Read got = read(each.bytes);
        ASSERT_FALSE(got.result) << each.what;
        EXPECT_EQ(got.result.fault().kind, FaultKind::malformed) << each.what;
        EXPECT_EQ(got.result.fault().field, each.field) << each.what;
        EXPECT_THAT(got.result.fault().detail, HasSubstr(std::string(each.detail))) << each.what;
        EXPECT_NE(got.result.fault().remedy, "") << each.what;
    }
}

TEST(CsvReader, EndsOnAnyBytes) {
    // Every short text over the characters that mean something, and some that do not.
    constexpr std::string_view alphabet = "a,\"\n\r \xff";
    std::size_t accepted = 0;
    for (std::size_t number = 0; number < 7 * 7 * 7 * 7 * 7; ++number) {
        std::string bytes = "name,amount\n";
        for (std::size_t rest = number, at = 0; at < 5; ++at, rest /= 7)
            bytes += alphabet[rest % 7];
        const Read got = read(bytes);
        if (got.result) ++accepted;
        for (const auto& row : got.rows) EXPECT_EQ(row.size(), 2U);
    }
    EXPECT_GT(accepted, 0U);
    EXPECT_LT(accepted, 7U * 7 * 7 * 7 * 7);
}

TEST(CsvReader, ReadsOptionalColumnsAsEmptyAndIgnoresOthersWhenAsked) {
    const CsvShape shape{
        .required = {"name"}, .optional = {"note"}, .others = OtherColumns::ignored};
    EXPECT_THAT(read("colour,name\nred,a\n", shape).rows, ElementsAre(ElementsAre("a", "")));
    EXPECT_THAT(read("note,name\nn,a\n", shape).rows, ElementsAre(ElementsAre("a", "n")));
}

TEST(CsvReader, StopsAtTheFirstRowThatTheCallerRefuses) {
    int rows = 0;
    const Result<Done> result =
        parse_csv("name,amount\na,1\nb,2\nc,3\n", two_columns, [&](const CsvRow& row) {
            ++rows;
            return row.number < 2 ? Result<Done>(Done{})
                                  : row_fault(row, "amount", "is wrong", "correct it");
        });
    ASSERT_FALSE(result);
    EXPECT_EQ(rows, 2);
    EXPECT_EQ(result.fault().field, "amount");
    EXPECT_EQ(result.fault().detail, "row 2 (line 3): is wrong");
}

TEST(CsvReader, WritesFieldsThatItReadsBack) {
    for (const std::string text : {"plain", "a,b", "say \"a\"", "two\nlines", "", " edge "}) {
        const Read got = read("name,amount\n" + csv_field(text) + ",1\n");
        ASSERT_TRUE(got.result) << text;
        EXPECT_THAT(got.rows, ElementsAre(ElementsAre(text, "1")));
    }
}

class CsvFile : public testing::Test {
   protected:
    CsvFile() {
        std::string name = testing::TempDir() + "csv-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    ~CsvFile() override { std::filesystem::remove_all(directory_); }

    std::string write_compressed(const std::string& bytes) const {
        const std::string path = directory_ + "/file.csv.gz";
        const gzFile file = gzopen(path.c_str(), "wb");
        gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
        return path;
    }

    static Result<std::size_t> count_rows(const std::string& path) {
        std::size_t rows = 0;
        const Result<Done> result = read_csv(path, two_columns, [&](const CsvRow&) {
            ++rows;
            return Result<Done>(Done{});
        });
        if (!result) return result.fault();
        return rows;
    }

    std::string directory_;
};

std::string many_rows() {
    std::string bytes = "name,amount\n";
    for (int row = 0; row < 20'000; ++row) bytes += "name " + std::to_string(row * 7919) + ",1\n";
    return bytes;
}

TEST_F(CsvFile, IsReadPlainOrCompressed) {
    const std::string plain = directory_ + "/file.csv";
    std::ofstream(plain) << many_rows();
    EXPECT_EQ(*count_rows(plain), 20'000U);
    EXPECT_EQ(*count_rows(write_compressed(many_rows())), 20'000U);
}

TEST_F(CsvFile, ThatIsCutShortIsRefused) {
    const std::string path = write_compressed(many_rows());
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    const auto rows = count_rows(path);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.fault().kind, FaultKind::corrupt);
}

TEST_F(CsvFile, ThatIsAbsentIsNotFound) {
    const auto rows = count_rows(directory_ + "/absent.csv");
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.fault().kind, FaultKind::not_found);
    EXPECT_EQ(rows.fault().field, "file");
}

}  // namespace
}  // namespace carecard::cli
