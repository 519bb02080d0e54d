#include "services/cli/simulate/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

namespace carecard::cli::simulate {
namespace {

constexpr int ended_by_signal = -1;
constexpr std::size_t shown_bytes_max = 2'000;
constexpr int polls_before_kill = 1'000;
constexpr std::chrono::milliseconds poll_interval{10};

/// In the child, where nothing may be allocated.
[[noreturn]] void become(char* const* arguments, int log, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The parent may have ended before that took effect.
    if (getppid() != parent) _exit(127);
    // An interrupt of the terminal is for the parent, which ends its children in order.
    setpgid(0, 0);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
}

}  // namespace

Result<pid_t> start_child(const std::vector<std::string>& command, const std::string& log_path) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const pid_t parent = getpid();
    const pid_t child = log < 0 ? -1 : fork();
    if (child == 0) become(arguments.data(), log, parent);
    if (log >= 0) close(log);
    if (child < 0) {
        return Fault{.kind = FaultKind::unavailable,
                     .field = "services",
                     .detail = fmt::format("{} cannot be started: {}", command.front(),
                                           std::strerror(errno)),
                     .remedy = "free some memory, processes or disk space"};
    }
    return child;
}

int wait_for_child(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ended_by_signal;
}

ChildState state_of_child(pid_t child) {
    return waitpid(child, nullptr, WNOHANG) == 0 ? ChildState::running : ChildState::ended;
}

void stop_child(pid_t child) {
    if (state_of_child(child) == ChildState::ended) return;
    kill(child, SIGTERM);
    for (int poll = 0; poll < polls_before_kill; ++poll) {
        if (state_of_child(child) == ChildState::ended) return;
        std::this_thread::sleep_for(poll_interval);
    }
    kill(child, SIGKILL);
    static_cast<void>(wait_for_child(child));
}

std::string last_lines(const std::string& log_path) {
    std::ifstream file(log_path);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    return all.size() > shown_bytes_max ? all.substr(all.size() - shown_bytes_max) : all;
}

}  // namespace carecard::cli::simulate
