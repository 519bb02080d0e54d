#include "services/settlement/answers.h"

#include "common/check.h"
#include "services/rpc/faults.h"
#include "services/rpc/log.h"

namespace carecard::settlement {
namespace {

constexpr std::string_view program = "carecard-settlement";

bool is_about_the_request(FaultKind kind) {
    switch (kind) {
        case FaultKind::malformed:
        case FaultKind::not_found:
        case FaultKind::conflict:
        case FaultKind::overloaded:
        case FaultKind::denied:
        case FaultKind::quarantined:
            return true;
        case FaultKind::unavailable:
        case FaultKind::fenced:
        case FaultKind::corrupt:
            return false;
    }
    CHECK(false);
}

}  // namespace

grpc::Status answer_to(const Fault& fault) {
    if (is_about_the_request(fault.kind)) return rpc::to_status(fault);
    rpc::log(program, "call_failed {}", rpc::explain(fault));
    if (fault.kind == FaultKind::corrupt) {
        return rpc::to_status({FaultKind::corrupt, "", "what is stored is not what was signed",
                               "Do not use it; call an operator to restore the batch."});
    }
    return rpc::to_status({FaultKind::unavailable, "", "the service cannot do its work at present",
                           "Call again; if it is still so, tell the operator."});
}

grpc::Status from_journal(const grpc::Status& status) {
    const Fault fault = rpc::to_fault(status);
    const bool refuses_us =
        fault.kind == FaultKind::denied || status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
    if (!refuses_us && rpc::has_our_details(status) && is_about_the_request(fault.kind)) {
        return status;
    }
    rpc::log(program, "journal_failed {}", rpc::explain(fault));
    if (refuses_us) {
        return rpc::to_status({FaultKind::unavailable, "",
                               "the journal does not accept the settlement service",
                               "Tell the operator of the settlement service."});
    }
    return rpc::to_status({FaultKind::unavailable, "", "the journal's answer did not arrive",
                           "Repeat the call with the same request key."});
}

}  // namespace carecard::settlement
