#pragma once

#include <fmt/format.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace carecard::fsck {

/// What an event states, held against what the events before it lead to. Asks one thing after
/// another and keeps the first that does not hold.
class Claims {
   public:
    void that(bool holds, std::string_view otherwise) {
        if (holds || why_) return;
        why_ = otherwise;
    }

    /// @param what  of what the two are a number, e.g. "the amount available".
    template <class Number>
    void equal(std::string_view what, Number recorded, Number recounted) {
        if (recorded == recounted || why_) return;
        why_ = fmt::format("{} is recorded as {}, and the events before make it {}", what,
                           digits(recorded), digits(recounted));
    }

    [[nodiscard]] bool hold() const { return !why_; }
    /// Why not; nothing when all hold. Amounts and ids only, so that it may be logged.
    [[nodiscard]] std::optional<std::string> why_not() && { return std::move(why_); }

   private:
    template <class Number>
    static auto digits(Number number) {
        if constexpr (std::integral<Number>) {
            return number;
        } else {
            return number.value;
        }
    }

    std::optional<std::string> why_;
};

}  // namespace carecard::fsck
