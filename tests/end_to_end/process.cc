#include "tests/end_to_end/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "common/check.h"

namespace carecard::end_to_end {
namespace {

using namespace std::chrono_literals;

constexpr int could_not_start = 127;

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : -WTERMSIG(raw); }

}  // namespace

Process::Process(std::vector<std::string> words, std::string log) : log_(std::move(log)) {
    const char* const programs = std::getenv("CARECARD_PROGRAM_DIR");
    CHECK(programs != nullptr);
    words[0] = std::string(programs) + "/" + words[0];
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(out >= 0);
    id_ = ::fork();
    CHECK(id_ >= 0);
    if (id_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::execv(arguments[0], arguments.data());
        ::_exit(could_not_start);
    }
    ::close(out);
}

Process::~Process() {
    if (!status_) end_by(SIGKILL);
}

int Process::end_by(int signal) {
    if (status_) return *status_;
    ::kill(id_, signal);
    int raw = 0;
    while (::waitpid(id_, &raw, 0) < 0 && errno == EINTR) continue;
    status_ = status_of(raw);
    return *status_;
}

std::optional<int> Process::wait(std::chrono::milliseconds timeout) {
    const auto give_up = std::chrono::steady_clock::now() + timeout;
    while (!status_) {
        int raw = 0;
        if (::waitpid(id_, &raw, WNOHANG) == id_) status_ = status_of(raw);
        if (!status_ && std::chrono::steady_clock::now() >= give_up) return std::nullopt;
        if (!status_) std::this_thread::sleep_for(2ms);
    }
    return status_;
}

std::string Process::said() const { return read_text(log_); }

Ran run_to_end(std::vector<std::string> words, const std::string& log) {
    Process process(std::move(words), log);
    const std::optional<int> status = process.wait(60s);
    EXPECT_TRUE(status.has_value()) << "still runs:\n" << process.said();
    return {.status = status.value_or(-1), .said = process.said()};
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    CHECK(file.flush().good());
}

}  // namespace carecard::end_to_end
