#include "services/cli/simulate/clock.h"

#include <fmt/format.h>

#include <utility>

#include "services/cli/call.h"
#include "services/rpc/wire.h"

namespace carecard::cli::simulate {
namespace {

/// A crossing of years releases and expires what fell due in all of them.
constexpr DurationNs advance_timeout = minutes(10);

}  // namespace

Result<SimulatedClock> SimulatedClock::read(v1::AdminService::Stub& operator_stub,
                                            std::string run_id) {
    const Result<v1::ReadStatusResponse> status =
        call(operator_stub, &v1::AdminService::Stub::ReadStatus, v1::ReadStatusRequest{});
    if (!status) return status.fault();
    if (status->clock() != v1::CLOCK_KIND_SIMULATED) {
        return Fault{.kind = FaultKind::conflict,
                     .field = "clock",
                     .detail = "the service goes by the system's clock, which cannot be moved",
                     .remedy = "start the service with --clock simulated, on a store of its own"};
    }
    const Result<TimestampNs> now = rpc::parse_timestamp(status->now(), "clock");
    if (!now) return now.fault();
    return SimulatedClock(operator_stub, std::move(run_id), *now);
}

Result<Done> SimulatedClock::advance_to(TimestampNs to) {
    if (to <= now_) return Done{};
    v1::AdvanceClockRequest request;
    request.set_request_key(fmt::format("{}-clock-{}", run_id_, to.value));
    request.set_reason("playing recorded payments");
    rpc::set_timestamp(to, *request.mutable_to());
    const Result<v1::AdvanceClockResponse> answer =
        call(*stub_, &v1::AdminService::Stub::AdvanceClock, request, advance_timeout);
    if (!answer) return answer.fault();
    now_ = to;
    return Done{};
}

}  // namespace carecard::cli::simulate
