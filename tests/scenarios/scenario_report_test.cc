#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/rpc/faults.h"
#include "tests/scenarios/play.h"

namespace carecard::scenarios {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string table(const std::string& given, const std::string& rows) {
    return "A scenario\n\nGiven\n  purse        care, £100.00\n  card         Mary\n" + given +
           "\nwhen | message | payment | amount | details | answer | care available | care held | "
           "exposure\n-+-\n" +
           rows;
}

std::vector<Report> play_all(const std::vector<std::string>& texts) {
    std::vector<Scenario> scenarios;
    for (const std::string& text : texts) {
        const auto number = static_cast<unsigned>(scenarios.size()) + 1;
        Result<Scenario> scenario =
            read_scenario("table-" + std::to_string(number) + ".txt", text, number);
        EXPECT_TRUE(scenario) << rpc::explain(scenario.fault());
        scenarios.push_back(std::move(*scenario));
    }
    const end_to_end::Installation installation;
    end_to_end::Service service(installation, "simulated");
    return play(service, scenarios);
}

TEST(Report, ShowsEachDifferenceAndTheWholeTableAndBlamesNoOtherScenario) {
    const std::vector<Report> reports = play_all({
        table("",
              "2 Mar 09:00 | purchase | food | £30.00 | | approved | £70.00 | £30.00 | £0.00\n"
              "4 Mar 09:00 | clearing | food | £30.00 | final | posted £29.00 | £71.00 |"
              " £0.00 |\n"
              "4 Mar 10:00 | time passes | | | | | £70.00 | |\n"),
        table("",
              "3 Mar 09:00 | purchase | food | £30.00 | | approved | £70.00 | £30.00 | £0.00\n"),
    });
    ASSERT_EQ(reports.size(), 2U);
    EXPECT_THAT(
        reports[0].text,
        StartsWith("table-1.txt:10: answer: expected \"posted £29.00\", got \"posted £30.00\" "
                   "(true besides: found by network transaction id, £70.00 left)\n"
                   "table-1.txt:10: care available: expected \"£71.00\", got \"£70.00\"\n"
                   "\nA scenario\n\nwhen "));
    EXPECT_THAT(
        reports[0].text,
        HasSubstr("\n4 Mar 09:00 | clearing    | food    | £30.00 | final   | posted £29.00 |"
                  "         £71.00 |     £0.00 |\n"
                  ">>> got     |             |         |        |         | posted £30.00 |"
                  "         £70.00 |           |\n"
                  "4 Mar 10:00 |"));
    EXPECT_EQ(reports[1].text, "");
}

TEST(Report, ShowsTheLineThatCannotBeOpened) {
    const std::vector<Report> reports = play_all(
        {table("  agreement    only at sweetshops\n",
               "2 Mar 09:00 | purchase | food | £30.00 | | approved | £70.00 | £30.00 | £0.00\n")});
    EXPECT_THAT(reports[0].text,
                StartsWith("table-1.txt:6: cannot be opened: refused: malformed, at rules."));
}

}  // namespace
}  // namespace carecard::scenarios
