#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace carecard::scenarios {

/// The phrases of one cell, each to be understood by whoever takes it. What was asked for is
/// remembered, so that a phrase nobody takes is answered with those that would be understood.
class Phrases {
   public:
    explicit Phrases(std::vector<std::string> phrases) : phrases_(std::move(phrases)) {}

    /// Takes the phrase "`words`". @return whether it was there.
    bool take(std::string_view words);

    /// Takes the first phrase "`words` X". @return its X.
    /// @param what  stands for X in messages, e.g. "CARD".
    std::optional<std::string> take_after(std::string_view words, std::string_view what);

    /// Takes the first phrase "X `words`". @return its X.
    std::optional<std::string> take_before(std::string_view words, std::string_view what);

    /// Takes the first phrase that is left, whatever it says.
    std::optional<std::string> take_first();

    /// @return `malformed`, without a place, when a phrase is left.
    [[nodiscard]] Result<Done> all_taken() const;

   private:
    std::vector<std::string> phrases_;
    std::set<std::string> known_;
};

}  // namespace carecard::scenarios
