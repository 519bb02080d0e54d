#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

using enum ExceptionReason;

Exception raised(ExceptionReason reason, std::int64_t amount) {
    return {.reason = reason, .amount = {amount}};
}

World funded(std::int64_t social, std::int64_t own = 0) {
    World world;
    if (social > 0) world.record(world.load(social, "social"));
    if (own > 0) world.record(world.load(own, "own"));
    return world;
}

/// A payment in euro, billed in pounds.
Authorise pay_abroad(World& world, std::int64_t cents, std::int64_t pence) {
    Authorise payment = world.pay(pence);
    payment.amounts.transaction = {cents};
    payment.amounts.transaction_currency = eur;
    return payment;
}
Present present_abroad(World& world, const OriginalReference& original, std::int64_t cents,
                       std::int64_t pence, bool final = false) {
    Present command = world.present(original, pence, final);
    command.amounts.transaction = {cents};
    command.amounts.transaction_currency = eur;
    return command;
}

Authorise at_merchant(World& world, std::uint16_t mcc, std::int64_t pence) {
    Authorise payment = world.pay(pence);
    payment.merchant.mcc = {mcc};
    return payment;
}

// --- Tolerance -----------------------------------------------------------------------------------

TEST(Tolerance, IsWhatTheSchemePublishesByMerchantCategoryAndPresence) {
    struct Row {
        const char* what;
        std::uint16_t mcc;
        Channel channel;
        std::int64_t authorised;
        std::int64_t most;
    };
    using enum Channel;
    const Row rows[] = {
        {"groceries", 5411, point_of_sale, 10'000, 10'000},
        {"groceries on a web page", 5411, e_commerce, 10'000, 11'500},
        {"groceries by telephone", 5411, mail_order_telephone_order, 10'000, 11'500},
        {"groceries on an instruction", 5411, recurring, 10'000, 10'000},
        {"taxi", 4121, point_of_sale, 10'000, 12'000},
        {"restaurant", 5812, point_of_sale, 10'000, 12'000},
        {"bar", 5813, point_of_sale, 10'000, 12'000},
        {"fast food", 5814, point_of_sale, 10'000, 12'000},
        {"caterer", 5811, point_of_sale, 10'000, 10'000},
        {"hairdresser", 7230, point_of_sale, 10'000, 12'000},
        {"spa", 7298, point_of_sale, 10'000, 12'000},
        {"hotel", 7011, point_of_sale, 10'000, 11'500},
        {"a hotel company", 3501, point_of_sale, 10'000, 11'500},
        {"the last hotel company", 3999, point_of_sale, 10'000, 11'500},
        {"cruise", 4411, point_of_sale, 10'000, 11'500},
        {"a rental company, little", 3500, point_of_sale, 10'000, 16'000},
        {"a rental company, much", 3351, point_of_sale, 100'000, 115'000},
        {"vehicle rental", 7512, point_of_sale, 10'000, 16'000},
        {"an odd penny", 5812, point_of_sale, 33, 39},
    };
    for (const Row& row : rows) {
        World world = funded(200'000);
        Authorise payment = at_merchant(world, row.mcc, row.authorised);
        payment.channel = row.channel;
        const auto id = world.authorise(payment).id;
        const auto within = world.expect<Presented>(world.present(by_id(id), row.most, false));
        EXPECT_EQ(within.exception, Exception{}) << row.what;
        const auto beyond = world.expect<Presented>(world.present(by_id(id), 7, false));
        EXPECT_EQ(beyond.exception, raised(clearing_beyond_tolerance, 7)) << row.what;
    }
}

TEST(Tolerance, IsMeasuredOnTheSumOfAllClearings) {
    World world = funded(100'000);
    const auto id = world.authorise(at_merchant(world, 5812, 10'000)).id;
    const auto part = [&](std::int64_t pence, bool final = false) {
        return world.expect<Presented>(world.present(by_id(id), pence, final)).exception;
    };
    EXPECT_EQ(part(7'000), Exception{});
    EXPECT_EQ(part(4'000), Exception{});
    EXPECT_EQ(part(1'500), raised(clearing_beyond_tolerance, 500));
    EXPECT_EQ(part(300, true), raised(clearing_beyond_tolerance, 300)) << "each penny is told once";
    EXPECT_EQ(world.available(1), 100'000 - 12'800) << "and posted all the same";
}

TEST(Tolerance, IsOfWhatAReversalLeft) {
    World world = funded(100'000);
    const auto id = world.authorise(at_merchant(world, 5812, 10'000)).id;
    world.record(world.reverse(by_id(id), 4'000));
    const auto event = world.expect<Presented>(world.present(by_id(id), 5'000));
    EXPECT_EQ(event.exception, raised(clearing_beyond_tolerance, 200));
}

TEST(Tolerance, LeavesNothingOfWhatWasReversedInFull) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.record(world.reverse(by_id(id), 0));
    const auto event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.exception, raised(clearing_beyond_tolerance, 400));
    EXPECT_EQ(world.available(1), 600);
}

TEST(Tolerance, DoesNotMindThatTheHoldHasExpired) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.advance(world.now_ns + days(8));
    EXPECT_EQ(world.expect<Presented>(world.present(by_id(id), 400)).exception, Exception{});
    EXPECT_EQ(world.available(1), 600);
}

TEST(Tolerance, IsTheProgrammesOwnWhereItSetsOne) {
    World world;
    CreateProgramme own = world.programme("own", "riverdale");
    own.tolerance.rules = {
        {.first = {5000}, .last = {5999}, .payments = ToleranceFor::estimated, .basis_points = 900},
        {.first = {5411}, .last = {5411}, .amount = {25}},
    };
    world.record(own);
    world.record(world.open_account("B", {"social"}, "own"));
    world.record(world.issue_card("B", 2, far_expiry, "own"));
    Load load = world.load(100'000);
    load.account = account_name("B", "own");
    world.record(load);
    const auto beyond = [&](std::uint16_t mcc, bool estimated) {
        Authorise payment = at_merchant(world, mcc, 10'000);
        payment.card_token = token(2);
        payment.estimated = estimated;
        const auto id = world.authorise(payment).id;
        Present present = world.present(by_id(id), 11'000);
        present.card_token = token(2);
        return world.expect<Presented>(present).exception.amount.value;
    };
    EXPECT_EQ(beyond(5411, false), 975);
    EXPECT_EQ(beyond(5411, true), 100);
    EXPECT_EQ(beyond(5812, false), 1'000) << "the defaults hold no more";
}

// --- What staff must look at ---------------------------------------------------------------------

TEST(Clearing, BeyondToleranceIsPostedAndTheRestIsExposure) {
    World world = funded(500, 300);
    const auto id = world.approve(500).id;
    const auto event = world.expect<Presented>(world.present(by_id(id), 1'000));
    EXPECT_EQ(event.exposure, AmountMinor{200});
    EXPECT_EQ(event.exception, raised(clearing_beyond_tolerance, 500));
}

TEST(Clearing, WithinToleranceThatTheHolderDoesNotHaveIsUnfunded) {
    World world = funded(1'000);
    const auto id = world.authorise(at_merchant(world, 5812, 1'000)).id;
    const auto event = world.expect<Presented>(world.present(by_id(id), 1'150));
    EXPECT_EQ(event.exposure, AmountMinor{150});
    EXPECT_EQ(event.exception, raised(clearing_unfunded, 150));
}

TEST(Clearing, AfterExpiryOfMoneyThatIsSpentIsUnfunded) {
    World world = funded(400);
    const auto id = world.approve(400).id;
    world.advance(world.now_ns + days(8));
    world.record(world.present(by_id(world.approve(300).id), 300));
    const auto event = world.expect<Presented>(world.present(by_id(id), 400));
    EXPECT_EQ(event.exception, raised(clearing_unfunded, 300));
    EXPECT_EQ(world.account().exposure, AmountMinor{300});
}

TEST(Clearing, WithoutAnAuthorisationRaisesNothingWhileItIsFunded) {
    World world = funded(400);
    EXPECT_EQ(world.expect<Presented>(world.present({}, 400)).exception, Exception{});
    EXPECT_EQ(world.expect<Presented>(world.present({}, 1)).exception,
              raised(force_post_unfunded, 1));
}

TEST(Clearing, AfterTheFinalOneIsAFactAndWakesNoHold) {
    for (const bool final : {false, true}) {
        World world = funded(1'000);
        const auto id = world.approve(400).id;
        world.record(world.present(by_id(id), 300));
        const auto event = world.expect<Presented>(world.present(by_id(id), 100, final));
        EXPECT_EQ(event.exception, raised(presentment_after_final, 100));
        EXPECT_EQ(event.after.state, AuthorisationState::cleared);
        EXPECT_EQ(world.held(1), 0);
        EXPECT_EQ(world.available(1), 600);
        EXPECT_EQ(world.account().open.size(), 0U);
    }
}

TEST(Clearing, AfterAFinalOneThatCameAfterExpiryIsToldToo) {
    World world = funded(1'000);
    const auto id = world.approve(400).id;
    world.advance(world.now_ns + days(8));
    world.record(world.present(by_id(id), 300));
    EXPECT_EQ(world.expect<Presented>(world.present(by_id(id), 100)).exception,
              raised(presentment_after_final, 100));
}

TEST(Clearing, ThatFitsTwoPaymentsIsPostedToNoneAndTold) {
    World world = funded(1'000);
    Authorise payment = world.pay(100);
    payment.identity.network_transaction_id = InlineText<15>::of("7");
    world.authorise(payment);
    Authorise other = world.pay(100);
    other.identity = payment.identity;
    world.authorise(other);
    const auto event = world.expect<Presented>(world.present({.identity = payment.identity}, 100));
    EXPECT_EQ(event.matched_by, MatchedBy::nothing);
    EXPECT_EQ(event.exception, raised(original_ambiguous, 100));
    EXPECT_EQ(world.held(1), 200);
}

// --- Another currency ----------------------------------------------------------------------------

TEST(ForeignClearing, ReleasesTheHoldInProportionToTransactionAmountsNotBilling) {
    World world = funded(20'000);
    const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
    const auto dearer = world.expect<Presented>(present_abroad(world, by_id(id), 6'000, 5'200));
    EXPECT_EQ(dearer.released, AmountMinor{0});
    EXPECT_EQ(world.held(1), 5'000) << "half is still to come";
    EXPECT_EQ(world.available(1), 20'000 - 5'200 - 5'000);
    const auto cheaper = world.expect<Presented>(present_abroad(world, by_id(id), 3'000, 2'400));
    EXPECT_EQ(cheaper.released, AmountMinor{100});
    EXPECT_EQ(world.held(1), 2'500);
    const auto last = world.expect<Presented>(present_abroad(world, by_id(id), 3'000, 2'450, true));
    EXPECT_EQ(last.released, AmountMinor{50});
    EXPECT_EQ(world.held(1), 0);
    EXPECT_EQ(world.available(1), 20'000 - 10'050);
    EXPECT_EQ(world.at(id).foreign,
              (Foreign{.currency = eur, .authorised = {12'000}, .cleared = {12'000}}));
}

TEST(ForeignClearing, TakesTheRestOfItsHoldBeforeTheProgrammesMoney) {
    World world = funded(10'000);
    const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
    const auto event = world.expect<Presented>(present_abroad(world, by_id(id), 6'000, 5'200));
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(world.held(1), 4'800);
}

TEST(ForeignClearing, KeepsTheRestInProportionAfterAReversalOfAPart) {
    World world = funded(20'000);
    const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
    world.record(world.reverse(by_id(id), 5'000));
    EXPECT_EQ(world.at(id).foreign.authorised, AmountMinor{6'000});
    world.record(present_abroad(world, by_id(id), 3'000, 2'600));
    EXPECT_EQ(world.held(1), 2'500);
}

TEST(ForeignClearing, EndsAtNothingHeldWhateverTheParts) {
    for (const std::int64_t part : {1, 3, 7, 100, 333, 999}) {
        World world = funded(5'000);
        const auto id = world.authorise(pay_abroad(world, 1'000, 773)).id;
        std::int64_t left = 1'000;
        while (left > 0) {
            const std::int64_t cents = std::min(part, left);
            world.record(present_abroad(world, by_id(id), cents, 1 + cents * 8 / 10));
            left -= cents;
            ASSERT_GE(world.held(1), left * 773 / 1'000) << part;
            ASSERT_LE(world.held(1), left * 773 / 1'000 + 2) << part;
        }
        EXPECT_EQ(world.held(1), 0) << part;
    }
}

TEST(ForeignClearing, GoesByBillingWhenItComesInAnotherCurrencyThanItsHold) {
    World world = funded(20'000);
    const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
    world.record(world.present(by_id(id), 4'000, false));
    EXPECT_EQ(world.held(1), 6'000);
    EXPECT_EQ(world.at(id).foreign.cleared, AmountMinor{0});
}

TEST(ForeignClearing, MayCostMoreAsTheRateMoves) {
    World world = funded(20'000);
    const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
    const auto within =
        world.expect<Presented>(present_abroad(world, by_id(id), 12'000, 10'500, false));
    EXPECT_EQ(within.exception, Exception{});
    const auto beyond = world.expect<Presented>(present_abroad(world, by_id(id), 1, 1, true));
    EXPECT_EQ(beyond.exception, raised(clearing_beyond_tolerance, 1));
}

TEST(ForeignClearing, IsRefundedAtAnotherRate) {
    for (const std::int64_t refunded : {9'600, 10'300}) {
        World world = funded(15'000);
        const auto id = world.authorise(pay_abroad(world, 12'000, 10'000)).id;
        world.record(present_abroad(world, by_id(id), 12'000, 10'000, true));
        Present refund = present_abroad(world, by_id(id), 12'000, refunded);
        refund.direction = Direction::credit;
        const auto event = world.expect<Presented>(refund);
        const std::int64_t beyond = std::max<std::int64_t>(0, refunded - 10'000);
        EXPECT_EQ(event.unmatched, AmountMinor{beyond});
        EXPECT_EQ(event.exception, beyond == 0 ? Exception{} : raised(credit_unmatched, beyond));
        EXPECT_EQ(world.available(1), 5'000 + refunded);
    }
}

// --- Credits -------------------------------------------------------------------------------------

/// Funders' example: the person's 40.00 and 5.00 of the council's paid 45.00.
struct Lineage {
    World world;
    AuthorisationId id;

    Lineage() {
        world.record(world.open_account("B", {"person", "council"}));
        world.record(world.issue_card("B", 2));
        load(4'000, "person");
        load(2'000, "council");
        Authorise payment = world.pay(4'500);
        payment.card_token = token(2);
        id = world.authorise(payment).id;
        Present present = world.present(by_id(id), 4'500);
        present.card_token = token(2);
        world.record(present);
    }
    void load(std::int64_t pence, const char* purse) {
        Load command = world.load(pence, purse);
        command.account = account_name("B");
        world.record(command);
    }
    Presented refund(std::int64_t pence) {
        Present command = world.refund(by_id(id), pence);
        command.card_token = token(2);
        return world.expect<Presented>(command);
    }
    std::vector<std::int64_t> credited() {
        return {world.at(id).legs[0].credited.value, world.at(id).legs[1].credited.value};
    }
};

TEST(Credit, GoesBackToWhosePoundItWas) {
    Lineage lineage;
    EXPECT_EQ(lineage.refund(900).exception, Exception{});
    EXPECT_EQ(lineage.credited(), (std::vector<std::int64_t>{800, 100}));
    for (const std::int64_t part : {1'111, 1'333, 1'156}) lineage.refund(part);
    EXPECT_EQ(lineage.credited(), (std::vector<std::int64_t>{4'000, 500}));
    EXPECT_EQ(lineage.world.account("B").available(), AmountMinor{6'000});
}

TEST(Credit, GivesTheOddPennyToTheLargestRemainder) {
    Lineage lineage;
    lineage.refund(1);
    EXPECT_EQ(lineage.credited(), (std::vector<std::int64_t>{1, 0})) << "0.89 and 0.11";
    lineage.refund(4);
    EXPECT_EQ(lineage.credited(), (std::vector<std::int64_t>{4, 1})) << "4.44 and 0.56";
}

TEST(Credit, GivesTheOddPennyOfEqualRemaindersToThePurseThatPaidFirst) {
    World world = funded(100, 100);
    const auto id = world.approve(200).id;
    world.record(world.present(by_id(id), 200));
    const auto event = world.expect<Presented>(world.refund(by_id(id), 1));
    EXPECT_EQ(event.after.legs[0].credited, AmountMinor{1});
}

TEST(Credit, BeyondWhatWasDebitedIsUnmatchedAndTold) {
    World world = funded(0, 300);
    const auto id = world.approve(300).id;
    world.record(world.present(by_id(id), 300));
    EXPECT_EQ(world.expect<Presented>(world.refund(by_id(id), 350)).exception,
              raised(credit_unmatched, 50));
    EXPECT_EQ(world.expect<Presented>(world.refund({}, 20)).exception,
              raised(credit_unmatched, 20));
}

TEST(Credit, OfAForcedPostMakesGoodItsExposureFirst) {
    World world = funded(1'000);
    Present forced = world.present({}, 8'000);
    forced.merchant.mcc = {7512};
    forced.identity.network_transaction_id = InlineText<15>::of("7");
    const auto event = world.expect<Presented>(forced);
    EXPECT_EQ(event.exception, raised(force_post_unfunded, 7'000));
    EXPECT_EQ(world.account().available(), AmountMinor{0});
    EXPECT_EQ(world.total(LedgerAccount::exposure), -7'000);
    const auto refund = world.expect<Presented>(world.refund({.identity = forced.identity}, 7'000));
    EXPECT_EQ(refund.recovered, AmountMinor{7'000});
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    EXPECT_EQ(world.account().available(), AmountMinor{0});
}

// --- A clearing that the network takes back ------------------------------------------------------

TEST(TakenBack, GoesToTheSamePursesExposureFirst) {
    World world = funded(300, 100);
    const Present present = world.present(by_id(world.approve(400).id), 450);
    const auto id = world.expect<Presented>(present).after.id;
    const auto event = world.expect<Presented>(world.take_back(present));
    EXPECT_EQ(event.matched_by, MatchedBy::presentment_id);
    EXPECT_EQ(event.after.id, id);
    EXPECT_EQ(event.recovered, AmountMinor{50});
    EXPECT_EQ(event.exception, Exception{});
    EXPECT_EQ(world.available(1), 300);
    EXPECT_EQ(world.available(2), 100);
    EXPECT_EQ(world.total(LedgerAccount::settlement), 0);
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
}

TEST(TakenBack, GoesToThePursesThatPaidThisClearingAndNotThePayment) {
    World world = funded(20'00, 50'00);
    const AuthorisationId id = world.approve(20'00).id;
    world.record(world.present(by_id(id), 20'00));
    const Present twice = world.present(by_id(id), 20'00);
    world.record(twice);
    EXPECT_EQ(world.available(2), 30'00);
    world.record(world.take_back(twice));
    EXPECT_EQ(world.available(1), 0) << "the council paid the first, and has nothing of the second";
    EXPECT_EQ(world.available(2), 50'00);
    world.record(world.refund(by_id(id), 15'00));
    EXPECT_EQ(world.available(1), 15'00) << "what is left is the council's";
    EXPECT_EQ(world.available(2), 50'00);
}

TEST(TakenBack, OnceAndNeverTwice) {
    World world = funded(1'000);
    const Present present = world.present({}, 400);
    world.record(present);
    const Present first = world.take_back(present);
    world.record(first);
    const Sequence recorded = world.state.last;
    EXPECT_EQ(world.expect_already_recorded(first), recorded);
    const auto again = world.expect<Presented>(world.take_back(present));
    EXPECT_EQ(again.exception, raised(presentment_reversed_twice, 400));
    EXPECT_TRUE(again.after.id.none());
    EXPECT_TRUE(again.postings.empty());
    EXPECT_EQ(world.available(1), 1'000);
    EXPECT_EQ(world.programme().today.credit_count, 1U);
}

TEST(TakenBack, MovesNothingWhenItIsNotKnown) {
    World world = funded(1'000);
    Present unknown = world.present({}, 400);
    const Present early = world.take_back(unknown);
    EXPECT_EQ(world.expect<Presented>(early).exception,
              raised(presentment_reversal_unmatched, 400));
    const Present refund = world.refund({}, 70);
    world.record(refund);
    EXPECT_EQ(world.expect<Presented>(world.take_back(refund)).exception,
              raised(presentment_reversal_unmatched, 70))
        << "a refund is no clearing";
    EXPECT_EQ(world.available(1), 1'070);
    EXPECT_EQ(world.programme().today.credit_count, 1U);
}

TEST(TakenBack, MakesRoomForTheOneThatIsRight) {
    World world = funded(10'000);
    const auto id = world.approve(4'000).id;
    const Present wrong = world.present(by_id(id), 4'900);
    EXPECT_EQ(world.expect<Presented>(wrong).exception, raised(clearing_beyond_tolerance, 900));
    world.record(world.take_back(wrong));
    const auto right = world.expect<Presented>(world.present(by_id(id), 4'000));
    EXPECT_EQ(right.exception, Exception{});
    EXPECT_EQ(world.available(1), 6'000);
    EXPECT_EQ(world.expect<Presented>(world.refund(by_id(id), 4'000)).unmatched, AmountMinor{0});
    EXPECT_EQ(world.available(1), 10'000);
}

TEST(TakenBack, ForMoreThanItWasIsUnmatchedBeyond) {
    World world = funded(10'000);
    const auto id = world.approve(4'000).id;
    world.record(world.present(by_id(id), 1'000, false));
    const Present part = world.present(by_id(id), 500, false);
    world.record(part);
    Present back = world.take_back(part);
    back.amounts.billing = back.amounts.transaction = {600};
    const auto event = world.expect<Presented>(back);
    EXPECT_EQ(event.unmatched, AmountMinor{100});
    EXPECT_EQ(event.exception, raised(credit_unmatched, 100));
    EXPECT_EQ(event.after.cleared(), AmountMinor{1'000});
}

}  // namespace
}  // namespace carecard::rules
