#pragma once

#include <cstdint>
#include <string>

#include "carecard/v1/admin.grpc.pb.h"
#include "common/result.h"
#include "common/time.h"

namespace carecard::cli::simulate {

/// The service's simulated clock, moved by an operator.
class SimulatedClock {
   public:
    /// Reads the clock. @param operator_stub  with the operator's certificate.
    /// @return `conflict` on field "clock" when the service's clock is not a simulated one.
    [[nodiscard]] static Result<SimulatedClock> read(v1::AdminService::Stub& operator_stub,
                                                     std::string run_id);

    /// Moves the clock to `to`, and waits until all that fell due on the way is done. A time that
    /// has passed changes nothing.
    [[nodiscard]] Result<Done> advance_to(TimestampNs to);

    [[nodiscard]] TimestampNs now() const { return now_; }

   private:
    SimulatedClock(v1::AdminService::Stub& stub, std::string run_id, TimestampNs now)
        : stub_(&stub), run_id_(std::move(run_id)), now_(now) {}

    v1::AdminService::Stub* stub_;
    std::string run_id_;
    TimestampNs now_;
};

}  // namespace carecard::cli::simulate
