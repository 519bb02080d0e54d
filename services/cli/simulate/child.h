#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/result.h"

namespace carecard::cli::simulate {

/// Starts a program whose output goes to a file, and which is told to end when this process does.
///
/// @param command   the program's path and its arguments.
/// @param log_path  created; takes stdout and stderr.
/// @return its process id; `unavailable` on field "services" when no process could be made.
[[nodiscard]] Result<pid_t> start_child(const std::vector<std::string>& command,
                                        const std::string& log_path);

/// Waits for its end. @return its exit status, or -1 when a signal ended it.
[[nodiscard]] int wait_for_child(pid_t child);

/// Whether it still runs. A child that has ended is forgotten by the system with this.
enum class ChildState : unsigned char { running, ended };
[[nodiscard]] ChildState state_of_child(pid_t child);

/// Asks it to end, and after ten seconds makes it.
void stop_child(pid_t child);

/// The last lines of a log, for a message.
[[nodiscard]] std::string last_lines(const std::string& log_path);

}  // namespace carecard::cli::simulate
