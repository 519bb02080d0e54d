// kill_torture MINUTES|--rounds N [SEED]: rounds of kill -9 under load, with ever new seeds and a
// new installation for each few rounds, until the time is over, N rounds are done, or something is
// wrong. The last line of its output is JSON with the counts and the seeds; the exit status is 0
// only when nothing was.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "tests/end_to_end/kill_rounds.h"

namespace carecard::end_to_end {
namespace {

constexpr std::uint64_t rounds_per_installation = 10;
constexpr std::uint64_t rounds_min = 50;  // when the time is given, however short

using Clock = std::chrono::steady_clock;

/// How long to go on: whichever is given.
struct Extent {
    std::optional<Clock::time_point> until;
    std::uint64_t rounds = 0;
    std::uint64_t seed = 1;

    [[nodiscard]] bool reached(std::uint64_t rounds_done) const {
        return until ? Clock::now() >= *until && rounds_done >= rounds_min : rounds_done >= rounds;
    }
};

std::optional<Extent> extent_of(int argc, char** argv) {
    const bool counts = argc > 1 && std::string_view(argv[1]) == "--rounds";
    const int seed_at = counts ? 3 : 2;
    if (argc < seed_at || argc > seed_at + 1) return std::nullopt;
    Extent extent;
    if (counts) {
        extent.rounds = std::strtoull(argv[2], nullptr, 10);
    } else {
        extent.until =
            Clock::now() +
            std::chrono::duration_cast<Clock::duration>(
                std::chrono::duration<double, std::ratio<60>>(std::strtod(argv[1], nullptr)));
    }
    if (argc > seed_at) extent.seed = std::strtoull(argv[seed_at], nullptr, 10);
    return extent;
}

bool something_is_wrong() {
    return testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed();
}

int run(const Extent& extent) {
    KillTally tally;
    std::uint64_t seed = extent.seed;
    while (!something_is_wrong() && !extent.reached(tally.rounds)) {
        KillRounds kills(seed++);
        KillTally soon = tally;
        for (std::uint64_t round = 0; round < rounds_per_installation && !something_is_wrong() &&
                                      !extent.reached(soon.rounds);
             ++round, ++soon.rounds) {
            kills.run();
        }
        EXPECT_TRUE(kills.all_answered()) << "seed " << seed - 1;
        tally.add(kills.tally());
    }
    if (something_is_wrong()) fmt::print("wrong with seed {}\n", seed - 1);
    fmt::print(
        "{{\"kills\": {}, \"kills_in_recovery\": {}, \"lost\": {}, \"rounds\": {}, \"asked\": {}, "
        "\"in_doubt\": {}, \"in_doubt_done\": {}, \"events\": {}, \"sound\": {}, \"seed_first\": "
        "{}, \"seed_last\": {}}}\n",
        tally.kills, tally.kills_in_recovery, tally.lost, tally.rounds, tally.asked, tally.in_doubt,
        tally.in_doubt_done, tally.events, !something_is_wrong(), extent.seed, seed - 1);
    return something_is_wrong() ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace carecard::end_to_end

int main(int argc, char** argv) {
    const auto extent = carecard::end_to_end::extent_of(argc, argv);
    if (!extent) {
        fmt::print(stderr, "usage: kill_torture MINUTES|--rounds N [SEED]\n");
        return 2;
    }
    // The programs to be killed lie beside this one.
    const std::string here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    ::setenv("CARECARD_PROGRAM_DIR", here.c_str(), /*replace=*/0);
    return carecard::end_to_end::run(*extent);
}
