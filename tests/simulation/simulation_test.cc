#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "rules/decline.h"
#include "rules/event.h"
#include "tests/simulation/rules_race.h"
#include "tests/simulation/service_race.h"
#include "tests/simulation/shrink.h"

namespace carecard::simulation {
namespace {

constexpr int commands_per_script = 500;
constexpr int commands_per_life = 300;
constexpr long steps_of_rules = 1'000'000;
constexpr long steps_of_service = 60'000;

std::uint64_t chosen_seed() {
    const char* given = std::getenv("CARECARD_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

/// In a sanitizer's build a share of the steps is done, too few to meet everything.
long share() {
    const char* given = std::getenv("CARECARD_SIMULATION_SHARE");
    return given != nullptr ? std::max(1L, std::strtol(given, nullptr, 10)) : 1;
}

bool came(const Tally& tally, std::string_view part) {
    return std::any_of(tally.begin(), tally.end(), [&](const auto& entry) {
        return entry.first.find(part) != std::string::npos;
    });
}

/// Every reason to decline that this many commands can meet.
void expect_every_decline(const Tally& tally) {
    for (int number = 1; number <= rules::decline_reason_last; ++number) {
        const auto reason = static_cast<rules::DeclineReason>(number);
        if (reason == rules::DeclineReason::kind_not_supported) continue;        // Never generated.
        if (reason == rules::DeclineReason::open_authorisations_full) continue;  // 4,096 holds.
        EXPECT_TRUE(came(tally, name_of(reason))) << name_of(reason);
    }
}

void expect_every_exception(const Tally& tally) {
    for (int number = 1; number <= rules::exception_reason_last; ++number) {
        const auto reason = static_cast<rules::ExceptionReason>(number);
        EXPECT_TRUE(came(tally, name_of(reason))) << name_of(reason);
    }
}

void expect_every_event(const Tally& tally) {
    const std::size_t of_no_command = rules::Event(rules::Restored{}).index() + 1;
    for (std::size_t kind = 1; kind <= std::variant_size_v<rules::EventKinds>; ++kind) {
        if (kind == of_no_command) continue;
        EXPECT_TRUE(came(tally, "event of kind " + std::to_string(kind) + ".")) << kind;
    }
}

/// Runs scripts of ever new seeds until `steps` are done. The first that fails is shrunk.
template <class Write>
Tally simulate(long steps, const Attempt& attempt, Write script_of) {
    std::uint64_t seed = chosen_seed();
    std::printf("seed=%llu (set CARECARD_SEED to repeat)\n", static_cast<unsigned long long>(seed));
    Tally tally;
    for (; tally["step"] < steps; ++seed) {
        const Script script = script_of(seed);
        const Outcome outcome = attempt_apart(attempt, script);
        for (const auto& [name, count] : outcome.tally) tally[name] += count;
        if (outcome.breach.empty()) continue;
        ADD_FAILURE() << "seed " << seed << ": " << outcome.breach
                      << "\nshrunk: " << shrink(attempt, script).text();
        break;
    }
    std::printf("%ld steps, %ld digests compared\n", tally["step"], tally["digest compared"]);
    return tally;
}

TEST(DecideAndApply, AgreeWithTheModelOnEveryAnswerAndBalance) {
    const Tally tally = simulate(
        steps_of_rules / share(), [](const Script& script) { return race_rules(script); },
        [](std::uint64_t seed) { return commands_of(seed, commands_per_script); });
    if (HasFailure() || share() > 1) return;
    expect_every_event(tally);
    expect_every_decline(tally);
    expect_every_exception(tally);
}

TEST(Sequencer, AgreesWithTheModelThroughRestartsFailedCommitsAndClockJumps) {
    const Tally tally = simulate(
        steps_of_service / share(), [](const Script& script) { return race_service(script); },
        [](std::uint64_t seed) { return life_of(seed, commands_per_life); });
    if (HasFailure() || share() > 1) return;
    for (const char* what :
         {"restart", "commit fault, kept", "commit fault, lost", "jump", "refused for the clock",
          "clock accepted", "again approved", "again declined", "again reversed", "again posted",
          "again done", "proposed", "resolved", "refused conflict request_key",
          "refused conflict reference", "refused conflict presentment_id"}) {
        EXPECT_TRUE(came(tally, what)) << what;
    }
}

// --- The shrinker, on disagreements that are planted in what the model says --------------------

/// A model that forgets what a debit takes beyond the holder's money.
std::string forget_exposure(const rules::Command& command, std::string answer) {
    const bool is_debit = std::holds_alternative<rules::Present>(command) &&
                          answer.find(", exposed 0,") == std::string::npos;
    return is_debit && answer.starts_with("posted") ? "posted, with nothing exposed" : answer;
}

/// A process that dies of a certain answer, as of a failed CHECK.
std::string die_of_cash(const rules::Command&, std::string answer) {
    if (answer.starts_with("declined cash_not_agreed")) std::abort();
    return answer;
}

Failure shrunk(const Attempt& attempt, Script (*script_of)(std::uint64_t, int)) {
    for (std::uint64_t seed = 1;; ++seed) {
        const Script script = script_of(seed, commands_per_life);
        if (!attempt_apart(attempt, script).breach.empty()) return shrink(attempt, script);
    }
}

TEST(Shrink, ComesDownToTheFewCommandsThatADisagreementNeeds) {
    const Failure failure = shrunk(
        [](const Script& script) { return race_rules(script, forget_exposure); }, commands_of);
    EXPECT_LE(failure.script.size(), 5U) << failure.text();
    EXPECT_NE(failure.breach.find("with nothing exposed"), std::string::npos) << failure.breach;
    EXPECT_NE(failure.text().find("Present c"), std::string::npos) << failure.text();
    EXPECT_NE(failure.text().find("IssueCard account A"), std::string::npos) << failure.text();
}

TEST(Shrink, ComesDownThroughTheSequencerAsWell) {
    const Failure failure =
        shrunk([](const Script& script) { return race_service(script, forget_exposure); }, life_of);
    EXPECT_LE(failure.script.size(), 5U) << failure.text();
    EXPECT_NE(failure.breach.find("with nothing exposed"), std::string::npos) << failure.breach;
}

TEST(Shrink, ShrinksWhatAborts) {
    const Failure failure =
        shrunk([](const Script& script) { return race_rules(script, die_of_cash); }, commands_of);
    EXPECT_LE(failure.script.size(), 5U) << failure.text();
    EXPECT_NE(failure.breach.find("signal 6"), std::string::npos) << failure.breach;
}

TEST(Shrink, FindsNothingToLeaveOutOfWhatItGave) {
    const Attempt race = [](const Script& script) { return race_rules(script, forget_exposure); };
    const Failure failure = shrunk(race, commands_of);
    for (std::size_t at = 0; at < failure.script.size(); ++at) {
        Script shorter = failure.script;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
        EXPECT_EQ(attempt_apart(race, shorter).breach, "")
            << "without " << text_of(failure.script[at]);
    }
}

TEST(Script, IsAFunctionOfItsSeed) {
    EXPECT_EQ(text_of(life_of(7, 200)), text_of(life_of(7, 200)));
    EXPECT_NE(text_of(life_of(7, 200)), text_of(life_of(8, 200)));
}

}  // namespace
}  // namespace carecard::simulation
