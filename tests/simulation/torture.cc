// simulation_torture MINUTES|--steps N [SEED]: simulations with ever new seeds until the time is
// over, N steps are done, or the core and the second opinion differ. Most steps are decided and
// applied alone; one script in `scripts_per_life` goes through the sequencer, with restarts,
// failed commits and clock jumps. The last line of its output is JSON with the counts and the
// seeds; the exit status is 0 only when nothing was found.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "tests/simulation/rules_race.h"
#include "tests/simulation/service_race.h"
#include "tests/simulation/shrink.h"

namespace carecard::simulation {
namespace {

constexpr int commands_per_script = 500;
constexpr int commands_per_life = 300;
constexpr std::uint64_t scripts_per_life = 4;

struct Wanted {
    double minutes = std::numeric_limits<double>::infinity();
    long steps = std::numeric_limits<long>::max();
    std::uint64_t seed = 1;
};

void add(Tally& sum, const Tally& tally) {
    for (const auto& [name, count] : tally) sum[name] += count;
}

int run(const Wanted& wanted) {
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::duration<double, std::ratio<60>>(std::min(wanted.minutes, 1e6));
    Tally tally;
    std::uint64_t seed = wanted.seed;
    int lost = 0;
    do {
        const bool lives = seed % scripts_per_life == 0;
        const Attempt race = [lives](const Script& script) {
            return lives ? race_service(script) : race_rules(script);
        };
        const Script script =
            lives ? life_of(seed, commands_per_life) : commands_of(seed, commands_per_script);
        const Outcome outcome = attempt_apart(race, script);
        add(tally, outcome.tally);
        if (!outcome.breach.empty()) {
            ++lost;
            fmt::print(stderr, "seed {}: {}\nshrunk: {}\n", seed, outcome.breach,
                       shrink(race, script).text());
        }
        ++seed;
    } while (lost == 0 && tally["step"] < wanted.steps && std::chrono::steady_clock::now() < end);
    fmt::print(
        "{{\"simulated_steps\": {}, \"digests_compared\": {}, \"restarts\": {}, "
        "\"commit_faults\": {}, \"seeds\": {}, \"seed_first\": {}, \"seed_last\": {}, "
        "\"lost\": {}}}\n",
        tally["step"], tally["digest compared"], tally["restart"], tally["commit fault"],
        seed - wanted.seed, wanted.seed, seed - 1, lost);
    return lost == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::simulation

int main(int argc, char** argv) {
    using namespace std::string_view_literals;
    const bool by_steps = argc > 1 && argv[1] == "--steps"sv;
    const int named = by_steps ? 3 : 2;
    if (argc < named || argc > named + 1) {
        fmt::print(stderr, "usage: simulation_torture MINUTES|--steps N [SEED]\n");
        return 2;
    }
    carecard::simulation::Wanted wanted;
    if (by_steps) {
        wanted.steps = std::strtol(argv[2], nullptr, 10);
    } else {
        wanted.minutes = std::strtod(argv[1], nullptr);
    }
    if (argc > named) wanted.seed = std::strtoull(argv[named], nullptr, 10);
    return carecard::simulation::run(wanted);
}
