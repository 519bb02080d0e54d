#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/end_to_end/kill_rounds.h"

namespace carecard::end_to_end {
namespace {

constexpr int rounds = 20;

std::uint64_t seed() {
    const char* const given = std::getenv("CARECARD_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "CARECARD_SEED=" << seed << '\n';
    return seed;
}

TEST(Kill, NeverLosesOrRepeatsWhatWasAnswered) {
    KillRounds kills(seed());
    for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) kills.run();
    const KillTally tally = kills.tally();
    std::cout << tally.kills << " kills, " << tally.kills_in_recovery << " of them in recovery; "
              << tally.asked << " asked, " << tally.in_doubt << " in doubt, of which "
              << tally.in_doubt_done << " were done\n";
    EXPECT_TRUE(kills.all_answered());
    EXPECT_EQ(tally.lost, 0U);
    EXPECT_GE(tally.kills, 25U);
    EXPECT_GT(tally.kills_in_recovery, 0U);
    EXPECT_GT(tally.asked, std::uint64_t{rounds} * 10);
}

}  // namespace
}  // namespace carecard::end_to_end
