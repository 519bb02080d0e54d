#include <gtest/gtest.h>

#include "tests/rules/earmark_world.h"

namespace carecard::rules {
namespace {

/// A payment of 100 pounds, cleared: 60 of the purse "social" and 40 of "own". Nothing is left.
class DisputedEarmark : public testing::Test {
   protected:
    DisputedEarmark() {
        id_ = world_.approve(100'00).id;
        world_.record(world_.present(by_id(id_), 100'00));
    }

    OpenDispute open() const {
        return {.request = asked_by("support", "open"),
                .account = account_name("A"),
                .authorisation = id_,
                .amount = {100'00},
                .currency = gbp,
                .provisional = true};
    }
    CloseDispute lose() const {
        return {.request = asked_by("support", "lose"),
                .account = account_name("A"),
                .authorisation = id_,
                .outcome = DisputeOutcome::lost};
    }
    Present chargeback() {
        Present command = world_.refund(by_id(id_), 100'00);
        command.kind = PresentmentKind::chargeback;
        return command;
    }
    Present second(std::string_view merchant) {
        Present command = world_.present(by_id(id_), 50'00);
        command.kind = PresentmentKind::second;
        command.merchant.acceptor = Acceptor::of(merchant);
        return command;
    }
    [[nodiscard]] std::int64_t social() const { return world_.available(1); }
    [[nodiscard]] std::int64_t own() const { return world_.available(2); }

    EarmarkedWorld world_{60'00, 40'00};
    AuthorisationId id_;
};

TEST_F(DisputedEarmark, ALostDisputeLeavesWhatIsKeptForWages) {
    world_.record(open());
    world_.record(world_.earmark("june", 45'00));
    const auto lost = world_.expect<DisputeClosed>(lose());
    EXPECT_EQ(lost.taken, AmountMinor{55'00});
    EXPECT_EQ(lost.exposure, AmountMinor{45'00});
    EXPECT_EQ(social(), 45'00);
    EXPECT_EQ(own(), 0);
    EXPECT_EQ(world_.left("june"), 45'00);
    EXPECT_EQ(world_.authorise(world_.pay_to("WAGES", 45'00)).decline, Decline{});
}

TEST_F(DisputedEarmark, ASecondPresentmentBreaksIntoItWhenNothingElseIsLeft) {
    world_.record(chargeback());
    world_.record(world_.earmark("june", 45'00));
    const auto again = world_.expect<Presented>(second("SHOP"));
    EXPECT_EQ(again.exception.reason, ExceptionReason::presented_again);
    ASSERT_EQ(again.earmarks.size(), 1U);
    EXPECT_EQ(social(), 30'00);
    EXPECT_EQ(own(), 20'00);
    EXPECT_EQ(world_.left("june"), 30'00) << "no more is kept than is there";
}

TEST_F(DisputedEarmark, ASecondPresentmentOfItsPayeeUsesIt) {
    world_.record(chargeback());
    world_.record(world_.earmark("june", 45'00));
    world_.record(second("WAGES"));
    EXPECT_EQ(social(), 30'00);
    EXPECT_EQ(world_.left("june"), 15'00);
    EXPECT_EQ(world_.decline_of(world_.pay_to("SHOP", 35'01)).amount_would_work.value, 35'00);
}

}  // namespace
}  // namespace carecard::rules
