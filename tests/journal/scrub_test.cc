#include "services/journal/scrub.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "services/journal/memory_store.h"
#include "tests/journal/record_chain.h"
#include "tests/sequencer/flipping_store.h"

namespace carecard::journal {
namespace {

constexpr Scrub::Pace at_once{.bytes_per_second = 1'000'000'000, .pause = DurationNs{1'000'000}};

bool soon(const std::function<bool()>& holds) {
    for (int tries = 0; tries < 5'000; ++tries) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

class ScrubTest : public testing::Test {
   protected:
    void SetUp() override {
        for (int record = 0; record < 20; ++record) chain_.commit_to(store_, {.events = 3});
    }
    static TimestampNs now() { return {42}; }

    MemoryStore store_;
    RecordChain chain_;
    std::atomic<int> damages_ = 0;
    std::atomic<std::uint64_t> damaged_at_ = 0;
    const Scrub::OnDamage count_ = [this](const Scrub::Damage& damage) {
        damaged_at_ = damage.first.value;
        ++damages_;
    };
};

TEST_F(ScrubTest, SaysWhenAndHowFarItsLastPassCame) {
    const Scrub scrub(store_, at_once, now, count_);
    ASSERT_TRUE(soon([&] { return scrub.status().last.has_value(); }));
    EXPECT_EQ(scrub.status().last->ended.value, 42);
    EXPECT_EQ(scrub.status().last->through.value, 60U);
    EXPECT_FALSE(scrub.status().damage);
    EXPECT_EQ(damages_, 0);
}

TEST_F(ScrubTest, BeginsAgainAfterItsPause) {
    const Scrub scrub(store_, at_once, now, count_);
    ASSERT_TRUE(soon([&] { return scrub.status().last.has_value(); }));
    chain_.commit_to(store_, {.events = 3});
    EXPECT_TRUE(soon([&] { return scrub.status().last->through.value == 63; }));
}

TEST_F(ScrubTest, NamesTheSequenceOfAFlippedByteAndGoesOn) {
    const sequencer::FlippingStore flipping(store_, {31}, 100);
    const Scrub scrub(flipping, at_once, now, count_);
    ASSERT_TRUE(soon([&] { return damages_ >= 2; }));
    EXPECT_EQ(damaged_at_, 31U);
    EXPECT_EQ(scrub.status().damage->first.value, 31U);
    EXPECT_NE(scrub.status().damage->fault.detail.find("31"), std::string::npos);
    EXPECT_FALSE(scrub.status().last) << "no pass has come to the end";
}

TEST_F(ScrubTest, KeepsToItsPaceAndEndsInTheMidstOfAPass) {
    const auto began = std::chrono::steady_clock::now();
    {
        const Scrub scrub(store_, {.bytes_per_second = 1}, now, count_);
        ASSERT_TRUE(soon([&] { return scrub.status().verified.value == 3; }));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        EXPECT_EQ(scrub.status().verified.value, 3U);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
    EXPECT_EQ(damages_, 0) << "to be ended is no damage";
}

TEST_F(ScrubTest, HasNothingToSayOfAnEmptyJournalButThatItIsSound) {
    const MemoryStore empty;
    const Scrub scrub(empty, at_once, now, count_);
    ASSERT_TRUE(soon([&] { return scrub.status().last.has_value(); }));
    EXPECT_EQ(scrub.status().last->through.value, 0U);
}

}  // namespace
}  // namespace carecard::journal
