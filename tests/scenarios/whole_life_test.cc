#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "services/rpc/faults.h"
#include "tests/scenarios/play.h"

// What a support worker sees of an account that went through all of it. CARECARD_GOLDEN_UPDATE=1
// writes tests/golden/whole_life.txt anew; read it then as one who has the holder on the telephone.

namespace carecard::scenarios {
namespace {

std::string in_sources(const std::string& path) {
    const char* const sources = std::getenv("CARECARD_SOURCE_DIR");
    return std::string(sources == nullptr ? "." : sources) + "/tests/" + path;
}

TEST(WholeLife, IsShownSoThatASupportWorkerCanTellTheHolder) {
    const std::string table =
        end_to_end::read_text(in_sources("scenarios/tables/a_whole_life.txt"));
    const Result<Scenario> scenario = read_scenario("a_whole_life.txt", table, 1);
    ASSERT_TRUE(scenario) << rpc::explain(scenario.fault());
    const end_to_end::Installation installation;
    end_to_end::Service service(installation, "simulated");
    ASSERT_EQ(play(service, {*scenario}).front().text, "");
    const end_to_end::Ran shown = end_to_end::run_to_end(
        {"carecard", "--admin", service.back(), "--certificates", end_to_end::certificates(),
         "show", scenario->account.reference(), "--programme", scenario->account.programme(),
         "--transactions", "100"},
        installation.file("carecard.log"));
    EXPECT_EQ(shown.status, 0);
    const std::string golden = in_sources("golden/whole_life.txt");
    const char* const update = std::getenv("CARECARD_GOLDEN_UPDATE");
    if (update != nullptr && std::string_view(update) == "1") {
        end_to_end::write_text(golden, shown.said);
        GTEST_SKIP() << "wrote " << golden;
    }
    EXPECT_EQ(shown.said, end_to_end::read_text(golden));
    EXPECT_EQ(service.stop(), 0) << service.process().said();
}

}  // namespace
}  // namespace carecard::scenarios
