#include "common/inline_vector.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <numeric>
#include <span>

namespace carecard {
namespace {

using Three = InlineVector<int, 3>;

Three of(std::initializer_list<int> values) {
    Three result;
    for (const int value : values) result.push_back(value);
    return result;
}

TEST(InlineVector, StartsEmpty) {
    EXPECT_TRUE(Three{}.empty());
    EXPECT_FALSE(Three{}.full());
}

TEST(InlineVector, KeepsWhatIsPushedInOrder) {
    const Three values = of({7, 8});
    ASSERT_EQ(values.size(), 2U);
    EXPECT_EQ(values[0], 7);
    EXPECT_EQ(values[1], 8);
    EXPECT_FALSE(values.full());
}

TEST(InlineVector, IsFullAtItsCapacity) { EXPECT_TRUE(of({1, 2, 3}).full()); }

TEST(InlineVector, IteratesOverWhatWasPushedOnly) {
    const Three values = of({4, 5});
    EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0), 9);
    const std::span<const int> view = values;
    EXPECT_EQ(view.size(), 2U);
}

TEST(InlineVector, ComparesItsItemsAndNotItsUnusedPlaces) {
    Three reused = of({1, 2, 3});
    reused.clear();
    reused.push_back(9);
    EXPECT_EQ(reused, of({9}));
    EXPECT_NE(reused, of({9, 2}));
    EXPECT_NE(reused, of({8}));
}

TEST(InlineVector, LetsAnItemBeChangedInPlace) {
    Three values = of({1, 2});
    values[1] = 20;
    EXPECT_EQ(values, of({1, 20}));
}

TEST(InlineVectorDeathTest, AbortsWhenPushedPastItsCapacity) {
    Three values = of({1, 2, 3});
    EXPECT_DEATH(values.push_back(4), "CHECK failed");
}

TEST(InlineVectorDeathTest, AbortsWhenReadPastItsSize) {
    const Three values = of({1});
    EXPECT_DEATH({ [[maybe_unused]] const int value = values[1]; }, "CHECK failed");
}

}  // namespace
}  // namespace carecard
