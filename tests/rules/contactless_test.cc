#include <gtest/gtest.h>

#include "rules/decide.h"
#include "rules/kinds.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum DeclineReason;

constexpr ContactlessRules by_law{
    .single_max = AmountMinor{10'000}, .total_max = AmountMinor{30'000}, .count_max = 5};

/// An account with 5000 pounds, in a programme with the limits that taps had by law.
class ContactlessTest : public testing::Test {
   protected:
    ContactlessTest() : world_({.contactless = by_law}) {
        world_.record(world_.load(500'000, "social"));
    }

    Authorise tap(std::int64_t pence, EntryMode mode = EntryMode::contactless_chip) {
        Authorise command = world_.pay(pence);
        command.entry_mode = mode;
        return command;
    }
    Authorise with_pin(std::int64_t pence, EntryMode mode = EntryMode::chip) {
        Authorise command = tap(pence, mode);
        command.pin_present = true;
        return command;
    }
    WindowCount taps() { return world_.state.at(CardId{1}).taps.count; }

    World world_;
};

TEST_F(ContactlessTest, ATapMayComeToTheSingleLimitAndNoFurther) {
    EXPECT_EQ(world_.decline_of(tap(10'001)), (Decline{.reason = contactless_over_single,
                                                       .level = RuleLevel::programme,
                                                       .amount_would_work = {10'000}}));
    EXPECT_EQ(world_.decline_of(tap(10'000)), Decline{});
    EXPECT_EQ(world_.decline_of(tap(10'001, EntryMode::chip)), Decline{});
    EXPECT_EQ(world_.decline_of(tap(10'001, EntryMode::contactless_stripe)).reason,
              contactless_over_single);
}

TEST_F(ContactlessTest, TheSixthTapAndThePennyOverTheTotalNeedThePin) {
    for (int count = 0; count < 5; ++count) EXPECT_EQ(world_.decline_of(tap(100)), Decline{});
    EXPECT_EQ(
        world_.decline_of(tap(1)),
        (Decline{.reason = contactless_needs_pin, .level = RuleLevel::programme, .count_max = 5}));
    world_.record(with_pin(100));
    for (int count = 0; count < 3; ++count) EXPECT_EQ(world_.decline_of(tap(9'999)), Decline{});
    EXPECT_EQ(world_.decline_of(tap(4)), (Decline{.reason = contactless_needs_pin,
                                                  .level = RuleLevel::programme,
                                                  .amount_would_work = {3},
                                                  .count_max = 5}));
    EXPECT_EQ(world_.decline_of(tap(3)), Decline{});
}

TEST_F(ContactlessTest, OnlyAnApprovalWithThePinBeginsAfresh) {
    world_.record(tap(100));
    world_.record(tap(200, EntryMode::chip));
    EXPECT_EQ(taps(), (WindowCount{{100}, 1}));
    EXPECT_EQ(world_.decline_of(with_pin(900'000)).reason, funds_insufficient);
    EXPECT_EQ(taps(), (WindowCount{{100}, 1}));
    world_.record(with_pin(300, EntryMode::contactless_chip));
    EXPECT_EQ(taps(), WindowCount{});
    world_.record(tap(100));
    Authorise enquiry = with_pin(0);
    enquiry.kind = TransactionKind::balance_enquiry;
    world_.record(enquiry);
    EXPECT_EQ(taps(), WindowCount{});
}

TEST_F(ContactlessTest, AReversalOfTheWholeGivesATapBackOnce) {
    const AuthorisationId first = world_.authorise(tap(700)).id;
    world_.record(tap(100));
    world_.record(world_.reverse(by_id(first), 300));
    EXPECT_EQ(taps(), (WindowCount{{800}, 2})) << "a part that stays was tapped";
    world_.record(world_.reverse(by_id(first), 0));
    EXPECT_EQ(taps(), (WindowCount{{100}, 1}));
    world_.record(world_.reverse(by_id(first), 0));
    EXPECT_EQ(taps(), (WindowCount{{100}, 1}));
}

TEST_F(ContactlessTest, ATapFromBeforeThePinIsNotGivenBackToThoseAfterIt) {
    const AuthorisationId first = world_.authorise(tap(700)).id;
    world_.record(with_pin(100));
    world_.record(tap(50));
    world_.record(world_.reverse(by_id(first), 0));
    EXPECT_EQ(taps(), (WindowCount{{50}, 1}));
}

TEST_F(ContactlessTest, AnExpiryOrAClearingGivesNoTapBack) {
    const AuthorisationDecided expires = world_.authorise(tap(700));
    const AuthorisationDecided clears = world_.authorise(tap(300));
    world_.record(world_.present(by_id(clears.id), 200));
    world_.advance(expires.expires_ns);
    EXPECT_EQ(taps(), (WindowCount{{1'000}, 2}));
}

TEST_F(ContactlessTest, AnAgreementMayTightenOrSwitchOff) {
    world_.record(world_.agree({.contactless = {.single_max = AmountMinor{2'000}}}));
    EXPECT_EQ(world_.decline_of(tap(2'001)), (Decline{.reason = contactless_over_single,
                                                      .level = RuleLevel::agreement,
                                                      .amount_would_work = {2'000}}));
    world_.record(world_.agree({.contactless = {.single_max = AmountMinor{50'000}}}));
    EXPECT_EQ(world_.decline_of(tap(10'001)).level, RuleLevel::programme);
    world_.record(world_.agree({.contactless = {.off = true}}));
    EXPECT_EQ(world_.decline_of(tap(1)),
              (Decline{.reason = contactless_off, .level = RuleLevel::agreement}));
    EXPECT_EQ(world_.decline_of(with_pin(1, EntryMode::contactless_chip)), Decline{});
}

TEST_F(ContactlessTest, FaresAreCountedAndNeverRefusedForWantOfAPin) {
    for (int count = 0; count < 7; ++count) {
        Authorise fare = tap(9'000);
        fare.merchant.mcc = {4111};
        EXPECT_EQ(world_.decline_of(fare), Decline{});
    }
    EXPECT_EQ(taps(), (WindowCount{{63'000}, 7}));
    Authorise dear = tap(10'001);
    dear.merchant.mcc = {4111};
    EXPECT_EQ(world_.decline_of(dear).reason, contactless_over_single);
    EXPECT_EQ(world_.decline_of(tap(1)).reason, contactless_needs_pin);
}

TEST_F(ContactlessTest, CardsAreCountedApart) {
    world_.record(world_.issue_card("A", 2));
    for (int count = 0; count < 5; ++count) world_.record(tap(100));
    Authorise other = tap(100);
    other.card_token = token(2);
    EXPECT_EQ(world_.decline_of(other), Decline{});
}

}  // namespace
}  // namespace carecard::rules
