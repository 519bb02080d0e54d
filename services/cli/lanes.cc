#include "services/cli/lanes.h"

#include <unordered_map>

namespace carecard::cli {

Lanes::Lanes(std::span<const std::uint32_t> lane_of) : follower_(lane_of.size(), none) {
    std::unordered_map<std::uint32_t, std::size_t> last;
    for (std::size_t item = 0; item < lane_of.size(); ++item) {
        const auto [place, first] = last.try_emplace(lane_of[item], item);
        if (first) {
            ready_.push_back(item);
        } else {
            follower_[place->second] = item;
            place->second = item;
        }
    }
}

std::optional<std::size_t> Lanes::take() {
    if (ready_.empty()) return std::nullopt;
    const std::size_t item = ready_.front();
    ready_.pop_front();
    return item;
}

void Lanes::done(std::size_t item) {
    if (follower_[item] != none) ready_.push_back(follower_[item]);
}

}  // namespace carecard::cli
