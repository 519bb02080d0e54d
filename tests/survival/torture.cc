// survival_torture MINUTES [SEED]: power cuts, storage troubles and kill points with ever new seeds
// until the time is over, or something is lost. The last line of its output is JSON with the counts
// and the seeds; the exit status is 0 only when no breach was found.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/survival/history.h"

namespace carecard::survival {
namespace {

constexpr int cuts_per_history = 20;
constexpr std::uint64_t histories_per_scenario = 20;  // the first has one
constexpr std::uint64_t histories_min = 3;            // however short the time

void meet_every_trouble(std::uint64_t seed, Tally& tally) {
    const std::vector<Operation> calls = calls_without_trouble(seed);
    for (const Trouble trouble :
         {Trouble::io_error, Trouble::no_space, Trouble::short_write, Trouble::flipped_bit}) {
        for (std::uint64_t call = 0; call < calls.size(); ++call) {
            if (can_befall(trouble, calls[call])) tally.add(trouble_at(seed, call, trouble));
        }
    }
}

void kill_at_every_call(std::uint64_t seed, Tally& tally) {
    const std::size_t calls = calls_without_trouble(seed).size();
    for (std::uint64_t call = 0; call < calls; ++call) tally.add(killed_at(seed, call));
}

int run(double minutes, std::uint64_t first_seed) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::duration<double, std::ratio<60>>(minutes);
    Tally tally;
    std::uint64_t seed = first_seed;
    do {
        tally.add(power_cuts(seed, cuts_per_history));
        if ((seed - first_seed) % histories_per_scenario == 0) {
            meet_every_trouble(seed, tally);
            kill_at_every_call(seed, tally);
        }
        ++seed;
    } while (tally.breaches.empty() &&
             (seed - first_seed < histories_min || std::chrono::steady_clock::now() < end));
    for (const std::string& breach : tally.breaches) fmt::print(stderr, "{}\n", breach);
    fmt::print(
        "{{\"power_cuts\": {}, \"faults\": {}, \"kill_points\": {}, \"lost\": {}, \"breaches\": "
        "{}, \"refused\": {}, "
        "\"answers\": {}, \"commands\": {}, \"restarts\": {}, \"repeats\": {}, "
        "\"files_torn\": {}, \"bytes_dropped\": {}, \"names_dropped\": {}, "
        "\"seed_first\": {}, \"seed_last\": {}}}\n",
        tally.power_cuts, tally.faults, tally.kills, tally.lost, tally.breaches.size(),
        tally.refused, tally.answers, tally.commands, tally.restarts, tally.repeats,
        tally.damage.files_torn, tally.damage.bytes_dropped, tally.damage.names_dropped, first_seed,
        seed - 1);
    return tally.breaches.empty() && tally.lost == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace carecard::survival

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        fmt::print(stderr, "usage: survival_torture MINUTES [SEED]\n");
        return 2;
    }
    const std::uint64_t seed = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 1;
    return carecard::survival::run(std::strtod(argv[1], nullptr), seed);
}
