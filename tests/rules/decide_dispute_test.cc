#include "rules/validate.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

/// A payment of 100 pounds, cleared: 60 of the purse "social" and 40 of "own". Nothing is left.
class Disputed : public testing::Test {
   protected:
    Disputed() {
        world_.record(world_.load(60'00, "social"));
        world_.record(world_.load(40'00, "own"));
        id_ = world_.approve(100'00).id;
        world_.record(world_.present(original(), 100'00));
    }

    [[nodiscard]] OriginalReference original() const { return by_id(id_); }
    OpenDispute dispute(std::int64_t pence, bool provisional = true) {
        return {.request = asked_by("support", key()),
                .account = account_name("A"),
                .authorisation = id_,
                .amount = {pence},
                .currency = gbp,
                .category = DisputeCategory::not_received,
                .provisional = provisional};
    }
    CloseDispute close(DisputeOutcome outcome) {
        return {.request = asked_by("support", key()),
                .account = account_name("A"),
                .authorisation = id_,
                .outcome = outcome};
    }
    Present chargeback(std::int64_t pence) {
        Present command = world_.refund(original(), pence);
        command.kind = PresentmentKind::chargeback;
        return command;
    }
    Present second(std::int64_t pence) {
        Present command = world_.present(original(), pence);
        command.kind = PresentmentKind::second;
        return command;
    }
    Presented present(const Present& command) { return world_.expect<Presented>(command); }
    /// Spends what is in both purses, at another merchant.
    void spend(std::int64_t pence) {
        world_.record(world_.present(by_id(world_.approve(pence).id), pence));
    }
    std::string key() { return "dispute-" + std::to_string(++keys_); }

    [[nodiscard]] std::int64_t social() const { return world_.available(1); }
    [[nodiscard]] std::int64_t own() const { return world_.available(2); }
    [[nodiscard]] std::int64_t disputed() const { return world_.total(LedgerAccount::disputed); }
    [[nodiscard]] std::int64_t exposure() const { return world_.account().exposure.value; }
    [[nodiscard]] bool none_open() const { return world_.state.disputes.empty(); }
    [[nodiscard]] Dispute open() const {
        const auto disputes = world_.state.disputes_of({1});
        EXPECT_EQ(disputes.size(), 1U);
        return disputes.empty() ? Dispute{} : disputes[0];
    }

    World world_;
    AuthorisationId id_;
    int keys_ = 0;
};

TEST_F(Disputed, ADisputeWithoutProvisionalCreditMovesNothing) {
    const auto event = world_.expect<DisputeOpened>(dispute(50'00, false));
    EXPECT_TRUE(event.postings.empty());
    EXPECT_EQ(event.lent, AmountMinor{0});
    EXPECT_EQ(open().state, DisputeState::open);
    EXPECT_EQ(open().due, AmountMinor{50'00});
    present(chargeback(50'00));
    EXPECT_EQ(social(), 30'00);
    EXPECT_EQ(own(), 20'00);
    EXPECT_TRUE(none_open());
}

TEST_F(Disputed, AProvisionalCreditGoesBackToThePursesThatPaidAtOnce) {
    const auto event = world_.expect<DisputeOpened>(dispute(50'01));
    EXPECT_EQ(event.lent, AmountMinor{50'01});
    EXPECT_EQ(event.available, AmountMinor{50'01});
    EXPECT_EQ(social(), 30'01);  // Its share is 3000.6.
    EXPECT_EQ(own(), 20'00);
    EXPECT_EQ(disputed(), -50'01);
    EXPECT_EQ(open().state, DisputeState::credited);
}

TEST_F(Disputed, TheNetworksMoneyRepaysWhatWasLentAndTheDisputeIsOver) {
    world_.record(dispute(100'00));
    const auto event = present(chargeback(100'00));
    EXPECT_EQ(event.settled, AmountMinor{100'00});
    EXPECT_EQ(event.exception, Exception{});
    EXPECT_EQ(social() + own(), 100'00);
    EXPECT_EQ(disputed(), 0);
    EXPECT_EQ(world_.total(LedgerAccount::settlement), 0);
    EXPECT_TRUE(none_open());
}

TEST_F(Disputed, ADisputeIsOverWhenTheLastPennyHasCome) {
    world_.record(dispute(100'00));
    present(chargeback(99'99));
    EXPECT_EQ(open().due, AmountMinor{1});
    EXPECT_EQ(disputed(), -1);
    present(chargeback(1));
    EXPECT_TRUE(none_open());
    EXPECT_EQ(disputed(), 0);
}

TEST_F(Disputed, ADisputeThatWasWonWaitsForItsMoney) {
    world_.record(dispute(100'00));
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::won));
    EXPECT_TRUE(event.postings.empty());
    EXPECT_EQ(open().state, DisputeState::won);
    EXPECT_EQ(disputed(), -100'00);
    EXPECT_EQ(world_.expect_fault(close(DisputeOutcome::won)).field, "outcome");
    present(chargeback(100'00));
    EXPECT_TRUE(none_open());
    EXPECT_EQ(world_.expect_fault(close(DisputeOutcome::lost)).kind, FaultKind::not_found);
}

TEST_F(Disputed, WhatWasLentIsTakenBackFromTheSamePursesWhenItIsLost) {
    world_.record(dispute(50'01));
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::lost));
    EXPECT_EQ(event.taken, AmountMinor{50'01});
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(social(), 0);
    EXPECT_EQ(own(), 0);
    EXPECT_EQ(disputed(), 0);
    EXPECT_TRUE(none_open());
    EXPECT_EQ(world_.at(id_).returnable(), AmountMinor{100'00});
    EXPECT_EQ(world_.at(id_).lent, AmountMinor{0});
}

TEST_F(Disputed, WhatWasSpentOfALostCreditIsExposureOfThePaymentAndNoOtherPursePays) {
    world_.record(dispute(100'00));
    spend(70'00);  // All 60 of "social", and 10 of "own".
    world_.record(world_.load(5'00, "own"));
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::lost));
    EXPECT_EQ(event.taken, AmountMinor{35'00});
    EXPECT_EQ(event.exposure, AmountMinor{65'00});
    EXPECT_EQ(event.exception,
              (Exception{.reason = ExceptionReason::dispute_unfunded, .amount = {65'00}}));
    EXPECT_EQ(own(), 0);
    EXPECT_EQ(exposure(), 65'00);
    EXPECT_EQ(world_.at(id_).exposure, AmountMinor{65'00});
    EXPECT_EQ(disputed(), 0);
}

TEST_F(Disputed, ARefundAfterASpentCreditWasLostMakesGoodTheExposureFirst) {
    world_.record(dispute(100'00));
    spend(100'00);
    world_.record(close(DisputeOutcome::lost));
    EXPECT_EQ(exposure(), 100'00);
    const auto event = present(world_.refund(original(), 100'00));
    EXPECT_EQ(event.recovered, AmountMinor{100'00});
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(social() + own(), 0);
}

TEST_F(Disputed, AWithdrawnDisputeTakesBackOnlyWhatNobodyHasPaid) {
    world_.record(dispute(100'00));
    present(world_.refund(original(), 30'00));
    EXPECT_EQ(open().due, AmountMinor{70'00});
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::withdrawn));
    EXPECT_EQ(event.taken, AmountMinor{70'00});
    EXPECT_EQ(social(), 18'00);
    EXPECT_EQ(own(), 12'00);
    EXPECT_TRUE(none_open());
}

TEST_F(Disputed, ARefundRepaysWhatWasLentAndALaterChargebackIsOwedToTheNetwork) {
    world_.record(dispute(100'00));
    const auto refund = present(world_.refund(original(), 100'00));
    EXPECT_EQ(refund.settled, AmountMinor{100'00});
    EXPECT_TRUE(none_open());
    const auto event = present(chargeback(100'00));
    EXPECT_EQ(event.owed_back, AmountMinor{100'00});
    EXPECT_EQ(event.unmatched, AmountMinor{0});
    EXPECT_EQ(event.exception,
              (Exception{.reason = ExceptionReason::owed_to_network, .amount = {100'00}}));
    EXPECT_EQ(social() + own(), 100'00) << "one credit only";
    EXPECT_EQ(disputed(), 100'00);
    const auto again = present(second(100'00));
    EXPECT_EQ(again.owed_back, AmountMinor{100'00});
    EXPECT_EQ(again.exception, Exception{});
    EXPECT_EQ(social() + own(), 100'00);
    EXPECT_EQ(disputed(), 0);
    EXPECT_TRUE(none_open());
}

TEST_F(Disputed, ARefundAfterAChargebackIsOwedToTheNetworkAsWell) {
    present(chargeback(100'00));
    const auto event = present(world_.refund(original(), 30'00));
    EXPECT_EQ(event.owed_back, AmountMinor{30'00});
    EXPECT_EQ(social() + own(), 100'00);
    present(second(100'00));
    EXPECT_EQ(social(), 18'00) << "the holder keeps the refund";
    EXPECT_EQ(own(), 12'00);
    EXPECT_EQ(disputed(), 0);
}

TEST_F(Disputed, WhatARefundGivesBeyondTheChargebackStaysUnmatched) {
    present(chargeback(40'00));
    const auto event = present(world_.refund(original(), 110'00));
    EXPECT_EQ(event.owed_back, AmountMinor{40'00});
    EXPECT_EQ(event.unmatched, AmountMinor{10'00});
    EXPECT_EQ(event.exception.reason, ExceptionReason::credit_unmatched);
    EXPECT_EQ(social() + own(), 110'00);
}

TEST_F(Disputed, ASecondPresentmentTakesTheMoneyAgainAndOpensTheDisputeAnew) {
    world_.record(dispute(100'00));
    present(chargeback(100'00));
    const auto event = present(second(50'00));
    EXPECT_EQ(event.exposure, AmountMinor{0});
    EXPECT_EQ(event.exception,
              (Exception{.reason = ExceptionReason::presented_again, .amount = {50'00}}));
    EXPECT_EQ(social(), 30'00);
    EXPECT_EQ(own(), 20'00);
    EXPECT_EQ(open().state, DisputeState::presented_again);
    EXPECT_EQ(open().category, DisputeCategory::none);
    EXPECT_EQ(open().due, AmountMinor{50'00});
    present(chargeback(50'00));
    EXPECT_TRUE(none_open());
    EXPECT_EQ(social() + own(), 100'00);
}

TEST_F(Disputed, ASecondPresentmentOfAnOpenDisputeKeepsWhatWasLent) {
    world_.record(dispute(100'00));
    present(chargeback(40'00));
    present(second(40'00));
    EXPECT_EQ(open().state, DisputeState::presented_again);
    EXPECT_EQ(open().category, DisputeCategory::not_received);
    EXPECT_EQ(open().due, AmountMinor{100'00});
    EXPECT_EQ(social() + own(), 60'00);
    EXPECT_EQ(disputed(), -60'00);
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::lost));
    EXPECT_EQ(event.taken, AmountMinor{60'00});
    EXPECT_EQ(social() + own(), 0);
}

TEST_F(Disputed, ASecondPresentmentThatTheHolderCannotPayIsExposure) {
    present(chargeback(100'00));
    spend(90'00);  // 60 of "social", 30 of "own".
    world_.record(world_.load(7'00, "own"));
    const auto event = present(second(100'00));
    EXPECT_EQ(event.exposure, AmountMinor{83'00});
    EXPECT_EQ(exposure(), 83'00);
    EXPECT_EQ(social() + own(), 0);
    EXPECT_EQ(world_.at(id_).returnable(), AmountMinor{100'00});
}

TEST_F(Disputed, WhatAnotherPursePaysOfASecondPresentmentComesBackToIt) {
    present(chargeback(100'00));
    spend(60'00);  // Of "social".
    world_.record(world_.load(60'00, "own"));
    EXPECT_EQ(present(second(100'00)).exposure, AmountMinor{0});
    EXPECT_EQ(own(), 0);
    present(chargeback(100'00));
    EXPECT_EQ(own() + social(), 100'00);
    EXPECT_EQ(own(), 100'00) << "what it paid in all";
}

TEST_F(Disputed, ASecondPresentmentBeyondWhatWasChargedBackIsAClearing) {
    world_.record(world_.load(10'00, "own"));
    const auto event = present(second(10'00));
    EXPECT_EQ(event.exception.reason, ExceptionReason::presented_again);
    EXPECT_EQ(event.after.presented_debit, AmountMinor{110'00});
    EXPECT_EQ(own(), 0);
    EXPECT_TRUE(none_open());
}

TEST_F(Disputed, AChargebackOfNoKnownPaymentIsKeptForTheNetwork) {
    Present command = chargeback(20'00);
    command.original = {};
    const auto event = present(command);
    EXPECT_EQ(event.owed_back, AmountMinor{20'00});
    EXPECT_EQ(social() + own(), 0);
    EXPECT_EQ(disputed(), 20'00);
}

TEST_F(Disputed, NoMoreIsDisputedThanWasTakenAndIsNotBack) {
    present(world_.refund(original(), 30'00));
    EXPECT_EQ(world_.expect_fault(dispute(70'01)).remedy, "give at most 7000 minor units");
    OpenDispute euros = dispute(1);
    euros.currency = eur;
    EXPECT_EQ(world_.expect_fault(euros).field, "amount.currency");
    OpenDispute unknown = dispute(1);
    unknown.authorisation.sequence.value += 1000;
    EXPECT_EQ(world_.expect_fault(unknown).kind, FaultKind::not_found);
    OpenDispute foreign = dispute(1);
    foreign.request.council = CouncilCode::of("hillside");
    EXPECT_EQ(world_.expect_fault(foreign).field, "account");
    world_.record(dispute(70'00));
    EXPECT_EQ(world_.expect_fault(dispute(1)).field, "authorisation_id");
}

TEST_F(Disputed, ASecondPresentmentIsTakenBackByAChargebackAndNotByAReversal) {
    present(chargeback(100'00));
    const Present again = second(100'00);
    present(again);
    const auto event = present(world_.take_back(again));
    EXPECT_TRUE(event.after.id.none());
    EXPECT_EQ(event.exception.reason, ExceptionReason::presentment_reversal_unmatched);
    EXPECT_EQ(social() + own(), 0);
}

TEST_F(Disputed, WhatIsWrongWithARequestIsNamed) {
    const auto field = [](const auto& command) {
        const std::optional<Fault> fault = fault_in(command);
        return fault ? fault->field : std::string();
    };
    OpenDispute good = dispute(1);
    good.reason.text = InlineText<reason_bytes_max>::of("never delivered");
    EXPECT_EQ(field(good), "");
    OpenDispute bad = good;
    bad.category = DisputeCategory::none;
    EXPECT_EQ(field(bad), "category");
    bad = good;
    bad.amount = {0};
    EXPECT_EQ(field(bad), "amount.minor_units");
    bad = good;
    bad.authorisation = {};
    EXPECT_EQ(field(bad), "authorisation_id");
    bad = good;
    bad.reason = {};
    EXPECT_EQ(field(bad), "reason");
    CloseDispute end = close(DisputeOutcome::won);
    end.reason = good.reason;
    EXPECT_EQ(field(end), "");
    end.outcome = DisputeOutcome{4};
    EXPECT_EQ(field(end), "outcome");
}

TEST_F(Disputed, AHoldThatHasNotClearedCannotBeDisputed) {
    world_.record(world_.load(10'00));
    OpenDispute command = dispute(1);
    command.authorisation = world_.approve(10'00).id;
    EXPECT_EQ(world_.expect_fault(command).field, "authorisation_id");
}

TEST_F(Disputed, AnAccountHasALimitedNumberOfOpenDisputes) {
    world_.record(world_.load(100'00));
    OpenDispute last;
    for (std::size_t count = 0; count <= disputes_per_account_max; ++count) {
        last = dispute(1'00);
        last.authorisation = world_.approve(1'00).id;
        world_.record(world_.present(by_id(last.authorisation), 1'00));
        if (count < disputes_per_account_max) world_.record(last);
    }
    EXPECT_EQ(world_.expect_fault(last).field, "account");
    present(chargeback(5'00));
    const auto event = present(second(5'00));
    EXPECT_FALSE(event.dispute.has_value()) << "staff see the exception";
    EXPECT_EQ(event.exception.reason, ExceptionReason::presented_again);
}

TEST_F(Disputed, NothingIsLentForAPurseThatIsOverOrInAClosedAccount) {
    world_.record(ClosePurse{.request = asked_by("support", key()),
                             .account = account_name("A"),
                             .purse = PurseName::of("social")});
    EXPECT_EQ(world_.expect_fault(dispute(100'00)).field, "provisional");
    world_.record(SetAccountStatus{.request = asked_by("support", key()),
                                   .account = account_name("A"),
                                   .status = AccountStatus::closed});
    EXPECT_EQ(world_.expect_fault(dispute(100'00)).field, "provisional");
    EXPECT_EQ(world_.expect<DisputeOpened>(dispute(100'00, false)).lent, AmountMinor{0});
}

TEST_F(Disputed, ACreditForAnEndedPurseLeavesItAndIsNotThereWhenItIsLost) {
    world_.record(dispute(100'00));
    world_.record(ClosePurse{.request = asked_by("support", key()),
                             .account = account_name("A"),
                             .purse = PurseName::of("social")});
    EXPECT_EQ(own(), 40'00);
    EXPECT_EQ(world_.total(LedgerAccount::recovered), 60'00);
    const auto event = world_.expect<DisputeClosed>(close(DisputeOutcome::lost));
    EXPECT_EQ(event.taken, AmountMinor{40'00});
    EXPECT_EQ(event.exposure, AmountMinor{60'00});
}

TEST_F(Disputed, AnAccountWithAnOpenDisputeIsNotClosed) {
    world_.record(dispute(100'00, false));
    EXPECT_EQ(world_.expect_fault(world_.account_status(AccountStatus::closed)).field, "status");
    world_.record(close(DisputeOutcome::withdrawn));
    world_.record(world_.account_status(AccountStatus::closed));
}

/// A clearing of 130 pounds with 100 pounds there: 30 pounds are the programme's.
class DisputedExposure : public Disputed {
   protected:
    DisputedExposure() { world_.record(world_.present(original(), 30'00)); }
};

TEST_F(DisputedExposure, OnlyTheHoldersPartIsLent) {
    const auto event = world_.expect<DisputeOpened>(dispute(50'00));
    EXPECT_EQ(event.lent, AmountMinor{20'00}) << "a credit of 50 makes good 30 of exposure first";
    EXPECT_EQ(exposure(), 30'00);
    const auto credit = present(chargeback(50'00));
    EXPECT_EQ(credit.recovered, AmountMinor{30'00});
    EXPECT_EQ(credit.settled, AmountMinor{20'00});
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(disputed(), 0);
    EXPECT_TRUE(none_open());
}

TEST_F(DisputedExposure, ADisputeOfTheExposureAloneLendsNothing) {
    const auto event = world_.expect<DisputeOpened>(dispute(30'00));
    EXPECT_EQ(event.lent, AmountMinor{0});
    EXPECT_EQ(open().state, DisputeState::open);
}

TEST_F(DisputedExposure, ASecondPresentmentMakesWhatWasTheProgrammesExposureAgain) {
    present(chargeback(130'00));
    world_.record(world_.load(500'00));
    const auto event = present(second(130'00));
    EXPECT_EQ(event.exposure, AmountMinor{30'00}) << "without two people it is not the holder's";
    EXPECT_EQ(world_.account().available(), AmountMinor{500'00});
}

TEST_F(DisputedExposure, WhatClearsAfterwardsDoesNotEndADisputeOfWhichSomethingIsLent) {
    world_.record(dispute(50'00));
    world_.record(world_.present(original(), 40'00));  // Takes the 20 that were lent, and 20 more.
    EXPECT_EQ(exposure(), 50'00);
    present(chargeback(50'00));
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(open().due, AmountMinor{20'00});
    EXPECT_EQ(disputed(), -20'00);
}

}  // namespace
}  // namespace carecard::rules
