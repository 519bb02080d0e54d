#include "common/secret_text.h"

#include <gtest/gtest.h>

#include <string>

#include "common/sha256.h"

namespace carecard {
namespace {

const std::string digits = std::string(62, '0') + "9f";

TEST(SecretText, IsTheKeyThatItsDigitsSpell) {
    const auto key = secret_from_hex(digits);
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->bytes()), digits);
}

TEST(SecretText, MayEndWithEndsOfLinesAndNothingElse) {
    EXPECT_TRUE(secret_from_hex(digits + "\n"));
    EXPECT_TRUE(secret_from_hex(digits + "\r\n\n"));
    EXPECT_FALSE(secret_from_hex(digits + "0"));
    EXPECT_FALSE(secret_from_hex(digits + " \n"));
    EXPECT_FALSE(secret_from_hex(digits + "\n0"));
    EXPECT_FALSE(secret_from_hex("\n" + digits));
}

TEST(SecretText, HasSixtyFourLowerCaseDigits) {
    EXPECT_FALSE(secret_from_hex(""));
    EXPECT_FALSE(secret_from_hex("\n"));
    EXPECT_FALSE(secret_from_hex(digits.substr(1)));
    EXPECT_FALSE(secret_from_hex(digits.substr(1) + "F"));
    EXPECT_FALSE(secret_from_hex(digits.substr(1) + "g"));
}

}  // namespace
}  // namespace carecard
