#include "services/cli/lanes.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <vector>

namespace carecard::cli {
namespace {

std::vector<std::size_t> take_all(Lanes& lanes) {
    std::vector<std::size_t> taken;
    while (const auto item = lanes.take()) taken.push_back(*item);
    return taken;
}

TEST(Lanes, HandOutOneItemOfEachLaneAtATime) {
    const std::vector<std::uint32_t> lane_of = {7, 7, 8, 7, 8};
    Lanes lanes(lane_of);
    EXPECT_THAT(take_all(lanes), testing::ElementsAre(0, 2));
    lanes.done(2);
    EXPECT_THAT(take_all(lanes), testing::ElementsAre(4));
    lanes.done(0);
    EXPECT_THAT(take_all(lanes), testing::ElementsAre(1));
    lanes.done(1);
    EXPECT_THAT(take_all(lanes), testing::ElementsAre(3));
    lanes.done(3);
    lanes.done(4);
    EXPECT_THAT(take_all(lanes), testing::IsEmpty());
}

}  // namespace
}  // namespace carecard::cli
