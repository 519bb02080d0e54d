#include "services/sequencer/refusals.h"

#include <string>
#include <utility>
#include <variant>

#include "services/sequencer/quarantine.h"

namespace carecard::sequencer {
namespace {

Fault fault(FaultKind kind, std::string field, std::string detail, std::string remedy) {
    return {.kind = kind,
            .field = std::move(field),
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

/// The field that names what happens once.
std::string_view name_field(const rules::Command& command) {
    if (std::holds_alternative<rules::Load>(command)) return "reference";
    if (std::holds_alternative<rules::ReleaseStage>(command)) return "stage";
    if (std::holds_alternative<rules::SetEarmark>(command)) return "reference";
    return "presentment_id";
}

}  // namespace

Fault too_late() {
    return fault(FaultKind::overloaded, {}, "its deadline passed before it was decided",
                 "repeat with the same request key");
}

Fault clock_jumped() {
    return fault(FaultKind::overloaded, {}, "the service's clock jumped, so nothing is decided",
                 "repeat with the same request key; an operator sees to the clock");
}

Fault keys_full() {
    return fault(FaultKind::overloaded, "request_key", "the table of request keys is full",
                 "repeat with the same request key later, and call an operator");
}

Fault key_used_otherwise() {
    return fault(FaultKind::conflict, "request_key",
                 "this key was used for a request with other fields",
                 "repeat a request exactly, and give each new request a key of its own");
}

Fault name_used_otherwise(const rules::Command& command) {
    return fault(FaultKind::conflict, std::string(name_field(command)),
                 "this was recorded before with other fields",
                 "check what was recorded, and give each new one a name of its own");
}

Fault not_simulated() {
    return fault(FaultKind::conflict, "to", "the clock is the machine's own and cannot be moved",
                 "configure a simulated clock, in a test installation only");
}

Fault nothing_to_accept() {
    return fault(FaultKind::conflict, {}, "the clock is believed, or is a simulated one",
                 "read the status: there is nothing to confirm");
}

Fault is_set_aside(const Marked& command) {
    return fault(FaultKind::quarantined, {},
                 "this very request ended the service once, and is set aside as " +
                     quarantine_id(command.fingerprint),
                 "do not repeat it; tell an operator its id, who can release it");
}

}  // namespace carecard::sequencer
