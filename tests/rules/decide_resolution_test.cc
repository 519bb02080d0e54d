#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

/// A clearing of 130 pounds with a hold of 80 and 20 pounds besides: 30 pounds of exposure.
class Exposed : public testing::Test {
   protected:
    Exposed() {
        world_.record(world_.load(100'00));
        const auto approved = world_.approve(80'00);
        id_ = approved.id;
        EXPECT_EQ(
            world_.expect<Presented>(world_.present({.authorisation_id = id_}, 130'00)).exposure,
            AmountMinor{30'00});
    }

    ProposeResolution propose(ResolutionKind kind, std::int64_t pence, DayNumber notice = {}) {
        return {.request = asked_by("support", key()),
                .account = account_name("A"),
                .authorisation = id_,
                .kind = kind,
                .amount = {pence},
                .currency = gbp,
                .notice_until = notice};
    }
    DecideResolution by(std::string_view caller, Sequence proposal, bool approve = true) {
        return {.request = asked_by(caller, key()),
                .account = account_name("A"),
                .proposal = proposal,
                .approve = approve};
    }
    RecoverExposure recover(Sequence proposal) {
        return {.request = asked_by("finance", key()),
                .account = account_name("A"),
                .proposal = proposal};
    }
    std::string key() { return "resolution-" + std::to_string(++keys_); }
    /// @return its number.
    Sequence proposed(const ProposeResolution& command) {
        world_.expect<ResolutionProposed>(command);
        return world_.state.last;
    }
    [[nodiscard]] DayNumber in_days(int count) const {
        return {local_day(world_.state.offsets, world_.now_ns).value + count};
    }
    void pass(int count) { world_.advance(world_.now_ns + days(count)); }
    /// A recovery that two people agreed to, whose notice is over.
    Sequence agreed(std::int64_t pence) {
        const Sequence number = proposed(propose(ResolutionKind::recovery, pence, in_days(28)));
        world_.expect<ResolutionDecided>(by("finance", number));
        pass(28);
        return number;
    }
    [[nodiscard]] std::int64_t exposure() const { return world_.account().exposure.value; }
    [[nodiscard]] std::int64_t available() const { return world_.account().available().value; }

    World world_;
    AuthorisationId id_;
    int keys_ = 0;
};

TEST_F(Exposed, AWriteOffMovesNothingUntilAnotherPersonApprovesIt) {
    const Sequence number = proposed(propose(ResolutionKind::write_off, 12'00));
    EXPECT_EQ(exposure(), 30'00);
    const Fault own = world_.expect_fault(by("support", number));
    EXPECT_EQ(own.field, "proposal");
    EXPECT_EQ(own.remedy, "ask another member of staff to decide about it");
    const auto decided = world_.expect<ResolutionDecided>(by("finance", number));
    EXPECT_EQ(decided.amount, AmountMinor{12'00});
    EXPECT_EQ(decided.after.exposure, AmountMinor{18'00});
    EXPECT_EQ(exposure(), 18'00);
    EXPECT_EQ(world_.total(LedgerAccount::written_off), -12'00);
    EXPECT_EQ(world_.total(LedgerAccount::exposure), -18'00);
    EXPECT_EQ(available(), 0);
    EXPECT_TRUE(world_.state.resolutions.empty());
    EXPECT_EQ(world_.expect_fault(by("finance", number)).kind, FaultKind::not_found);
}

TEST_F(Exposed, ARejectedProposalChangesNothingAndIsGone) {
    const Sequence number = proposed(propose(ResolutionKind::write_off, 30'00));
    const auto decided = world_.expect<ResolutionDecided>(by("finance", number, false));
    EXPECT_TRUE(decided.after.id.none());
    EXPECT_TRUE(decided.postings.empty());
    EXPECT_EQ(exposure(), 30'00);
    EXPECT_TRUE(world_.state.resolutions.empty());
    proposed(propose(ResolutionKind::write_off, 1));
}

TEST_F(Exposed, NoMoreIsProposedThanTheProgrammeBears) {
    EXPECT_EQ(world_.expect_fault(propose(ResolutionKind::write_off, 30'01)).remedy,
              "give at most 3000 minor units");
    ProposeResolution euros = propose(ResolutionKind::write_off, 1);
    euros.currency = eur;
    EXPECT_EQ(world_.expect_fault(euros).field, "amount.currency");
    ProposeResolution unknown = propose(ResolutionKind::write_off, 1);
    unknown.authorisation.sequence.value += 1000;
    EXPECT_EQ(world_.expect_fault(unknown).kind, FaultKind::not_found);
    proposed(propose(ResolutionKind::write_off, 30'00));
    EXPECT_EQ(world_.expect_fault(propose(ResolutionKind::write_off, 1)).field, "authorisation_id");
}

TEST_F(Exposed, ARecoveryGivesTwentyEightDaysOfNotice) {
    EXPECT_EQ(world_.expect_fault(propose(ResolutionKind::recovery, 1, in_days(27))).field,
              "notice_until");
    const Sequence number = proposed(propose(ResolutionKind::recovery, 30'00, in_days(28)));
    world_.record(world_.load(100'00));
    EXPECT_EQ(world_.expect_fault(recover(number)).field, "proposal") << "nobody has approved it";
    world_.expect<ResolutionDecided>(by("finance", number));
    EXPECT_EQ(exposure(), 30'00);
    pass(27);
    EXPECT_EQ(world_.expect_fault(recover(number)).remedy, "recover it on 2024-07-01 or later");
    pass(1);
    const auto event = world_.expect<ExposureRecovered>(recover(number));
    EXPECT_EQ(event.amount, AmountMinor{30'00});
    EXPECT_EQ(event.available, AmountMinor{70'00});
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(available(), 70'00);
    EXPECT_TRUE(world_.state.resolutions.empty());
}

TEST_F(Exposed, ARecoveryTakesWhatIsThereInTheOrderOfThePurses) {
    const Sequence number = agreed(30'00);
    EXPECT_EQ(world_.expect_fault(recover(number)).field, "account") << "nothing is there";
    world_.record(world_.load(4'00, "own"));
    world_.record(world_.load(5'00, "social"));
    EXPECT_EQ(world_.expect<ExposureRecovered>(recover(number)).amount, AmountMinor{9'00});
    EXPECT_EQ(available(), 0);
    EXPECT_EQ(exposure(), 21'00);
    ASSERT_EQ(world_.state.resolutions_of({1}).size(), 1U);
    EXPECT_EQ(world_.state.resolutions_of({1})[0].amount, AmountMinor{21'00});
    world_.record(world_.load(40'00, "own"));
    const auto event = world_.expect<ExposureRecovered>(recover(number));
    EXPECT_EQ(event.amount, AmountMinor{21'00});
    EXPECT_EQ(event.postings[0].purse, PurseNumber{2});
    EXPECT_TRUE(world_.state.resolutions.empty());
}

TEST_F(Exposed, ARecoveryLeavesWhatEarmarksKeep) {
    const Sequence number = agreed(30'00);
    world_.record(world_.load(40'00));
    world_.record(SetEarmark{.request = asked_by("worker", key()),
                             .account = account_name("A"),
                             .reference = EarmarkReference::of("wages"),
                             .amount = {25'00},
                             .currency = gbp,
                             .payee = Acceptor::of("WAGES"),
                             .due = in_days(1)});
    EXPECT_EQ(world_.expect<ExposureRecovered>(recover(number)).amount, AmountMinor{15'00});
    EXPECT_EQ(available(), 25'00);
    EXPECT_EQ(world_.expect_fault(recover(number)).detail, "nothing is free in its purses");
    pass(10);
    EXPECT_EQ(world_.expect<ExposureRecovered>(recover(number)).amount, AmountMinor{15'00});
}

TEST_F(Exposed, WhatACreditMadeGoodIsNotResolvedAgain) {
    const Sequence number = proposed(propose(ResolutionKind::write_off, 30'00));
    world_.record(world_.refund({.authorisation_id = id_}, 22'00));
    const auto decided = world_.expect<ResolutionDecided>(by("finance", number));
    EXPECT_EQ(decided.amount, AmountMinor{8'00});
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(world_.total(LedgerAccount::written_off), -8'00);
}

TEST_F(Exposed, AProposalOfWhichNothingIsLeftCanOnlyBeRejected) {
    const Sequence number = agreed(30'00);
    world_.record(world_.refund({.authorisation_id = id_}, 30'00));
    world_.record(world_.load(100'00));
    EXPECT_EQ(world_.expect_fault(recover(number)).remedy, "reject the proposal");
    world_.expect<ResolutionDecided>(by("finance", number, false));
    EXPECT_TRUE(world_.state.resolutions.empty());
}

TEST_F(Exposed, ARefundAfterARecoveryGoesBackToThePursesThatPaid) {
    const Sequence number = agreed(30'00);
    world_.record(world_.load(30'00, "own"));
    world_.expect<ExposureRecovered>(recover(number));
    const auto refund = world_.expect<Presented>(world_.refund({.authorisation_id = id_}, 130'00));
    EXPECT_EQ(refund.unmatched, AmountMinor{0});
    EXPECT_EQ(world_.account().purse({1}).available, AmountMinor{100'00});
    EXPECT_EQ(world_.account().purse({2}).available, AmountMinor{30'00});
}

TEST_F(Exposed, ARefundMakesTheExposureGoodThenWhatWasWrittenOffAndThenGoesToTheHolder) {
    world_.expect<ResolutionDecided>(
        by("finance", proposed(propose(ResolutionKind::write_off, 12'00))));
    const auto refund = [&](std::int64_t pence) {
        return world_.expect<Presented>(world_.refund({.authorisation_id = id_}, pence));
    };
    const auto first = refund(20'00);
    EXPECT_EQ(first.recovered, AmountMinor{18'00});
    EXPECT_EQ(first.repaid, AmountMinor{2'00});
    EXPECT_EQ(first.after.written_off, AmountMinor{10'00});
    EXPECT_EQ(exposure(), 0);
    EXPECT_EQ(world_.total(LedgerAccount::written_off), -10'00);
    EXPECT_EQ(available(), 0);
    const auto second = refund(15'00);
    EXPECT_EQ(second.recovered, AmountMinor{0});
    EXPECT_EQ(second.repaid, AmountMinor{10'00});
    EXPECT_EQ(world_.total(LedgerAccount::written_off), 0);
    EXPECT_EQ(available(), 5'00);
    EXPECT_EQ(refund(95'00).unmatched, AmountMinor{0});
    EXPECT_EQ(available(), 100'00);
    EXPECT_EQ(refund(1).unmatched, AmountMinor{1});
}

TEST_F(Exposed, AClearingTakenBackAfterAWriteOffRepaysIt) {
    const Present stay = world_.present({}, 40'00);
    id_ = world_.expect<Presented>(stay).after.id;
    world_.expect<ResolutionDecided>(
        by("finance", proposed(propose(ResolutionKind::write_off, 40'00))));
    const auto back = world_.expect<Presented>(world_.take_back(stay));
    EXPECT_EQ(back.recovered, AmountMinor{0});
    EXPECT_EQ(back.repaid, AmountMinor{40'00});
    EXPECT_EQ(world_.total(LedgerAccount::written_off), 0);
    EXPECT_EQ(available(), 0);
}

TEST_F(Exposed, ARefundOfAnotherPaymentRepaysNothing) {
    world_.expect<ResolutionDecided>(
        by("finance", proposed(propose(ResolutionKind::write_off, 30'00))));
    const auto other = world_.expect<Presented>(world_.refund({}, 50'00));
    EXPECT_EQ(other.repaid, AmountMinor{0});
    EXPECT_EQ(available(), 50'00);
    EXPECT_EQ(world_.total(LedgerAccount::written_off), -30'00);
}

TEST_F(Exposed, ProposalsOfOtherCouncilsAreNotSeen) {
    const Sequence number = proposed(propose(ResolutionKind::write_off, 30'00));
    DecideResolution foreign = by("finance", number);
    foreign.request.council = CouncilCode::of("hillside");
    EXPECT_EQ(world_.expect_fault(foreign).field, "account");
    ProposeResolution proposal = propose(ResolutionKind::write_off, 1);
    proposal.request.council = CouncilCode::of("hillside");
    EXPECT_EQ(world_.expect_fault(proposal).field, "account");
}

}  // namespace
}  // namespace carecard::rules
