#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "common/id.h"
#include "services/cli/progress.h"

namespace carecard::cli {

/// One long step over the journal, shown on stderr from its first call on.
class Step {
   public:
    explicit Step(std::string title) : title_(std::move(title)) {}

    void show(Sequence done, Sequence tail) {
        if (!progress_) progress_.emplace(title_, tail.value);
        progress_->show(done.value, fmt::format("sequence {}", done.value));
    }
    void end() { progress_.reset(); }

   private:
    std::string title_;
    std::optional<Progress> progress_;
};

/// "1 record", "2 records".
[[nodiscard]] inline std::string counted(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace carecard::cli
