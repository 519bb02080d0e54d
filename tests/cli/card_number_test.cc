#include "services/cli/card_number.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "common/pan.h"

namespace carecard::cli {
namespace {

TEST(TestCardNumber, IsOfTheTestRangeEndsAsAskedAndSatisfiesLuhn) {
    std::set<std::string> numbers;
    for (const std::string last_four : {"0000", "0001", "1234", "9999", "7557"}) {
        for (std::uint32_t serial = 0; serial < test_card_serials; serial += 997) {
            const std::string number = test_card_number(serial, last_four);
            EXPECT_EQ(number.size(), 16U);
            EXPECT_TRUE(number.starts_with("999999"));
            EXPECT_TRUE(number.ends_with(last_four));
            EXPECT_TRUE(luhn_holds(number));
            EXPECT_TRUE(is_card_number(number));
            EXPECT_TRUE(numbers.insert(number).second) << "two serials share a number";
        }
    }
}

TEST(CardNumber, IsDigitsOfTheRightLengthAndCheckDigitOnly) {
    EXPECT_TRUE(is_card_number("4111111111111111"));
    EXPECT_TRUE(is_card_number("378282246310005"));
    EXPECT_FALSE(is_card_number("4111111111111112"));
    EXPECT_FALSE(is_card_number("4111 1111 1111 1111"));
    EXPECT_FALSE(is_card_number(""));
    EXPECT_FALSE(is_card_number("0"));
    EXPECT_FALSE(is_card_number("00000000000000000000"));
}

class TokenKey : public testing::Test {
   protected:
    TokenKey() {
        std::string name = testing::TempDir() + "key-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    ~TokenKey() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& text, mode_t mode) const {
        const std::string path = directory_ + "/token-1.key";
        std::ofstream(path) << text;
        chmod(path.c_str(), mode);
    }

    std::string directory_;
};

TEST_F(TokenKey, MakesTheSameTokenForTheSameNumberOnly) {
    write(std::string(62, '0') + "ff\n", 0600);
    const auto key = read_token_key(directory_);
    ASSERT_TRUE(key);
    const std::string token = token_of(*key, "4111111111111111");
    EXPECT_TRUE(token.starts_with("k1:"));
    EXPECT_EQ(token.size(), 67U);
    EXPECT_EQ(token, token_of(*key, "4111111111111111"));
    EXPECT_NE(token, token_of(*key, "4012888888881881"));
}

TEST_F(TokenKey, IsRefusedWhenAbsentOpenToOthersOrNoKey) {
    EXPECT_EQ(read_token_key(directory_).fault().kind, FaultKind::not_found);
    write(std::string(64, 'a'), 0644);
    EXPECT_EQ(read_token_key(directory_).fault().kind, FaultKind::denied);
    write("short", 0600);
    EXPECT_EQ(read_token_key(directory_).fault().kind, FaultKind::malformed);
    write(std::string(65, 'a'), 0600);
    EXPECT_EQ(read_token_key(directory_).fault().kind, FaultKind::malformed);
    write(std::string(64, 'a') + '\n' + std::string(1'000, 'a'), 0600);
    EXPECT_EQ(read_token_key(directory_).fault().kind, FaultKind::malformed);
}

}  // namespace
}  // namespace carecard::cli
