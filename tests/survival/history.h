#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/rules/random_commands.h"
#include "tests/survival/disk.h"
#include "tests/survival/oracle.h"
#include "tests/survival/service.h"

namespace carecard::survival {

/// What a history came to. Added up over many.
struct Tally {
    std::uint64_t power_cuts = 0;
    std::uint64_t kills = 0;     ///< Of the process alone, at a call.
    std::uint64_t faults = 0;    ///< Troubles that a call met.
    std::uint64_t restarts = 0;  ///< Starts, after cuts and other ends.
    std::uint64_t refused = 0;   ///< Starts that a damaged disk was rightly refused.
    std::uint64_t answers = 0;   ///< Answers looked for in a journal after a start.
    std::uint64_t lost = 0;      ///< Of these, not there or not the same.
    std::uint64_t whole = 0;     ///< Unanswered and found whole.
    std::uint64_t absent = 0;    ///< Unanswered and not there.
    std::uint64_t repeats = 0;   ///< Answered commands sent again.
    std::uint64_t commands = 0;
    Disk::Damage damage;  ///< What the cuts took.
    std::vector<std::string> breaches;

    void add(const Tally& other);
};

/// The counts, on one line.
[[nodiscard]] std::string text_of(const Tally& tally);

/// One installation over many lives: seeded commands in groups, ends of all kinds, restarts, and
/// the oracle's judgement after each.
class History {
   public:
    /// @param disk  empty; outlives it.
    History(Disk& disk, std::uint64_t seed);

    /// Starts the service and has it judged. @return whether it runs; if not, `fault` says why.
    bool start();
    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }

    /// Sends the unanswered commands of earlier lives again, and some of the answered ones.
    void repeat();

    /// Sends and decides commands of every kind, in groups of all sizes, and writes the head file
    /// now and then. Stops early when the process must end. @return whether it still runs.
    bool live(int groups);

    /// Opens one account more, whose key is the last thing that the vault writes.
    /// @return whether it was opened, and the service still runs.
    bool open_last_account();

    /// Ends the process in order: the head file is the last thing it writes.
    void stop_in_order();
    /// Ends the process at once. What it wrote is there, synced or not.
    void die();
    /// Ends the process, if need be, and the disk keeps what a power cut leaves.
    void lose_power();

    [[nodiscard]] bool runs() const { return service_ != nullptr; }
    [[nodiscard]] const Tally& tally() const { return tally_; }
    [[nodiscard]] const Oracle& oracle() const { return oracle_; }
    /// Adds a breach that the caller found, with the seed.
    void breach(const std::string& what);

   private:
    void submit(std::size_t place);
    void send(rules::Command command);
    bool decide();
    void end();
    void judge();
    rules::Command next_command();
    rules::Command pass_time();

    Disk& disk_;
    const std::uint64_t seed_;
    std::mt19937_64 random_;
    rules::RandomCommands commands_;
    std::vector<rules::Command> opening_;
    std::size_t opened_ = 0;
    Oracle oracle_;
    std::unique_ptr<Service> service_;
    std::optional<Fault> fault_;
    Tally tally_;
    std::uint64_t replies_ = 0;
    int texts_ = 0;
};

/// A fixed history of about 400 calls, in which `trouble` befalls call number `call`; then a
/// restart on a disk that is well again, now and then after a power cut, and another after that.
/// `faults` is 0 when the history had no such call.
[[nodiscard]] Tally trouble_at(std::uint64_t seed, std::uint64_t call, Trouble trouble);

/// The calls of that history when nothing befalls it.
[[nodiscard]] std::vector<Operation> calls_without_trouble(std::uint64_t seed);

/// The same history, in which the process is killed during call number `call`, of whatever port,
/// and again during a call of the recovery; then as above. `kills` is 0 when there was no such
/// call.
[[nodiscard]] Tally killed_at(std::uint64_t seed, std::uint64_t call);

/// A history that was killed at work, and then during call number `call` of its recovery.
[[nodiscard]] Tally killed_in_recovery_at(std::uint64_t seed, std::uint64_t call);

/// A history with `cuts` power cuts, each at a call that the seed chooses, in recovery too.
[[nodiscard]] Tally power_cuts(std::uint64_t seed, int cuts);

}  // namespace carecard::survival
