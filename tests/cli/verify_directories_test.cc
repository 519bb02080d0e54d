#include "services/cli/verify_directories.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "services/cli/exit_codes.h"
#include "tests/settlement/fixture.h"

namespace carecard::cli {
namespace {

/// Four batches of one programme.
class VerifyDirectories : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        settlement::SampleMonth month;
        month.close(0);
        month.second_day();
        month.close(1);
        for (int day = 2; day < 4; ++day) {
            month.world.advance(rules::utc(2024, 6, static_cast<unsigned>(3 + day), 23));
            month.close(day);
        }
        settlement::Recorder recorder;
        recorder.record(month.world);
        run = new settlement::FreshRun;
        run->follow(recorder.store);
    }
    static void TearDownTestSuite() {
        delete run;
        run = nullptr;
    }

    static Result<std::vector<ProvedBatch>> verify(const std::vector<std::string>& directories) {
        const auto found = find_batches(directories);
        if (!found) return found.fault();
        return verify_directories(*found, settlement::Authority::one().trusted());
    }

    static std::vector<std::string> batches(const std::vector<int>& numbers) {
        std::vector<std::string> places;
        for (const int number : numbers) places.push_back(run->place(number));
        return places;
    }

    static void expect_wrong(const std::vector<std::string>& directories, std::string_view words) {
        const auto proved = verify(directories);
        ASSERT_FALSE(proved);
        EXPECT_EQ(exit_code_of(proved.fault()), ExitCode::disagrees);
        EXPECT_NE(proved.fault().detail.find(words), std::string::npos) << proved.fault().detail;
    }

    static settlement::FreshRun* run;
};
settlement::FreshRun* VerifyDirectories::run = nullptr;

TEST_F(VerifyDirectories, ProvesABatchByItselfAndAChainFromAnyNumberOn) {
    const auto one = verify(batches({3}));
    ASSERT_TRUE(one) << one.fault().detail;
    EXPECT_FALSE(one->front().chained);
    const auto rest = verify(batches({3, 4, 2}));
    ASSERT_TRUE(rest) << rest.fault().detail;
    ASSERT_EQ(rest->size(), 3U);
    EXPECT_FALSE(rest->front().chained);
    EXPECT_TRUE(rest->back().chained);
    const auto all = verify({run->root.path() + "/care"});
    ASSERT_TRUE(all) << all.fault().detail;
    EXPECT_EQ(all->size(), 4U);
}

TEST_F(VerifyDirectories, RefusesAGapAfterTheFirst) {
    expect_wrong(batches({1, 2, 4}), "batch 4, and the one before it here is batch 2");
    expect_wrong(batches({1, 3}), "batch 3, and the one before it here is batch 1");
}

TEST_F(VerifyDirectories, RefusesANumberThatStandsTwice) {
    const settlement::TemporaryDirectory copy;
    std::filesystem::copy(run->place(2), copy.path(), std::filesystem::copy_options::recursive);
    std::vector<std::string> twice = batches({1, 2, 3});
    twice.push_back(copy.path());
    expect_wrong(twice, "batch 2, and so is");
}

TEST_F(VerifyDirectories, CountsADirectoryThatIsNamedTwiceOnce) {
    const auto proved =
        verify({run->root.path() + "/care", run->place(2), run->root.path() + "/care/."});
    ASSERT_TRUE(proved) << proved.fault().detail;
    EXPECT_EQ(proved->size(), 4U);
}

}  // namespace
}  // namespace carecard::cli
