#include "services/cli/run_script.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "services/cli/simulate/stop.h"
#include "services/cli/simulate/totals.h"

namespace carecard::cli {

Result<Done> run_script(Connection& connection, const simulate::Script& script,
                        simulate::PlayOptions options, OutputForm form) {
    simulate::stop_on_signals();
    simulate::Player player(connection, script, std::move(options));
    const Result<simulate::Totals> totals = player.run();
    if (!totals) return totals.fault();
    if (form == OutputForm::json) {
        print(simulate::to_json(*totals) + "\n");
    } else {
        print(simulate::render(*totals, script.currency));
    }
    const std::vector<std::string> wrong = simulate::disagreements(*totals);
    if (wrong.empty()) return Done{};
    return Fault{.kind = FaultKind::corrupt,
                 .field = "totals",
                 .detail = fmt::format("do not agree: {}", fmt::join(wrong, "; ")),
                 .remedy = "keep the store and the batches, and call an operator"};
}

}  // namespace carecard::cli
