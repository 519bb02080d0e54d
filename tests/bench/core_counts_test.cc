#include <gtest/gtest.h>

#include <cstdint>

#include "bench/allocations.h"
#include "bench/core_world.h"
#include "rules/decide.h"

// What the core asks of memory, counted and not timed: it says more than a time on a busy machine.

namespace carecard::bench {
namespace {

constexpr std::uint64_t account_bytes_max = 900;               ///< With a card and one purse.
constexpr std::uint64_t further_purse_bytes_max = 150;         ///< Each.
constexpr std::uint64_t open_authorisation_bytes_max = 2'800;  ///< Three purses or one.

constexpr Shape shapes[] = {{.purses = 1},
                            {.purses = 3},
                            {.purses = 3, .mcc_ranges = 24},
                            {.purses = 16, .mcc_ranges = 96}};

TEST(Core, DecidesWithoutAllocation) {
    for (const Shape& shape : shapes) {
        SCOPED_TRACE(shape.purses);
        CoreWorld world(shape);
        rules::Stamp stamp = world.last_stamp();
        stamp.sequence = {world.state().last.value + 1};
        const std::uint64_t before = allocations_so_far();
        for (int turn = 0; turn < 2'000; ++turn) {
            const rules::Decision decision =
                rules::decide(world.state(), world.next_payment(), stamp);
            ASSERT_TRUE(std::holds_alternative<rules::Event>(decision));
        }
        EXPECT_EQ(allocations_so_far(), before);
    }
}

/// The first payment of an account grows what it keeps; after that what one payment gives back
/// serves the next.
TEST(Core, AppliesASplitPaymentAndItsReversalWithoutAllocationOnceEveryAccountHasPaid) {
    CoreWorld world({.purses = 3, .mcc_ranges = 24, .pence_in_all_but_the_last = 50});
    for (std::size_t turn = 0; turn < 15 * CoreWorld::accounts; ++turn) world.split_and_reverse();
    const std::uint64_t before = allocations_so_far();
    for (int turn = 0; turn < 2'000; ++turn) world.split_and_reverse();
    EXPECT_EQ(allocations_so_far(), before);
}

TEST(Core, KeepsAnAccountAndAnOpenAuthorisationInFewBytes) {
    for (const Shape& shape : shapes) {
        SCOPED_TRACE(shape.purses);
        const std::uint64_t before = bytes_in_use();
        CoreWorld world(shape);
        const std::uint64_t opened = bytes_in_use();
        EXPECT_LE((opened - before) / CoreWorld::accounts,
                  account_bytes_max + (shape.purses - 1) * further_purse_bytes_max);
        constexpr std::uint64_t payments = 10'000;
        for (std::uint64_t turn = 0; turn < payments; ++turn) world.take(world.next_payment());
        EXPECT_LE((bytes_in_use() - opened) / payments, open_authorisation_bytes_max);
    }
}

}  // namespace
}  // namespace carecard::bench
