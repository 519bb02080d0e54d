#include "services/authorisation/door.h"

#include <string>

#include "services/rpc/faults.h"
#include "services/rpc/log.h"

namespace carecard::authorisation {
namespace {

Fault in_fixed_words(FaultKind kind, std::string detail, std::string remedy) {
    return {.kind = kind, .field = {}, .detail = std::move(detail), .remedy = std::move(remedy)};
}

}  // namespace

Fault for_caller(const Fault& fault, std::string_view method) {
    switch (fault.kind) {
        case FaultKind::malformed:
        case FaultKind::denied:
        case FaultKind::not_found:
        case FaultKind::conflict:
        case FaultKind::overloaded:
        case FaultKind::quarantined:
            return fault;
        case FaultKind::unavailable:
        case FaultKind::fenced:
        case FaultKind::corrupt:
            break;
    }
    rpc::log("carecard-authorisation", "call_failed method={} kind={} {}", method,
             rpc::reason_of(fault.kind), rpc::explain(fault));
    if (fault.kind == FaultKind::corrupt) {
        return in_fixed_words(fault.kind, "something stored is damaged", "call an operator");
    }
    return in_fixed_words(fault.kind, "the service's storage does not answer",
                          "call again later, with the same request key for a change");
}

}  // namespace carecard::authorisation
