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

/// A first batch; two that were lost; and two after them, of a journal restored to the first.
class VerifyAFork : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        settlement::SampleMonth lost;
        settlement::SampleMonth present;
        lost.close(0);
        present.close(0);
        const Sequence shared = present.world.state.last;
        close_two_more(lost);
        present.world.take({.epoch = {2},
                            .restored_to = shared,
                            .lost_first = {shared.value + 1},
                            .lost_last = lost.world.state.last,
                            .batches_lost = {{.programme = {1}, .first = 2, .last = 3}}});
        close_two_more(present);
        settlement::Recorder before;
        settlement::Recorder after;
        before.record(lost.world);
        after.record(present.world);
        run = new settlement::FreshRun;
        run->follow(before.store);
        ASSERT_TRUE(run->run.begin_again());
        run->follow(after.store);
    }
    static void TearDownTestSuite() {
        delete run;
        run = nullptr;
    }
    static void close_two_more(settlement::SampleMonth& month) {
        month.second_day();
        month.close(1);
        month.world.advance(rules::utc(2024, 6, 5, 23));
        month.close(2);
    }

    static Result<std::vector<ProvedBatch>> verify(const std::vector<int>& numbers) {
        std::vector<std::string> places;
        for (const int number : numbers) places.push_back(run->place(number));
        const auto found = find_batches(places);
        if (!found) return found.fault();
        return verify_directories(*found, settlement::Authority::one().trusted());
    }
    static void expect_proved(const std::vector<int>& numbers, const std::vector<bool>& chained,
                              const std::vector<bool>& lost) {
        const auto proved = verify(numbers);
        ASSERT_TRUE(proved) << proved.fault().detail;
        ASSERT_EQ(proved->size(), numbers.size());
        for (std::size_t index = 0; index < numbers.size(); ++index) {
            EXPECT_EQ((*proved)[index].chained, chained[index]) << numbers[index];
            EXPECT_EQ((*proved)[index].lost, lost[index]) << numbers[index];
        }
    }
    static void expect_wrong(const std::vector<int>& numbers, std::string_view words) {
        const auto proved = verify(numbers);
        ASSERT_FALSE(proved) << words;
        EXPECT_EQ(exit_code_of(proved.fault()), ExitCode::disagrees);
        EXPECT_NE(proved.fault().detail.find(words), std::string::npos) << proved.fault().detail;
    }

    static settlement::FreshRun* run;
};
settlement::FreshRun* VerifyAFork::run = nullptr;

TEST_F(VerifyAFork, AcceptsTheLostNumbersWhetherTheyAreThereOrNot) {
    expect_proved({1, 2, 3, 4, 5}, {true, true, true, true, true},
                  {false, true, true, false, false});
    expect_proved({1, 4, 5}, {true, true, true}, {false, false, false});
    expect_proved({1, 2, 4, 5}, {true, true, true, true}, {false, true, false, false});
    expect_proved({2, 3, 4, 5}, {false, true, false, true}, {true, true, false, false});
    expect_proved({4, 5}, {false, true}, {false, false});
}

TEST_F(VerifyAFork, RefusesEveryOtherGap) {
    expect_wrong({1, 5}, "batch 5, and the one before it here is batch 1");
    expect_wrong({1, 2, 3, 5}, "batch 5, and the one before it here is batch 3");
    expect_wrong({1, 3, 4}, "batch 3, and the one before it here is batch 1");
}

}  // namespace
}  // namespace carecard::cli
