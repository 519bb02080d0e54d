#include "tests/simulation/shrink.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "common/check.h"
#include "tests/rules/london_calendar.h"

namespace carecard::simulation {
namespace {

// What a child writes: "count name" lines, then, when there is one, this line and the breach.
constexpr std::string_view breach_follows = "breach:\n";

void write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string read_all(int file) {
    std::string text;
    char part[4096];
    for (ssize_t got = ::read(file, part, sizeof part); got > 0;
         got = ::read(file, part, sizeof part)) {
        text.append(part, static_cast<std::size_t>(got));
    }
    return text;
}

[[noreturn]] void run_child(const Attempt& attempt, const Script& script, int out) {
    ::dup2(out, STDERR_FILENO);
    const Outcome outcome = attempt(script);
    std::string text;
    for (const auto& [name, count] : outcome.tally) text += fmt::format("{} {}\n", count, name);
    if (!outcome.breach.empty()) text += std::string(breach_follows) + outcome.breach;
    write_all(out, text);
    ::_exit(0);
}

Outcome parse(std::string_view text) {
    Outcome outcome;
    while (!text.empty()) {
        if (text.starts_with(breach_follows)) {
            outcome.breach = text.substr(breach_follows.size());
            break;
        }
        const std::string_view line = text.substr(0, text.find('\n'));
        const std::size_t space = line.find(' ');
        CHECK(space != std::string_view::npos);
        outcome.tally[std::string(line.substr(space + 1))] +=
            std::stol(std::string(line.substr(0, space)));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return outcome;
}

Script without(const Script& script, std::size_t first, std::size_t count) {
    Script rest(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(first));
    const std::size_t after = std::min(script.size(), first + count);
    rest.insert(rest.end(), script.begin() + static_cast<std::ptrdiff_t>(after), script.end());
    return rest;
}

}  // namespace

Outcome attempt_apart(const Attempt& attempt, const Script& script) {
    (void)london_calendar::local(0);  // tzdata is read here once, and not by each child
    int ends[2];
    CHECK(::pipe(ends) == 0);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        run_child(attempt, script, ends[1]);
    }
    ::close(ends[1]);
    const std::string text = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return parse(text);
    return {fmt::format("ended by signal {}: {}", WIFSIGNALED(status) ? WTERMSIG(status) : 0, text),
            {}};
}

std::string Failure::text() const {
    return fmt::format("{}\n\nin {} steps:\n{}", breach, script.size(), text_of(script));
}

Failure shrink(const Attempt& attempt, const Script& failing) {
    Failure smallest{failing, attempt_apart(attempt, failing).breach};
    CHECK(!smallest.breach.empty());
    std::size_t part = std::max<std::size_t>(1, failing.size() / 2);
    while (true) {
        bool shrank = false;
        for (std::size_t first = 0; first < smallest.script.size();) {
            const Script shorter = without(smallest.script, first, part);
            const std::string breach = attempt_apart(attempt, shorter).breach;
            if (breach.empty()) {
                first += part;
            } else {
                smallest = {shorter, breach};
                shrank = true;
            }
        }
        if (part == 1 && !shrank) return smallest;
        if (!shrank || part > smallest.script.size()) part = std::max<std::size_t>(1, part / 2);
    }
}

}  // namespace carecard::simulation
