#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "common/limits.h"
#include "services/settlement/catalogue.h"
#include "services/settlement/slots.h"

namespace carecard::settlement {
namespace {

using namespace std::chrono_literals;

CouncilCode council(std::string_view name) { return CouncilCode::of(name); }

TEST(Slots, KeepOneCouncilFromTakingAllAndAllFromTakingMore) {
    Slots slots({.all_max = 3, .council_max = 2});
    std::vector<Slots::Held> held;
    for (int count = 0; count < 2; ++count) {
        Result<Slots::Held> slot = slots.take(council("riverdale"), "downloads");
        ASSERT_TRUE(slot);
        held.push_back(*std::move(slot));
    }
    const Result<Slots::Held> third = slots.take(council("riverdale"), "downloads");
    ASSERT_FALSE(third);
    EXPECT_EQ(third.fault().kind, FaultKind::overloaded);
    const Result<Slots::Held> other = slots.take(council("hilltown"), "downloads");
    EXPECT_TRUE(other);
    EXPECT_FALSE(slots.take(council("lakeside"), "downloads"));
    held.pop_back();
    EXPECT_TRUE(slots.take(council("lakeside"), "downloads"));
    EXPECT_TRUE(slots.take(council("riverdale"), "downloads"));
}

TEST(Slots, AreFreeAgainWhenTheirHoldersAreGone) {
    Slots slots({.all_max = 1, .council_max = 1});
    for (int count = 0; count < 3; ++count) EXPECT_TRUE(slots.take(council("riverdale"), "calls"));
}

class CatalogueWait : public testing::Test {
   protected:
    CatalogueWait() {
        catalogue_.add_programme({.code = ProgrammeCode::of("care"),
                                  .council = council("riverdale"),
                                  .currency = CurrencyCode{826}});
    }

    /// How long a caller waits for a programme that stays hidden from it.
    std::chrono::nanoseconds wait_for(std::string_view programme, const Catalogue::Wait& wait) {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_EQ(catalogue_.await_programme(programme, council("hilltown"), wait),
                  Catalogue::Visibility::hidden);
        return std::chrono::steady_clock::now() - begun;
    }

    Catalogue catalogue_;
};

TEST_F(CatalogueWait, IsAsLongForAnothersProgrammeAsForNone) {
    for (const std::string_view programme : {"care", "none"}) {
        EXPECT_GE(wait_for(programme, {.deadline = std::chrono::system_clock::now() + 200ms}),
                  190ms)
            << programme;
        EXPECT_LT(wait_for(programme, {}), 100ms) << programme;
    }
    EXPECT_EQ(catalogue_.await_programme("care", council("riverdale"), {}),
              Catalogue::Visibility::visible);
    EXPECT_EQ(catalogue_.await_programme("care", {}, {}), Catalogue::Visibility::visible);
}

TEST_F(CatalogueWait, EndsWhenNobodyWantsTheAnswerAnyMore) {
    const auto begun = std::chrono::steady_clock::now();
    const Catalogue::Wait wait{.deadline = std::chrono::system_clock::now() + 60s, .given_up = [&] {
                                   return std::chrono::steady_clock::now() > begun + 200ms;
                               }};
    EXPECT_LT(wait_for("none", wait), 30s);
    const Result<ClosedBatch> batch = catalogue_.await_batch("care", 1, wait);
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.fault().kind, FaultKind::unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
}

}  // namespace
}  // namespace carecard::settlement
