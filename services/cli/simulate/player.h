#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/result.h"
#include "services/cli/call_all.h"
#include "services/cli/connection.h"
#include "services/cli/simulate/auditor.h"
#include "services/cli/simulate/clock.h"
#include "services/cli/simulate/day_plan.h"
#include "services/cli/simulate/script.h"
#include "services/cli/simulate/totals.h"

namespace carecard::cli::simulate {

enum class Onboarding : unsigned char {
    needed,  ///< Create the programme if there is none, open the accounts, issue the cards.
    done,    ///< They are there.
};

/// How to play.
struct PlayOptions {
    std::string programme;
    std::string programme_name;
    std::string council;
    Onboarding onboarding = Onboarding::needed;
    std::size_t in_flight_max = 64;  ///< Requests unanswered at a time, 1 to calls_in_flight_max.
    std::string title;               ///< Of the progress bar.
};

/// Plays a script against a pair of services with a simulated clock, as the network and the
/// council would, and proves the batches.
///
/// Days are barriers: to 00:05, the day's loads and changes; to 12:00, the presentments due, then
/// the day's payments, concurrent across accounts and in order within one, all answered; past the
/// cut-off at 23:00; a batch if the day cleared anything, downloaded and verified beside what
/// follows. Days on which nothing is due are crossed in one advance.
class Player {
   public:
    /// Both must outlive the player.
    Player(Connection& connection, const Script& script, PlayOptions options);
    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// Plays it all. Blocks; shows progress on stderr.
    ///
    /// @return the totals, which may disagree (see `disagreements`). A fault ends the run: of a
    /// row,
    ///         with row and column; `conflict` on field "clock" with both dates when the service's
    ///         clock is past the first day of the first row's month, or is not a simulated one.
    [[nodiscard]] Result<Totals> run();

   private:
    [[nodiscard]] Result<Done> connect();
    [[nodiscard]] Result<Done> check_clock();
    [[nodiscard]] Result<Done> open();
    [[nodiscard]] Result<Done> create_programme();
    [[nodiscard]] Result<Done> settle_earlier(DayNumber day);
    [[nodiscard]] Result<Done> play(const DayWork& work);
    [[nodiscard]] Result<Done> advance(DayNumber day, int hour, int minute);
    [[nodiscard]] Result<Done> load(const DayWork& work);
    [[nodiscard]] Result<Done> change(const Change& change);
    [[nodiscard]] Result<Done> present(const DayWork& work);
    [[nodiscard]] Result<Done> pay(const DayWork& work);
    [[nodiscard]] Result<Done> close_batch(DayNumber day);
    [[nodiscard]] Result<Done> finish();

    /// Makes one call for each of `payments`, the accounts as lanes; a failure names its row.
    [[nodiscard]] Result<Done> send(const std::vector<std::size_t>& payments,
                                    const BeginCall& begin);
    [[nodiscard]] std::optional<Fault> take(std::size_t index, const v1::AuthoriseResponse& answer);
    [[nodiscard]] std::optional<Fault> take(std::size_t index, const v1::PresentResponse& answer);
    void compare(const Payment& payment, const std::string& decision);

    Connection& connection_;
    const Script& script_;
    PlayOptions options_;
    DayPlan plan_;
    Totals totals_;
    bool cleared_today_ = false;
    bool programme_found_ = false;  ///< It was there before this run.
    Connection::AdminStub operator_;
    Connection::AdminStub support_;
    Connection::AdminStub social_worker_;
    Connection::AdminStub finance_;
    Connection::GatewayStub gateway_;
    Connection::SettlementStub closer_;
    Connection::SettlementStub audit_stub_;
    std::optional<SimulatedClock> clock_;
    std::unique_ptr<Auditor> auditor_;
};

}  // namespace carecard::cli::simulate
