#include "common/inline_text.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>
#include <type_traits>

namespace carecard {
namespace {

using Short = InlineText<8>;

TEST(InlineText, StartsEmpty) {
    EXPECT_TRUE(Short{}.empty());
    EXPECT_EQ(Short{}.view(), "");
}

TEST(InlineText, HoldsTextUpToItsCapacity) {
    const std::optional<Short> text = Short::from("12345678");
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->view(), "12345678");
    EXPECT_EQ(text->str(), std::string("12345678"));
}

TEST(InlineText, RefusesTextOneByteTooLong) { EXPECT_FALSE(Short::from("123456789").has_value()); }

TEST(InlineText, KeepsABytewiseCopyIncludingZeroBytes) {
    const std::string text("a\0b", 3);
    EXPECT_EQ(Short::of(text).view(), text);
    EXPECT_NE(Short::of(text), Short::of("a"));
}

TEST(InlineText, ComparesAsTextDoes) {
    EXPECT_EQ(Short::of("abc"), Short::of("abc"));
    EXPECT_NE(Short::of("abc"), Short::of("ab"));
    EXPECT_LT(Short::of("ab"), Short::of("abc"));
    EXPECT_LT(Short::of("abc"), Short::of("abd"));
}

TEST(InlineText, LeavesNoTraceOfALongerTextItHeldBefore) {
    Short text = Short::of("12345678");
    text = Short::of("1");
    const Short fresh = Short::of("1");
    EXPECT_TRUE(std::is_trivially_copyable_v<Short>);
    EXPECT_EQ(std::memcmp(&text, &fresh, sizeof(Short)), 0);
}

TEST(InlineTextDeathTest, AbortsWhenALiteralDoesNotFit) {
    EXPECT_DEATH({ [[maybe_unused]] const Short text = Short::of("123456789"); }, "CHECK failed");
}

}  // namespace
}  // namespace carecard
