#include "services/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace carecard::cli {
namespace {

constexpr std::size_t bar_width = 30;
constexpr std::chrono::milliseconds redraw_interval{100};

}  // namespace

Progress::Progress(std::string title, std::uint64_t total)
    : title_(std::move(title)),
      total_(total),
      where_(isatty(STDERR_FILENO) == 1 ? Where::terminal : Where::file) {}

Progress::~Progress() {
    if (where_ == Where::terminal && next_draw_ != std::chrono::steady_clock::time_point{}) {
        std::fputc('\n', stderr);
    }
}

void Progress::show(std::uint64_t done, std::string_view note) {
    if (total_ == 0) return;
    done = std::min(done, total_);
    const auto now = std::chrono::steady_clock::now();
    if (where_ == Where::terminal) {
        if (now < next_draw_ && done < total_) return;
        next_draw_ = now + redraw_interval;
        draw(done, note);
        return;
    }
    const std::uint64_t tenths = done * 10 / total_;
    if (tenths <= tenths_shown_) return;
    tenths_shown_ = tenths;
    fmt::print(stderr, "{}: {}0% ({} of {}) {}\n", title_, tenths, done, total_, note);
}

void Progress::draw(std::uint64_t done, std::string_view note) {
    const auto filled = static_cast<std::size_t>(done * bar_width / total_);
    fmt::print(stderr, "\r{} [{}{}] {:3}% {}  ", title_, std::string(filled, '#'),
               std::string(bar_width - filled, '.'), done * 100 / total_, note);
    std::fflush(stderr);
}

}  // namespace carecard::cli
