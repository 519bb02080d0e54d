#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "rules/decide.h"
#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

void expect_conflict(const World& world, const Command& command, std::string_view field) {
    const Decision decision = decide(world.state, command, world.stamp());
    const auto* fault = std::get_if<Fault>(&decision);
    ASSERT_NE(fault, nullptr) << field;
    EXPECT_EQ(fault->kind, FaultKind::conflict) << field;
    EXPECT_EQ(fault->field, field);
    EXPECT_FALSE(fault->detail.empty());
    EXPECT_FALSE(fault->remedy.empty());
}

/// The same command for an account that does not exist, and from another council's staff.
template <class C>
std::pair<C, C> nonexistent_and_foreign(const C& command) {
    C nonexistent = command;
    nonexistent.account.reference = AccountReference::of("nobody");
    C foreign = command;
    foreign.request.council = CouncilCode::of("hillside");
    return {nonexistent, foreign};
}

template <class C>
void expect_equal_faults(World& world, const C& command, std::string_view field) {
    const auto& [nonexistent, foreign] = nonexistent_and_foreign(command);
    const Fault unknown = world.expect_fault(nonexistent);
    EXPECT_EQ(unknown.kind, FaultKind::not_found);
    EXPECT_EQ(unknown.field, field);
    EXPECT_TRUE(same(unknown, world.expect_fault(foreign)));
}

OpenPurse purse(const std::string& name, std::uint8_t priority = 9) {
    return {.request = asked_by("support", "purse " + name),
            .account = account_name("A"),
            .purse = {.name = PurseName::of(name), .priority = priority}};
}

TEST(DecideAdmin, AnswersAnotherCouncilsAccountLikeOneThatDoesNotExist) {
    World world;
    expect_equal_faults(world, purse("grant"), "account");
    expect_equal_faults(world, world.issue_card("A", 3), "account");
    expect_equal_faults(world, world.load(100), "account");
    expect_equal_faults(world, world.agree({}), "account");
    expect_equal_faults(world, world.account_status(AccountStatus::suspended), "account");
}

TEST(DecideAdmin, AnswersAnotherCouncilsProgrammeLikeOneThatDoesNotExist) {
    World world;
    const OpenAccount nonexistent = world.open_account("Z", {"social"}, "no-such");
    OpenAccount foreign = world.open_account("Z", {"social"});
    foreign.request.council = CouncilCode::of("hillside");
    OpenAccount taken = world.open_account("A", {"social"});
    taken.request.council = CouncilCode::of("hillside");
    const Fault fault = world.expect_fault(nonexistent);
    EXPECT_EQ(fault.kind, FaultKind::not_found);
    EXPECT_EQ(fault.field, "programme");
    EXPECT_TRUE(same(fault, world.expect_fault(foreign)));
    EXPECT_TRUE(same(fault, world.expect_fault(taken)));
}

TEST(DecideCreateProgramme, RefusesACodeThatIsTaken) {
    World world;
    expect_conflict(world, world.programme("care", "hillside"), "programme");
}

TEST(DecideCreateProgramme, RefusesACertificateOfAnotherCouncil) {
    World world;
    CreateProgramme command = world.programme("other", "hillside");
    command.request.council = CouncilCode::of("riverdale");
    const Fault fault = world.expect_fault(command);
    EXPECT_EQ(fault.kind, FaultKind::denied);
    EXPECT_EQ(fault.field, "council");
}

TEST(DecideCreateProgramme, BeginsTodayBeforeTheCutOffAndTomorrowAfterIt) {
    World world;
    world.now_ns = {utc(2024, 6, 3, 22).value - 1};
    const auto before = world.expect<ProgrammeCreated>(world.programme("before", "riverdale"));
    EXPECT_EQ(before.first_day, day_number(2024, 6, 3));
    world.now_ns = utc(2024, 6, 3, 22);
    const auto after = world.expect<ProgrammeCreated>(world.programme("after", "riverdale"));
    EXPECT_EQ(after.first_day, day_number(2024, 6, 4));
    EXPECT_EQ(world.state.find(ProgrammeCode::of("after"))->cut_off_ns, utc(2024, 6, 4, 22));
}

TEST(DecideOpenAccount, RefusesAReferenceThatIsTakenInItsProgrammeOnly) {
    World world;
    expect_conflict(world, world.open_account("A", {"social"}), "account.reference");
    world.record(world.programme("other", "riverdale"));
    const auto event = world.expect<AccountOpened>(world.open_account("A", {"social"}, "other"));
    EXPECT_EQ(event.account, AccountId{2});
    EXPECT_EQ(event.programme, ProgrammeId{2});
}

TEST(DecideOpenPurse, GivesTheNextNumber) {
    World world;
    EXPECT_EQ(world.expect<PurseOpened>(purse("grant")).purse, PurseNumber{3});
    EXPECT_EQ(world.account().purse({3}).name.view(), "grant");
}

TEST(DecideOpenPurse, RefusesATakenNameAndOneMoreThanAnAccountMayHave) {
    World world;
    expect_conflict(world, purse("own"), "purse.name");
    for (std::size_t count = world.account().purses.size(); count < purses_per_account_max;
         ++count) {
        world.record(purse("grant " + std::to_string(count)));
    }
    expect_conflict(world, purse("one more"), "account");
}

TEST(DecideOpenPurse, MayPayBeforeThePursesThatWereThere) {
    World world;
    world.record(purse("grant", 0));
    EXPECT_EQ(world.account().spending_order()[0], PurseNumber{3});
}

TEST(DecideIssueCard, ExpiresAtTheMonthsEndInLondon) {
    struct Row {
        ExpiryMonth expiry;
        TimestampNs expires_ns;
    };
    const Row rows[] = {
        {{.year = 2024, .month = 6}, utc(2024, 6, 30, 23)},
        {{.year = 2024, .month = 10}, utc(2024, 11, 1)},
        {{.year = 2025, .month = 2}, utc(2025, 3, 1)},
        {{.year = 2025, .month = 3}, utc(2025, 3, 31, 23)},
        {{.year = 2025, .month = 12}, utc(2026, 1, 1)},
    };
    World world;
    std::uint8_t number = 10;
    for (const Row& row : rows) {
        const auto event = world.expect<CardIssued>(world.issue_card("A", ++number, row.expiry));
        EXPECT_EQ(event.expires_ns, row.expires_ns);
        EXPECT_EQ(world.state.find(token(number))->expires_ns, row.expires_ns);
    }
}

TEST(DecideIssueCard, RefusesATakenTokenAndAMonthThatHasPassed) {
    World world;
    expect_conflict(world, world.issue_card("A", 1), "tokens");
    IssueCard second = world.issue_card("A", 7);
    second.tokens.push_back(token(1));
    expect_conflict(world, second, "tokens");
    expect_conflict(world, world.issue_card("A", 7, {.year = 2024, .month = 5}), "expiry");
    world.record(world.issue_card("A", 7, {.year = 2024, .month = 6}));
}

TEST(DecideIssueCard, MakesTheCardKnownByEachOfItsTokens) {
    World world;
    IssueCard command = world.issue_card("A", 7);
    command.tokens.push_back(token(8));
    const CardId card = world.expect<CardIssued>(command).card;
    EXPECT_EQ(world.state.find(token(7))->id, card);
    EXPECT_EQ(world.state.find(token(8))->id, card);
}

TEST(DecideLoad, GoesToThePurseNamedOrToTheOneThatPaysFirst) {
    World world;
    EXPECT_EQ(world.expect<Loaded>(world.load(700, "own")).purse, PurseNumber{2});
    const Loaded event = world.expect<Loaded>(world.load(300));
    EXPECT_EQ(event.purse, PurseNumber{1});
    EXPECT_EQ(event.available, AmountMinor{1000});
    EXPECT_EQ(world.available(1), 300);
    EXPECT_EQ(world.available(2), 700);
    EXPECT_EQ(world.total(LedgerAccount::funding), -1000);
    EXPECT_EQ(world.total(LedgerAccount::available), 1000);
}

TEST(DecideLoad, IsAppliedOnceForEachReference) {
    World world;
    const Load first = world.load(700, "own", "June");
    world.record(first);
    const Sequence recorded = world.state.last;
    EXPECT_EQ(world.expect_already_recorded(first), recorded);
    EXPECT_EQ(world.expect_already_recorded(world.load(1, "social", "June")), recorded);
    world.record(world.load(1, "social", "July"));
    EXPECT_EQ(world.account().available(), AmountMinor{701});
}

TEST(DecideLoad, KeepsALoadsReferenceApartFromAPresentmentsId) {
    World world;
    world.record(world.load(700, "", "June"));
    Present presentment = world.present({}, 100);
    presentment.presentment_id = InlineText<64>::of("June");
    EXPECT_EQ(world.expect<Presented>(presentment).exposure, AmountMinor{0});
}

TEST(DecideLoad, RefusesWhatItCannotApply) {
    World world;
    expect_conflict(world, world.load(100, "no such purse"), "purse");
    Load foreign = world.load(100);
    foreign.currency = eur;
    expect_conflict(world, foreign, "amount.currency");
    for (int count = 0; count < 100; ++count) world.record(world.load(load_minor_max.value));
    expect_conflict(world, world.load(1), "amount.minor_units");
    world.record(world.load(1, "own"));
}

TEST(DecideSetAgreement, StoresEqualRulesOnce) {
    World world;
    world.record(world.open_account("B", {"social"}));
    const SpendingRules rules{.mcc_allowed = {range(5411, 5499)}, .day = {.count_max = 3}};
    const std::size_t before = world.state.agreements.size();
    const auto first = world.expect<AgreementSet>(world.agree(rules));
    const auto second = world.expect<AgreementSet>(world.agree(rules, "B"));
    EXPECT_EQ(first.agreement, second.agreement);
    EXPECT_EQ(world.state.agreements.size(), before + 1);
    EXPECT_EQ(world.state.at(first.agreement).rules(), rules);
}

TEST(DecideSetAgreement, SharesTheRulesOfAProgrammeAndTellsNearlyEqualOnesApart) {
    World world;
    const auto same_as_defaults = world.expect<AgreementSet>(world.agree({}));
    EXPECT_EQ(same_as_defaults.agreement, world.programme().defaults);
    std::vector<SpendingRules> different(7);
    different[0].mcc_allowed = {range(1, 2)};
    different[1].mcc_refused = {range(1, 2)};
    different[2].cash_agreed = true;
    different[3].single_max = {0};
    different[4].day.amount_max = {0};
    different[5].week.amount_max = {0};
    different[6].day.count_max = 0;
    for (std::size_t index = 0; index < different.size(); ++index) {
        const auto event = world.expect<AgreementSet>(world.agree(different[index]));
        EXPECT_EQ(event.agreement.value, 2 + index);
    }
}

TEST(DecideSetAgreement, NumbersTheVersionsOfAnAccountAndSaysWhereTheLastStands) {
    World world;
    EXPECT_EQ(world.expect<AgreementSet>(world.agree({})).version, 1U);
    EXPECT_EQ(world.expect<AgreementSet>(world.agree({})).version, 2U);
    EXPECT_EQ(world.account().agreement_version, 2U);
    EXPECT_EQ(world.account().agreement_set, world.state.last);
}

TEST(DecideSetCardStatus, FindsTheCardByItsNumberAndByEachOfItsTokens) {
    World world;
    IssueCard helper = world.issue_card("A", 7);
    helper.tokens.push_back(token(8));
    const CardId card = world.expect<CardIssued>(helper).card;
    world.record(world.card_status(CardStatus::frozen, card));
    EXPECT_EQ(world.state.at(card).status, CardStatus::frozen);
    for (const CardToken& one : helper.tokens) {
        SetCardStatus by_token = world.card_status(CardStatus::active, {});
        by_token.card_token = one;
        EXPECT_EQ(world.expect<CardStatusSet>(by_token).card, card);
    }
    EXPECT_EQ(world.state.at(card).status, CardStatus::active);
    EXPECT_EQ(world.state.at(CardId{1}).status, CardStatus::active);
}

TEST(DecideSetCardStatus, AnswersAnotherCouncilsCardLikeOneThatDoesNotExist) {
    World world;
    const Fault unknown = world.expect_fault(world.card_status(CardStatus::frozen, {99}));
    EXPECT_EQ(unknown.kind, FaultKind::not_found);
    EXPECT_EQ(unknown.field, "card");
    SetCardStatus foreign = world.card_status(CardStatus::frozen);
    foreign.request.council = CouncilCode::of("hillside");
    EXPECT_TRUE(same(unknown, world.expect_fault(foreign)));
    foreign.card = {};
    foreign.card_token = token(1);
    EXPECT_TRUE(same(unknown, world.expect_fault(foreign)));
    SetCardStatus by_token = world.card_status(CardStatus::frozen, {});
    by_token.card_token = token(99);
    EXPECT_TRUE(same(unknown, world.expect_fault(by_token)));
}

TEST(DecideSetCardStatus, KeepsAClosedCardClosed) {
    World world;
    world.record(world.card_status(CardStatus::closed));
    expect_conflict(world, world.card_status(CardStatus::active), "status");
    expect_conflict(world, world.card_status(CardStatus::frozen), "status");
    world.record(world.card_status(CardStatus::closed));
}

TEST(DecideSetAccountStatus, ClosesOnlyAnAccountWithoutMoneyHoldOrExposure) {
    World world;
    const SetAccountStatus close = world.account_status(AccountStatus::closed);
    world.record(world.load(100));
    expect_conflict(world, close, "status");
    const auto id = world.approve(100).id;
    expect_conflict(world, close, "status");
    world.record(world.present(by_id(id), 150));
    expect_conflict(world, close, "status");
    world.record(world.refund(by_id(id), 50));
    EXPECT_EQ(world.account().exposure, AmountMinor{0});
    world.record(close);
    EXPECT_EQ(world.account().status, AccountStatus::closed);
}

TEST(DecideSetAccountStatus, KeepsAClosedAccountClosedAndGivesItNothingNew) {
    World world;
    world.record(world.account_status(AccountStatus::closed));
    expect_conflict(world, world.account_status(AccountStatus::open), "status");
    expect_conflict(world, world.account_status(AccountStatus::suspended), "status");
    expect_conflict(world, world.load(100), "account");
    expect_conflict(world, purse("grant"), "account");
    expect_conflict(world, world.issue_card("A", 3), "account");
    EXPECT_EQ(world.decline_of(1).reason, DeclineReason::account_closed);
}

TEST(DecideClock, GoesForwardOnlyAndItsStampIsItsEffect) {
    World world;
    const AdvanceClock back{.request = asked_by("operator", "back"),
                            .to = world.state.last_ns - seconds(1)};
    expect_conflict(world, back, "to");
    const TimestampNs later = world.now_ns + hours(1);
    world.now_ns = later;
    world.record(AdvanceClock{.request = asked_by("operator", "on"), .to = later});
    EXPECT_EQ(world.state.last_ns, later);
}

TEST(DecideClock, RecordsFromWhereAnAcceptedClockJumped) {
    World world;
    const TimestampNs before = world.state.last_ns;
    world.now_ns = before + days(30);
    const auto event = world.expect<ClockAccepted>(
        AcceptClock{.request = asked_by("operator", "accept"), .seen = world.now_ns});
    EXPECT_EQ(event.last, before);
    EXPECT_EQ(world.state.last_ns, before + days(30));
}

TEST(DecideSetOffsetTable, RefusesTheTableThatIsInForce) {
    World world;
    const auto zone = InlineText<32>::of("Europe/London");
    expect_conflict(world, SetOffsetTable{.zone = zone, .table = london()}, "offsets");
    world.record(SetOffsetTable{.zone = zone, .table = {}});
    EXPECT_EQ(world.programme().cut_off_ns, utc(2024, 6, 3, 23));
}

}  // namespace
}  // namespace carecard::rules
