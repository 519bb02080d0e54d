#pragma once

#include <string_view>

#include "common/result.h"

namespace carecard::cli {

/// What the program's exit status says. Never change or reuse a number: scripts look at them.
enum class ExitCode : int {
    done = 0,         ///< It worked.
    refused = 1,      ///< Nothing changed. Correct what the message names.
    usage = 2,        ///< The command line itself is wrong. See --help.
    not_decided = 3,  ///< No service could be reached, or it was too busy. Repeat later.
    unknown = 4,      ///< It may or may not have happened. Repeat with the same request key.
    disagrees = 5,    ///< Files, signatures or totals are not what they should be. Investigate.
};

/// The status for a command that ended with `fault`. A server that could not be reached (field
/// "server") was not asked, so nothing was decided.
[[nodiscard]] ExitCode exit_code_of(const Fault& fault);

/// The table of exit codes, as the program's help shows it.
inline constexpr std::string_view exit_code_help =
    "Exit status: 0 done; 1 refused, nothing changed; 2 wrong command line; 3 not decided, the\n"
    "service was not reached or too busy; 4 outcome unknown, repeat with the same request key;\n"
    "5 files, signatures or totals do not agree.";

}  // namespace carecard::cli
