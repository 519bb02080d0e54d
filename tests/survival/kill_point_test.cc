#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/survival/extent.h"
#include "tests/survival/history.h"

namespace carecard::survival {
namespace {

void expect_no_breach(const Tally& tally) {
    for (const std::string& breach : tally.breaches) ADD_FAILURE() << breach;
    EXPECT_EQ(tally.lost, 0U);
}

TEST(KillPoint, LosesNoAnswerAtAnyCallOfAnyPort) {
    const std::vector<Operation> calls = calls_without_trouble(extent().seed);
    EXPECT_LE(calls.size(), 400U);
    EXPECT_GT(std::ranges::count(calls, Operation::store), 20);
    EXPECT_GT(std::ranges::count(calls, Operation::reply), 10);
    Tally tally;
    std::uint64_t points = 0;
    for (std::uint64_t call = 0; call < calls.size(); call += extent().share) {
        tally.add(killed_at(extent().seed, call));
        ++points;
    }
    expect_no_breach(tally);
    RecordProperty("tally", text_of(tally));
    EXPECT_GE(tally.kills + 4, points);  // RocksDB's threads may take a call more or less
    EXPECT_GT(tally.answers, points);
    EXPECT_GT(tally.whole, 0U);
    EXPECT_GT(tally.absent, 0U);
}

TEST(KillPoint, LosesNoAnswerAtAnyCallOfARecovery) {
    Tally tally;
    std::uint64_t points = 0;
    for (std::uint64_t kills = 1; kills > 0; points += extent().share) {
        ASSERT_LT(points, 1'000U);
        const Tally one = killed_in_recovery_at(extent().seed, points);
        kills = one.kills;
        tally.add(one);
    }
    expect_no_breach(tally);
    RecordProperty("tally", text_of(tally));
    EXPECT_GT(points, 20U);
}

}  // namespace
}  // namespace carecard::survival
