#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace carecard::end_to_end {

/// A program of the project, started by a test, with what it says in a file. Dies with the test.
class Process {
   public:
    /// @param words  the program's name in the directory of programs, and its arguments.
    /// @param log    file for its output; begun anew.
    Process(std::vector<std::string> words, std::string log);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Sends a signal and waits for the end.
    /// @return the exit status, or minus the number of the signal that ended it.
    int end_by(int signal);

    /// Waits for the end, at most `timeout`.
    /// @return as above; nothing when it still runs.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds timeout);

    [[nodiscard]] pid_t id() const { return id_; }

    /// Everything it has said so far.
    [[nodiscard]] std::string said() const;

   private:
    pid_t id_ = -1;
    std::optional<int> status_;
    std::string log_;
};

/// What a program that ended had to say.
struct Ran {
    int status = 0;
    std::string said;
};

/// Runs a program of the project to its end. A test fails when that takes more than a minute.
[[nodiscard]] Ran run_to_end(std::vector<std::string> words, const std::string& log);

/// The bytes of a file; empty when there is none.
[[nodiscard]] std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

}  // namespace carecard::end_to_end
