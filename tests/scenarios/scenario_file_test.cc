#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "services/rpc/faults.h"
#include "tests/scenarios/amounts.h"
#include "tests/scenarios/answer.h"
#include "tests/scenarios/moment.h"
#include "tests/scenarios/scenario.h"

namespace carecard::scenarios {
namespace {

using testing::HasSubstr;

constexpr std::string_view good = R"(A hotel clears for less

It holds more than it needs.

Given
  starts       Mon 2 Mar 2026 09:00
  purse        care, £100.00
  card         Mary
  merchant     Hotel, 7011

when        | message  | payment | amount | details  | answer         | care      | care   | exposure
            |          |         |        |          |                | available | held   |
------------+----------+---------+--------+----------+----------------+-----------+--------+---------
2 Mar 10:00 | purchase | stay    | £60.00 | at Hotel | approved       | £40.00    | £60.00 | £0.00
4 Mar 03:00 | clearing | stay    | £45.00 | final    | posted £45.00, | £55.00    | £0.00  |
            |          |         |        |          | £15.00 freed   |           |        |
5 Mar 03:00 | refund   | stay    | £5.00  |          | credited £5.00 | £60.00    |        |
)";
constexpr int purchase_line = 14;
constexpr int clearing_line = 15;
constexpr int refund_line = 17;

std::string changed(std::string_view from, std::string_view to) {
    std::string text(good);
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
}

Result<Scenario> read(const std::string& text) { return read_scenario("hotel.txt", text, 7); }

TEST(ScenarioFile, IsReadWithItsRowsAmountsAndTimes) {
    const Result<Scenario> scenario = read(std::string(good));
    ASSERT_TRUE(scenario) << rpc::explain(scenario.fault());
    EXPECT_EQ(scenario->sheet.title, "A hotel clears for less");
    EXPECT_EQ(scenario->account.reference(), "hotel");
    ASSERT_EQ(scenario->steps.size(), 3U);
    EXPECT_EQ(scenario->steps[0].at - scenario->starts, hours(1));
    EXPECT_EQ(scenario->sheet.rows[2].line, refund_line);
    const Step& clearing = scenario->steps[1];
    EXPECT_EQ(clearing.answer, (std::vector<std::string>{"posted £45.00", "£15.00 freed"}));
    EXPECT_EQ(clearing.balances, (std::vector<AmountMinor>{{55'00}, {0}, {0}}));
}

TEST(ScenarioFile, TakesAnEmptyBalanceForTheOneAbove) {
    const Result<Scenario> scenario = read(std::string(good));
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->steps[2].balances, (std::vector<AmountMinor>{{60'00}, {0}, {0}}));
}

struct Mistake {
    std::string_view from;
    std::string_view to;
    int line;
    std::string_view detail;  ///< A part of it.
    std::string_view remedy;  ///< A part of it.
};

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreShownWithTheirLineAndWhatToDo) {
    const Mistake& mistake = GetParam();
    const Result<Scenario> scenario = read(changed(mistake.from, mistake.to));
    ASSERT_FALSE(scenario);
    EXPECT_EQ(scenario.fault().kind, FaultKind::malformed);
    EXPECT_EQ(scenario.fault().field, "hotel.txt:" + std::to_string(mistake.line));
    EXPECT_THAT(scenario.fault().detail, HasSubstr(std::string(mistake.detail)));
    EXPECT_THAT(scenario.fault().remedy, HasSubstr(std::string(mistake.remedy)));
}

INSTANTIATE_TEST_SUITE_P(
    OfTheLayout, Mistakes,
    testing::Values(Mistake{good, "", 0, "the file is empty", "title"},
                    Mistake{"Given\n", "Given that\n", 11, "begins before \"Given\"",
                            "above the table"},
                    Mistake{"  card         Mary", "  card Mary", 8, "\"card Mary\"", "two spaces"},
                    Mistake{"| £5.00  |", "| £5.00", 17, "8 cells, and the titles 9", "one \"|\""},
                    Mistake{"\n5 Mar 03:00 | refund", "\nlater on\n5 Mar 03:00 | refund", 17,
                            "no row", "above \"Given\""},
                    Mistake{"care      | care   | exposure", "care      | own | exposure", 14,
                            "own held", "care available | care held | exposure"}));

INSTANTIATE_TEST_SUITE_P(
    OfWhatIsGiven, Mistakes,
    testing::Values(
        Mistake{"card         Mary", "helper       Mary", 8, "\"helper\" is not known", "purse"},
        Mistake{"card         Mary", "merchant     Shop, 5411", 9, "a purse or a card is missing",
                "card    Mary"},
        Mistake{"card         Mary", "card         Mary, gold", 8, "\"gold\" is not understood",
                "for a helper"},
        Mistake{"care, £100.00", "care, 100 pounds", 7, "\"100 pounds\" is no amount", "£1,234.50"},
        Mistake{"care, £100.00", "care", 7, "\"\" is no amount", "£1,234.50"},
        Mistake{"care, £100.00", "care, £100.00, cheap an hour", 7, "\"cheap\" is no amount",
                "£1,234.50"},
        Mistake{"Hotel, 7011", "Hotel, hotels", 9, "no category", "Alder Care, 8050"},
        Mistake{"merchant     Hotel, 7011", "card         Mary", 9, "\"Mary\" already", "another"},
        Mistake{"merchant     Hotel, 7011", "agreement    weekly £40.00", 9, "\"weekly £40.00\"",
                "AMOUNT a week"},
        Mistake{"merchant     Hotel, 7011", "agreement    two payments a week", 9,
                "\"two\" is no whole number", "3"},
        Mistake{"merchant     Hotel, 7011", "programme    holds last a week", 9, "no whole number",
                "3 days"},
        Mistake{"Mon 2 Mar 2026", "Tue 2 Mar 2026", 6, "no Tue but a Mon", "weekday"}));

INSTANTIATE_TEST_SUITE_P(
    OfARow, Mistakes,
    testing::Values(
        Mistake{"5 Mar 03:00", "3 Mar 03:00", refund_line, "before what stands above", "order"},
        Mistake{"5 Mar 03:00", "32 Mar 03:00", refund_line, "no time", "2 Mar 09:00"},
        Mistake{"5 Mar 03:00", "5 Mar 3:00 ", refund_line, "no time", "2 Mar 09:00"},
        Mistake{"| purchase |", "| buy      |", purchase_line, "no message \"buy\"", "purchase; "},
        Mistake{"| £5.00  |", "|        |", refund_line, "has no amount", "\"amount\""},
        Mistake{"| £5.00  |", "| £5     |", refund_line, "\"£5\" is no amount", "£1,234.50"},
        Mistake{"| refund   | stay    | £5.00  |", "| load     | stay    | £5.00  |", refund_line,
                "takes no payment", "empty"},
        Mistake{"| refund   | stay    | £5.00  |          |", "| load hours | | | no hours |",
                refund_line, "\"no\" is no number of hours", "10.50 hours"},
        Mistake{"| refund   | stay    | £5.00  |          |", "| load hours | | | 0.00 hours |",
                refund_line, "\"0.00\" is no number of hours", "10.50 hours"},
        Mistake{"| refund   | stay    |", "| refund   | stai    |", refund_line, "no row above",
                "names no original"},
        Mistake{"| refund   | stay    |", "| purchase | stay    |", refund_line,
                "the payment of line 14", "repeat"},
        Mistake{"| refund   | stay    |", "| repeat   | stay    |", refund_line, "nothing new",
                "empty"},
        Mistake{"| at Hotel |", "| at Hotels |", purchase_line, "no merchant \"Hotels\"",
                "Hotels, and"},
        Mistake{"| at Hotel |", "| card Ann |", purchase_line, "no card \"Ann\"", "Mary"},
        Mistake{"| final    |", "| finally  |", clearing_line, "\"finally\" is not understood",
                "final; item"},
        Mistake{"| final    |", "| by hand  |", clearing_line, "\"hand\"",
                "network transaction id"},
        Mistake{"| £40.00    |", "|  |", purchase_line, "lacks a balance", "every balance"},
        Mistake{"| £40.00    |", "| 40 EUR |", purchase_line, "\"40 EUR\" is no amount",
                "£1,234.50"}));

TEST(Sheet, LaysATableOutStraightAndLeavesAllElse) {
    const std::string text =
        "Title\n\n  Given\na|message|x\n-+-\n£1.00 | load|\n£1,000.00|time passes|y\n";
    const std::string straight =
        "Title\n\n  Given\n"
        "a         | message     | x\n"
        "----------+-------------+--\n"
        "    £1.00 | load        |\n"
        "£1,000.00 | time passes | y\n";
    EXPECT_EQ(aligned(text), straight);
    EXPECT_EQ(aligned(straight), straight);
}

TEST(Sheet, IsStraightInAllTablesOfTheFolder) {
    const char* const sources = std::getenv("CARECARD_SOURCE_DIR");
    ASSERT_NE(sources, nullptr);
    int tables = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(sources) + "/tests/scenarios/tables")) {
        const std::string text = end_to_end::read_text(file.path().string());
        EXPECT_EQ(aligned(text), text) << file.path() << ": run tests/scenarios/play --align";
        ++tables;
    }
    EXPECT_GE(tables, 30);
}

TEST(Moment, IsReadFromAnyPartThatSaysEnough) {
    const Moment before{.day = cli::day_of({.year = 2026, .month = 3, .day = 2}),
                        .time = {.hour = 9}};
    const auto day = [&](std::string_view text) {
        const Result<Moment> moment = parse_moment(text, before);
        EXPECT_TRUE(moment) << text;
        return cli::date_of(moment->day);
    };
    EXPECT_EQ(day(""), (Date{.year = 2026, .month = 3, .day = 2}));
    EXPECT_EQ(day("09:00"), (Date{.year = 2026, .month = 3, .day = 2}));
    EXPECT_EQ(day("29 Mar 00:30"), (Date{.year = 2026, .month = 3, .day = 29}));
    EXPECT_EQ(day("Fri 1 Jan 2027 00:30"), (Date{.year = 2027, .month = 1, .day = 1}));
    for (const char* text : {"08:59", "1 Mar 10:00", "30 Feb 10:00", "Mon 10:00 3 Mar", "noon",
                             "3 March 10:00", "3 Mar", "Tue 2 Mar 10:00", "24:00", "10:60"}) {
        EXPECT_FALSE(parse_moment(text, before)) << text;
    }
}

TEST(Moment, IsOfTheClockInLondon) {
    const auto at = [](int day) {
        const Result<TimestampNs> instant = instant_of(
            {.day = cli::day_of({.year = 2026, .month = 3, .day = static_cast<std::uint8_t>(day)}),
             .time = {.hour = 12}});
        EXPECT_TRUE(instant);
        return *instant;
    };
    EXPECT_EQ(at(30) - at(29), days(1));
    EXPECT_EQ(at(29) - at(28), hours(23));
}

TEST(Amounts, HaveOneSpelling) {
    EXPECT_EQ(parse_price("£1,234.50")->amount, AmountMinor{1'234'50});
    EXPECT_EQ(parse_price("500 JPY")->amount, AmountMinor{500});
    const Result<PricePair> pair = parse_prices("50.00 EUR = £43.12");
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->transaction.amount, AmountMinor{50'00});
    EXPECT_EQ(pair->billing.amount, AmountMinor{43'12});
    for (const char* text : {"£1234.50", "£1.5", "1.50", "GBP 1.50", "50.00 EURO", "", "£",
                             "£1.50 = ", "£1.50 = £1.50 = £1.50"}) {
        EXPECT_FALSE(parse_prices(text)) << text;
    }
}

TEST(Answer, HasToBeSaidWholeAndMayBeSaidMore) {
    const Answer answer{.must = {"posted £45.00", "£15.00 freed"}, .may = {"found by request key"}};
    EXPECT_TRUE(agrees({"£15.00 freed", "posted £45.00"}, answer));
    EXPECT_TRUE(agrees({"posted £45.00", "£15.00 freed", "found by request key"}, answer));
    EXPECT_FALSE(agrees({"posted £45.00"}, answer));
    EXPECT_FALSE(agrees({}, answer));
    EXPECT_FALSE(agrees({"posted £45.00", "£15.00 freed", "unmatched"}, answer));
    EXPECT_EQ(corrected({"found by request key", "unmatched"}, answer),
              "posted £45.00, £15.00 freed, found by request key");
}

}  // namespace
}  // namespace carecard::scenarios
