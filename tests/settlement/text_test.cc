#include "services/settlement/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/settlement/csv.h"

namespace carecard::settlement {
namespace {

std::string time_text(std::int64_t ns) {
    std::string text;
    append_time(text, {ns});
    return text;
}

TEST(BatchText, WritesATimeWithNineDigitsOfItsSecond) {
    EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000000000Z");
    EXPECT_EQ(time_text(1'717'412'645'000'000'007), "2024-06-03T11:04:05.000000007Z");
    EXPECT_EQ(time_from_text("2024-06-03T11:04:05.000000007Z"),
              TimestampNs{1'717'412'645'000'000'007});
}

TEST(BatchText, RefusesTimesAndDaysThatAreNone) {
    for (const char* const text :
         {"", "2024-06-03", "2024-06-03T11:04:05Z", "2024-06-31T11:04:05.000000000Z",
          "2024-06-03T24:00:00.000000000Z", "2024-06-03T11:60:00.000000000Z",
          "2024-06-03 11:04:05.000000000Z", "9999-06-03T11:04:05.000000000Z",
          "1969-12-31T23:59:59.000000000Z", "2024-06-03T11:04:05.00000000-Z"}) {
        EXPECT_FALSE(time_from_text(text)) << text;
    }
    for (const char* const text : {"2023-02-29", "2024-13-01", "2024-00-01", "24-01-01",
                                   "2024-1-01", "-001-01-01", "2024/01/01", "2024-01-001"}) {
        EXPECT_FALSE(day_from_text(text)) << text;
    }
}

TEST(BatchText, RefusesNumbersWithAnythingElse) {
    for (const char* const text : {"", " 1", "1 ", "+1", "0x1", "1.0", "99999999999999999999"}) {
        EXPECT_FALSE(number_from_text<std::int64_t>(text)) << text;
    }
    EXPECT_EQ(number_from_text<std::int64_t>("-12"), -12);
    EXPECT_FALSE(number_from_text<std::uint64_t>("-12"));
    EXPECT_EQ(authorisation_id_from_text("1-42"),
              (AuthorisationId{.epoch = {1}, .sequence = {42}}));
    EXPECT_FALSE(authorisation_id_from_text("1-"));
    EXPECT_FALSE(authorisation_id_from_text("142"));
}

TEST(Csv, QuotesOnlyWhatMustBeAndReadsItBack) {
    const std::vector<std::string> fields = {"plain", "a,b", "say \"x\"", "two\nlines", "", "\r"};
    std::string row;
    for (const std::string& field : fields) {
        if (!row.empty()) row += ',';
        append_field(row, field);
    }
    row += '\n';
    EXPECT_EQ(row, "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",,\"\r\"\n");
    CsvReader reader("items.csv", row);
    std::vector<std::string> read(fields.size());
    const auto outcome = reader.next(read);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(read, fields);
    EXPECT_EQ(reader.row(), row);
    EXPECT_EQ(*reader.next(read), CsvReader::Outcome::end);
}

TEST(Csv, NamesTheLineThatIsNoRow) {
    const struct {
        const char* text;
        const char* words;
    } rows[] = {
        {"a,b\na\n", "line 2 has not 2 fields"},     {"a,b\na,b,c\n", "line 2 has not 2 fields"},
        {"a,b\na,b", "line 2 has no line end"},      {"a,b\na,\"b\n", "line 2 has a quote"},
        {"a,b\na\r,b\n", "line 2 has not 2 fields"}, {"a,b\na\"x\",b\n", "line 2 has not 2 fields"},
    };
    for (const auto& row : rows) {
        CsvReader reader("items.csv", row.text);
        std::vector<std::string> fields(2);
        ASSERT_TRUE(reader.next(fields));
        const auto outcome = reader.next(fields);
        ASSERT_FALSE(outcome) << row.text;
        EXPECT_EQ(outcome.fault().field, "items.csv");
        EXPECT_NE(outcome.fault().detail.find(row.words), std::string::npos)
            << outcome.fault().detail;
    }
}

TEST(Csv, RefusesARowThatIsTooLong) {
    const std::string text = std::string(100'000, 'x') + ",b\n";
    CsvReader reader("items.csv", text);
    std::vector<std::string> fields(2);
    EXPECT_FALSE(reader.next(fields));
}

}  // namespace
}  // namespace carecard::settlement
