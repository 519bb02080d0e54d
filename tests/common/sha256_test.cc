#include "common/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace carecard {
namespace {

struct Vector {
    std::string text;
    std::string digest;
};

// FIPS 180-4 examples.
const Vector vectors[] = {
    {.text = "", .digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {.text = "abc", .digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {.text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     .digest = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {.text = std::string(1'000'000, 'a'),
     .digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, GivesThePublishedDigests) {
    for (const Vector& vector : vectors) {
        EXPECT_EQ(to_hex(sha256(bytes_of(vector.text))), vector.digest)
            << vector.text.substr(0, 60);
    }
}

TEST(Sha256, TakesPartsAsOneRunOfBytes) {
    EXPECT_EQ(sha256({bytes_of("a"), bytes_of(""), bytes_of("bc")}), sha256(bytes_of("abc")));
}

TEST(Sha256, BeginsAnewAfterFinish) {
    Sha256 hash;
    hash.update(bytes_of("noise"));
    EXPECT_EQ(hash.finish(), sha256(bytes_of("noise")));
    hash.update(bytes_of("a"));
    hash.update(bytes_of("bc"));
    EXPECT_EQ(hash.finish(), sha256(bytes_of("abc")));
}

TEST(HashFromHex, ReadsWhatToHexWrote) {
    const Hash32 hash = sha256(bytes_of("abc"));
    EXPECT_EQ(hash_from_hex(to_hex(hash)), hash);
}

TEST(HashFromHex, RefusesEveryOtherForm) {
    const std::string good = to_hex(sha256(bytes_of("abc")));
    std::string upper = good;
    upper[0] = 'B';
    std::string stray = good;
    stray[63] = 'g';
    for (const std::string& text : {std::string(), good.substr(1), good + "0", upper, stray}) {
        EXPECT_FALSE(hash_from_hex(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace carecard
