#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace carecard::cli {

/// Hands out items so that those of one lane follow each other, each only when the one before is
/// done, while lanes go on beside each other. Between lanes, earlier items come first.
class Lanes {
   public:
    /// @param lane_of  for each item its lane; any numbers.
    explicit Lanes(std::span<const std::uint32_t> lane_of);

    /// The next item that may begin now; nothing when all wait or all have begun.
    [[nodiscard]] std::optional<std::size_t> take();

    /// Says that `item`, taken before, is done.
    void done(std::size_t item);

   private:
    static constexpr std::size_t none = ~std::size_t{0};

    std::vector<std::size_t> follower_;  ///< For each item the next of its lane.
    std::deque<std::size_t> ready_;
};

}  // namespace carecard::cli
