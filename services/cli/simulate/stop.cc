#include "services/cli/simulate/stop.h"

#include <atomic>
#include <csignal>

namespace carecard::cli::simulate {
namespace {

std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void stop_on_signals() {
    for (const int number : {SIGINT, SIGTERM}) {
        std::signal(number, [](int) { requested = true; });
    }
}

bool stop_requested() { return requested; }

Fault stopped() {
    return {.kind = FaultKind::unavailable,
            .field = {},
            .detail = "the run was stopped by a signal",
            .remedy = "start it again from the beginning"};
}

}  // namespace carecard::cli::simulate
