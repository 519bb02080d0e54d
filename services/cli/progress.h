#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace carecard::cli {

/// How far a long command has come, on stderr: a bar that redraws itself on a terminal, and a line
/// for each tenth elsewhere. Costs next to nothing to call often. One thread at a time.
class Progress {
   public:
    /// @param total  units of work; 0 shows nothing.
    Progress(std::string title, std::uint64_t total);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// @param done  units so far; never less than before.
    /// @param note  shown beside it, e.g. the day.
    void show(std::uint64_t done, std::string_view note);

   private:
    void draw(std::uint64_t done, std::string_view note);

    std::string title_;
    std::uint64_t total_;
    std::uint64_t tenths_shown_ = 0;
    std::chrono::steady_clock::time_point next_draw_{};
    enum class Where : unsigned char { terminal, file } where_;
};

}  // namespace carecard::cli
