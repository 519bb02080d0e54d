#include "services/cli/exit_codes.h"

namespace carecard::cli {

ExitCode exit_code_of(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::malformed:
        case FaultKind::denied:
        case FaultKind::not_found:
        case FaultKind::conflict:
            return ExitCode::refused;
        case FaultKind::overloaded:
            return ExitCode::not_decided;
        case FaultKind::unavailable:
            return fault.field == "server" ? ExitCode::not_decided : ExitCode::unknown;
        case FaultKind::fenced:
        case FaultKind::quarantined:
            return ExitCode::unknown;
        case FaultKind::corrupt:
            return ExitCode::disagrees;
    }
    CHECK(false);
    return ExitCode::refused;
}

}  // namespace carecard::cli
