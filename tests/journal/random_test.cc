#include "services/journal/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/sha256.h"
#include "services/journal/sealer.h"

namespace carecard::journal {
namespace {

TEST(FillRandom, FillsAnySizeWithoutRepeating) {
    std::set<std::string> seen;
    for (const std::size_t size : {16U, 4096U, 4097U, 10'000U, 16U, 16U}) {
        std::vector<std::byte> bytes(size);
        fill_random(bytes);
        EXPECT_TRUE(seen.insert(to_hex(bytes)).second);
        // A part left unfilled would show as a long run of zero bytes.
        EXPECT_EQ(to_hex(bytes).find(std::string(32, '0')), std::string::npos);
    }
}

TEST(FillRandom, DiffersBetweenThreads) {
    std::vector<std::byte> here(32);
    std::vector<std::byte> there(32);
    fill_random(here);
    std::thread([&] { fill_random(there); }).join();
    EXPECT_NE(here, there);
}

TEST(MakeSalts, DrawsEachByItself) {
    std::vector<Salt> salts(1000);
    make_salts(salts);
    EXPECT_EQ(std::set<Salt>(salts.begin(), salts.end()).size(), salts.size());
}

TEST(RandomSecret, HasTheSizeAskedForAndNeverRepeats) {
    const Secret one = random_secret(32);
    const Secret two = random_secret(32);
    EXPECT_EQ(one.size(), 32U);
    EXPECT_NE(to_hex(one.bytes()), to_hex(two.bytes()));
    EXPECT_NE(random_vault_key_id(), random_vault_key_id());
}

}  // namespace
}  // namespace carecard::journal
