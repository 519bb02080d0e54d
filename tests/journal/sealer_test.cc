#include "services/journal/sealer.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/journal/random.h"

namespace carecard::journal {
namespace {

constexpr AccountId account{7};
constexpr Sequence sequence{41};

class SealerTest : public ::testing::Test {
   protected:
    SealerTest() { make_salts(salts_); }

    std::vector<std::byte> seal() {
        std::vector<std::byte> sealed;
        sealer_.seal(key_, account, sequence, texts_, salts_, sealed);
        return sealed;
    }

    void expect_corrupt(const Result<std::vector<OpenedText>>& opened) {
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(opened.fault().field, "sealed");
    }

    const Secret key_ = random_secret(aes_key_bytes);
    const std::array<std::string_view, 3> texts_{"GREEN LANE CARE", "", "Leeds \xc3\xa9"};
    std::array<Salt, 3> salts_{};
    Sealer sealer_;
};

TEST_F(SealerTest, OpensWhatItSealed) {
    const Result<std::vector<OpenedText>> opened = sealer_.open(key_, account, sequence, seal());
    ASSERT_TRUE(opened) << opened.fault().detail;
    ASSERT_EQ(opened->size(), texts_.size());
    for (std::size_t index = 0; index < texts_.size(); ++index) {
        EXPECT_EQ((*opened)[index].text, texts_[index]);
        EXPECT_EQ((*opened)[index].salt, salts_[index]);
    }
}

TEST_F(SealerTest, SealsNothingAsNothing) {
    std::vector<std::byte> sealed;
    sealer_.seal(key_, account, sequence, {}, {}, sealed);
    EXPECT_TRUE(sealed.empty());
    const Result<std::vector<OpenedText>> opened = sealer_.open(key_, account, sequence, sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->empty());
}

TEST_F(SealerTest, AppendsToWhatIsThere) {
    std::vector<std::byte> out(3, std::byte{9});
    sealer_.seal(key_, account, sequence, texts_, salts_, out);
    EXPECT_EQ(out[2], std::byte{9});
    EXPECT_TRUE(sealer_.open(key_, account, sequence, std::span(out).subspan(3)));
}

TEST_F(SealerTest, NeverGivesTheSameBytesTwiceNorShowsTheText) {
    std::set<std::string> seen;
    for (int index = 0; index < 1000; ++index) {
        const std::vector<std::byte> sealed = seal();
        const std::string bytes(reinterpret_cast<const char*>(sealed.data()), sealed.size());
        EXPECT_EQ(bytes.find("GREEN"), std::string::npos);
        EXPECT_TRUE(seen.insert(bytes.substr(1, gcm_nonce_bytes)).second);
    }
}

TEST_F(SealerTest, DoesNotOpenElsewhere) {
    const std::vector<std::byte> sealed = seal();
    expect_corrupt(sealer_.open(key_, {8}, sequence, sealed));
    expect_corrupt(sealer_.open(key_, account, {42}, sealed));
    expect_corrupt(sealer_.open(random_secret(aes_key_bytes), account, sequence, sealed));
    EXPECT_TRUE(sealer_.open(key_, account, sequence, sealed));
}

TEST_F(SealerTest, NoticesEveryFlippedBit) {
    const std::vector<std::byte> good = seal();
    for (std::size_t bit = 8; bit < good.size() * 8; ++bit) {
        std::vector<std::byte> bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        expect_corrupt(sealer_.open(key_, account, sequence, bad));
    }
}

TEST_F(SealerTest, NoticesEveryTruncation) {
    const std::vector<std::byte> good = seal();
    for (std::size_t size = 1; size < good.size(); ++size) {
        expect_corrupt(sealer_.open(key_, account, sequence, std::span(good).first(size)));
    }
}

TEST_F(SealerTest, NamesTheVersionOfANewerRelease) {
    std::vector<std::byte> sealed = seal();
    sealed[0] = std::byte{2};
    const Result<std::vector<OpenedText>> opened = sealer_.open(key_, account, sequence, sealed);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.fault().kind, FaultKind::conflict);
    sealed[0] = std::byte{0};
    expect_corrupt(sealer_.open(key_, account, sequence, sealed));
}

// Boxes that are authentic and yet malformed: only the reader of the clear text can refuse.
TEST_F(SealerTest, RefusesMalformedTextsInAnAuthenticBox) {
    const std::string header = std::string(16, 's') + std::string("\3\0", 2);
    const std::string malformed[] = {"",
                                     "\1",
                                     "\1" + header + "ab",
                                     "\1" + header + "abcd",
                                     "\2" + header + "abc",
                                     std::string("\0x", 2)};
    std::array<std::byte, 12> place{};
    place[0] = std::byte{7};
    place[4] = std::byte{41};
    AesGcm cipher;
    for (const std::string& clear : malformed) {
        std::vector<std::byte> sealed{std::byte{1}};
        cipher.seal(key_, place, bytes_of(clear), sealed);
        expect_corrupt(sealer_.open(key_, account, sequence, sealed));
    }
    std::vector<std::byte> sealed{std::byte{1}};
    cipher.seal(key_, place, bytes_of("\1" + header + "abc"), sealed);
    const Result<std::vector<OpenedText>> opened = sealer_.open(key_, account, sequence, sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->at(0).text, "abc");
}

TEST_F(SealerTest, CarriesTheLargestTexts) {
    const std::string largest(sealed_text_bytes_max, 'x');
    const std::vector<std::string_view> texts(sealed_texts_max, largest);
    std::vector<Salt> salts(sealed_texts_max);
    make_salts(salts);
    std::vector<std::byte> sealed;
    sealer_.seal(key_, account, sequence, texts, salts, sealed);
    EXPECT_LT(sealed.size(), event_bytes_max);
    const Result<std::vector<OpenedText>> opened = sealer_.open(key_, account, sequence, sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->size(), sealed_texts_max);
    EXPECT_EQ(opened->back().text, largest);
}

TEST(Commitment, IsTheDigestOfSaltAndText) {
    Salt salt{};
    salt[0] = std::byte{'s'};
    const std::string salted = "s" + std::string(15, '\0') + "text";
    EXPECT_EQ(commitment(salt, "text"), sha256(bytes_of(salted)));
}

}  // namespace
}  // namespace carecard::journal
