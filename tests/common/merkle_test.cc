#include "common/merkle.h"

#include <gtest/gtest.h>

#include <string>

namespace carecard {
namespace {

TEST(LeafHash, OfNothingIsTheEmptyLeafOfRfc6962) {
    EXPECT_EQ(to_hex(leaf_hash({})),
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(LeafHash, IsTheDigestOfAZeroByteAndTheClearPart) {
    const std::string prefixed("\0clear", 6);
    EXPECT_EQ(leaf_hash(bytes_of("clear")), sha256(bytes_of(prefixed)));
    EXPECT_NE(leaf_hash(bytes_of("clear")), sha256(bytes_of("clear")));
}

}  // namespace
}  // namespace carecard
