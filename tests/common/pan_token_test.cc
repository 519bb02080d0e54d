#include "common/pan_token.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/sha256.h"

namespace carecard {
namespace {

Secret key_of(std::string_view text) { return Secret::copy_of(bytes_of(text)); }

TEST(CardToken, IsTheHmacOfRfc4231) {
    const CardToken token = card_token(1, key_of("Jefe"), "what do ya want for nothing?");
    EXPECT_EQ(to_hex(token.mac),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(CardToken, IsTheSameEachTimeAndDiffersByCardByKeyAndByKeyNumber) {
    const Secret key = key_of("first key");
    const CardToken token = card_token(1, key, "9999990000000006");
    EXPECT_EQ(token, card_token(1, key, "9999990000000006"));
    EXPECT_NE(token.mac, card_token(1, key, "9999990000000017").mac);
    EXPECT_NE(token.mac, card_token(1, key_of("second key"), "9999990000000006").mac);
    EXPECT_NE(token, card_token(2, key, "9999990000000006"));
}

TEST(CardToken, TextFormReadsBackForEveryKeyNumber) {
    for (int key_id = 1; key_id <= 255; ++key_id) {
        const CardToken token =
            card_token(static_cast<std::uint8_t>(key_id), key_of("k"), "9999990000000006");
        const Result<CardToken> read = parse_card_token(to_text(token));
        ASSERT_TRUE(read) << key_id;
        EXPECT_EQ(*read, token);
    }
}

TEST(ParseCardToken, RefusesEveryOtherFormWithoutRepeatingIt) {
    const std::string mac(64, 'a');
    const std::vector<std::string> texts = {"",
                                            "k1",
                                            "k1:",
                                            ":" + mac,
                                            "k:" + mac,
                                            "k0:" + mac,
                                            "k01:" + mac,
                                            "k256:" + mac,
                                            "k-1:" + mac,
                                            "K1:" + mac,
                                            "1:" + mac,
                                            "k1 :" + mac,
                                            "k1:" + mac + "a",
                                            "k1:" + mac.substr(1),
                                            "k1::" + mac,
                                            " k1:" + mac,
                                            "k1:" + std::string(64, 'A'),
                                            "4111111111111111"};
    for (const std::string& text : texts) {
        const Result<CardToken> read = parse_card_token(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.fault().kind, FaultKind::malformed);
        EXPECT_EQ(read.fault().field, "card_token");
        EXPECT_EQ(read.fault().detail.find("4111"), std::string::npos);
    }
}

TEST(CardTokenDeathTest, NeedsAKeyAndItsNumber) {
    EXPECT_DEATH((void)card_token(0, key_of("k"), "9999990000000006"), "CHECK failed");
    EXPECT_DEATH((void)card_token(1, Secret(), "9999990000000006"), "CHECK failed");
}

}  // namespace
}  // namespace carecard
