#include <gtest/gtest.h>

#include <string>

#include "tests/survival/extent.h"
#include "tests/survival/history.h"

namespace carecard::survival {
namespace {

constexpr int cuts_per_history = 20;

void expect_no_breach(const Tally& tally) {
    for (const std::string& breach : tally.breaches) ADD_FAILURE() << breach;
    EXPECT_EQ(tally.lost, 0U);
}

TEST(PowerCut, LosesNoAnswerWhereverItComes) {
    const std::uint64_t cuts_wanted = 300 / extent().share;
    Tally tally;
    for (std::uint64_t seed = extent().seed; tally.power_cuts < cuts_wanted && !HasFailure();
         ++seed) {
        tally.add(power_cuts(seed, cuts_per_history));
        expect_no_breach(tally);
    }
    RecordProperty("tally", text_of(tally));
    // A run that met nothing would show nothing.
    EXPECT_GT(tally.answers, 100 * cuts_wanted);
    EXPECT_GT(tally.absent, 0U);
    EXPECT_GT(tally.repeats, 0U);
    EXPECT_GT(tally.damage.bytes_dropped, 0U);
    EXPECT_GT(tally.damage.names_dropped, 0U);
    EXPECT_GT(tally.damage.files_torn, 0U);
}

TEST(PowerCut, LosesNoneOfTheFirstAnswersOfANewInstallation) {
    for (std::uint64_t seed = 1; seed <= 100 / extent().share; ++seed) {
        Disk disk(seed);
        History history(disk, seed);
        disk.cut_after(100 + seed % 60);
        history.start();
        history.live(1'000);
        history.lose_power();
        EXPECT_TRUE(history.start()) << seed << ": " << history.fault()->detail;
        expect_no_breach(history.tally());
    }
}

// The control: what the tests above would say of a service that does not sync.
TEST(PowerCut, LosesAnswersOfADiskThatIgnoresSyncs) {
    std::uint64_t lost = 0;
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Disk disk(seed);
        disk.ignore_syncs_below("/data");
        History history(disk, seed);
        history.start();
        history.live(30);
        history.lose_power();
        if (!history.start()) ++refused;
        lost += history.tally().lost;
    }
    EXPECT_GT(lost, 0U);
    EXPECT_GT(refused, 0U);
}

TEST(PowerCut, IsNoticedWhenTheJournalsDiskIgnoresSyncsAndTheHeadFileKnowsMore) {
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Disk disk(seed);
        disk.ignore_syncs_below("/data/journal");
        History history(disk, seed);
        history.start();
        history.live(30);
        history.stop_in_order();
        history.lose_power();
        if (!history.start()) {
            ++refused;
            continue;
        }
        expect_no_breach(history.tally());  // everything was kept
    }
    EXPECT_GT(refused, 5);
}

}  // namespace
}  // namespace carecard::survival
