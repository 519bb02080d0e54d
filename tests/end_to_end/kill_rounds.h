#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "tests/end_to_end/installation.h"
#include "tests/end_to_end/kill_judge.h"
#include "tests/end_to_end/kill_load.h"
#include "tests/end_to_end/kill_oracle.h"

namespace carecard::end_to_end {

/// What kills came to. Added up over many installations.
struct KillTally {
    std::uint64_t kills = 0;
    std::uint64_t kills_in_recovery = 0;  ///< Of these: before the service served.
    std::uint64_t rounds = 0;
    std::uint64_t asked = 0;
    std::uint64_t in_doubt = 0;       ///< Asked, and killed before an answer came.
    std::uint64_t in_doubt_done = 0;  ///< Of these, found done.
    std::uint64_t events = 0;
    std::uint64_t lost = 0;  ///< Answers that the journal did not have.

    void add(const KillTally& other);
};

/// One installation that is loaded and killed again and again, with an oracle outside it. What goes
/// wrong is a failure of the test, or of the program outside of one.
class KillRounds {
   public:
    explicit KillRounds(std::uint64_t seed);

    /// Loads the service and kills it at a random moment; one time in four kills it again while it
    /// recovers; judges what is left without it; then starts it, asks again what was in doubt and
    /// compares every account.
    void run();

    [[nodiscard]] KillTally tally() const;
    /// Whether everything asked was answered in the end.
    [[nodiscard]] bool all_answered() const;

   private:
    void kill_under_load(Service& service);
    void kill_in_recovery();
    void judge();
    void repeat_from(Service& service, std::size_t from);
    void repeat(Sender& sender, const Oracle::Entry& entry);
    void read_accounts(Service& service);

    const Installation installation_;
    Random random_;
    Oracle oracle_{installation_.file("oracle")};
    KillJudge judge_;
    KillTally tally_;
    std::chrono::microseconds start_time_{0};  ///< What the last start took.
    std::map<unsigned, v1::ReadAccountResponse> accounts_;
    std::atomic<std::uint64_t> in_doubt_{0};
    std::atomic<std::uint64_t> in_doubt_done_{0};
};

}  // namespace carecard::end_to_end
