#include "services/journal/derive_key.h"

#include <gtest/gtest.h>

#include "common/sha256.h"

namespace carecard::journal {
namespace {

TEST(DeriveKey, GivesTheKeysOfRfc5869) {
    // Test case 3: no salt, no purpose.
    Secret master(22);
    for (std::byte& byte : master.writable()) byte = std::byte{0x0b};
    EXPECT_EQ(to_hex(derive_key(master, "", 42).bytes()),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8");
}

TEST(DeriveKey, GivesEachPurposeItsOwn) {
    const Secret master(32);
    const auto derived = [&](const char* purpose) {
        return to_hex(derive_key(master, purpose, 16).bytes());
    };
    EXPECT_EQ(derived("one"), derived("one"));
    EXPECT_NE(derived("one"), derived("other"));
}

}  // namespace
}  // namespace carecard::journal
