#include "common/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "common/sha256.h"

namespace carecard {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);

TEST(Secret, HoldsACopyOfItsBytes) {
    const Secret secret = Secret::copy_of(bytes_of("key"));
    EXPECT_TRUE(std::ranges::equal(secret.bytes(), bytes_of("key")));
    EXPECT_EQ(secret.size(), 3U);
}

TEST(Secret, BeginsAsZeroBytesThatCanBeFilled) {
    Secret secret(4);
    EXPECT_TRUE(std::ranges::equal(secret.bytes(), bytes_of(std::string_view("\0\0\0\0", 4))));
    std::ranges::copy(bytes_of("abcd"), secret.writable().begin());
    EXPECT_TRUE(std::ranges::equal(secret.bytes(), bytes_of("abcd")));
}

TEST(Secret, IsEmptyAfterItHasMoved) {
    Secret from = Secret::copy_of(bytes_of("key"));
    Secret to(std::move(from));
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(std::ranges::equal(to.bytes(), bytes_of("key")));
    Secret other = Secret::copy_of(bytes_of("other"));
    other = std::move(to);
    EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(std::ranges::equal(other.bytes(), bytes_of("key")));
}

}  // namespace
}  // namespace carecard
