#include "rules/purse_templates.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/rules/purse_world.h"

namespace carecard::rules {
namespace {

const DayNumber monday = day_number(2024, 6, 3);

/// A payment of 10.00, and why it is not taken from the purse; "eligible" if it is.
struct Payment {
    std::uint16_t mcc;
    const char* acceptor;
    PurseVerdict verdict;
    TransactionKind kind = TransactionKind::purchase;
    int days_later = 0;
};

struct Stream {
    const char* name;
    std::vector<Payment> payments;
};

using enum PurseVerdict;
constexpr TransactionKind cash = TransactionKind::cash;

const std::vector<Stream>& streams() {
    static const std::vector<Stream> all{
        {"council-social-care",
         {{8'050, "", eligible}, {5'411, "", eligible}, {6'011, "", not_for_cash, cash}}},
        {"client-contribution",
         {{5'411, "", eligible}, {8'050, "", eligible}, {6'011, "", eligible, cash}}},
        {"personal-health-budget",
         {{8'011, "", eligible},
          {5'912, "", eligible},
          {5'047, "", eligible},
          {5'411, "", wrong_category},
          {5'812, "", wrong_category}}},
        {"housing-support",
         {{8'399, "SUPPORT", eligible}, {8'399, "OTHER", provider_not_accredited}}},
        {"access-to-work",
         {{4'121, "", eligible},
          {4'111, "", eligible},
          {7'361, "", eligible},
          {5'812, "", wrong_category},
          {4'121, "", not_that_day, TransactionKind::purchase, 5}}},
        {"independent-living-fund", {{8'050, "", eligible}, {5'411, "", wrong_category}}},
        {"disabled-facilities",
         {{1'520, "", eligible}, {1'711, "", eligible}, {5'411, "", wrong_category}}},
        {"community-equipment",
         {{5'975, "", eligible}, {5'912, "", eligible}, {8'011, "", wrong_category}}},
        {"skills",
         {{8'220, "COLLEGE", eligible},
          {8'249, "COLLEGE", eligible},
          {8'220, "OTHER", provider_not_accredited},
          {5'411, "COLLEGE", wrong_category}}},
        {"carers-expense", {{7'011, "", eligible}, {6'011, "", eligible, cash}}},
        {"voucher",
         {{8'050, "AGENCY", eligible},
          {8'050, "OTHER", provider_not_accredited},
          {6'011, "AGENCY", not_for_cash, cash}}},
        {"cash-direct-payment",
         {{6'011, "", eligible, cash}, {5'411, "", eligible}, {8'050, "", eligible}}},
    };
    return all;
}

/// The stream alone on an account, with money in it, and its providers on their registers.
void prepare(World& world, const char* name) {
    PurseSpec spec = purse_from(name);
    // The fund took money until it closed; here it closes tomorrow.
    if (spec.terms.intake_closed_from.value != 0) {
        spec.terms.intake_closed_from = {monday.value + 1};
    }
    open(world, "P", {spec}, 2);
    world.record(load_of(world, "P", name, 10'000));
    if (spec.terms.staged) world.record(release("P", name, 5'000, "foundations"));
    world.record(accredit("colleges", "COLLEGE", monday));
    world.record(accredit("housing-support", "SUPPORT", monday));
    world.record(accredit("voucher-providers", "AGENCY", monday));
    SpendingRules rules;
    rules.cash_agreed = true;
    world.record(world.agree(rules, "P"));
}

TEST(PurseTemplates, EachIsInTheTableBelowOnceAndHasAName) {
    std::set<std::string> named;
    std::set<std::string> tested;
    for (const PurseTemplate& one : purse_templates()) {
        named.emplace(one.name);
        EXPECT_FALSE(one.says.empty());
        EXPECT_GE(one.priority, 1);
        EXPECT_FALSE(one.terms.funder.empty());
    }
    for (const Stream& stream : streams()) tested.emplace(stream.name);
    EXPECT_EQ(named.size(), purse_templates().size());
    EXPECT_EQ(named, tested);
    EXPECT_EQ(find_purse_template("lottery"), nullptr);
}

TEST(PurseTemplates, EachStreamPaysWhatItIsForAndNothingElse) {
    for (const Stream& stream : streams()) {
        for (const Payment& payment : stream.payments) {
            World world;
            prepare(world, stream.name);
            if (payment.days_later > 0) world.advance(world.now_ns + days(payment.days_later));
            Authorise asked = pay_at(world, 2, payment.mcc, 1'000, payment.acceptor);
            asked.kind = payment.kind;
            const auto decided = world.authorise(asked);
            const std::string where =
                std::string(stream.name) + " at " + std::to_string(payment.mcc);
            if (payment.verdict == eligible) {
                EXPECT_EQ(decided.decline, Decline{}) << where;
                EXPECT_EQ(decided.legs.size(), 1U) << where;
            } else {
                EXPECT_EQ(decided.decline.reason, DeclineReason::purse_not_eligible) << where;
                EXPECT_EQ(decided.decline.verdict, payment.verdict) << where;
                EXPECT_EQ(decided.decline.purse, PurseNumber{1}) << where;
            }
        }
    }
}

TEST(PurseTemplates, ThePersonsMoneyIsThePersons) {
    for (const PurseTemplate& one : purse_templates()) {
        const bool own = one.name == "client-contribution" || one.name == "carers-expense";
        EXPECT_EQ(one.terms.persons_own, own) << one.name;
    }
}

TEST(PurseTemplates, TheClientContributionIsSpentBeforeTheCouncilsMoney) {
    World world;
    open(world, "P", {purse_from("council-social-care"), purse_from("client-contribution")}, 2);
    world.record(load_of(world, "P", "council-social-care", 1'000));
    world.record(load_of(world, "P", "client-contribution", 300));
    const auto paid = world.authorise(pay_at(world, 2, 8'050, 500));
    ASSERT_EQ(paid.legs.size(), 2U);
    EXPECT_EQ(paid.legs[0], (Leg{.purse = {2}, .held = {300}}));
    EXPECT_EQ(paid.legs[1], (Leg{.purse = {1}, .held = {200}}));
}

TEST(PurseTemplates, AHealthBudgetPaysHealthCareAndTheCouncilTheRest) {
    World world;
    open(world, "P", {purse_from("council-social-care"), purse_from("personal-health-budget")}, 2);
    world.record(load_of(world, "P", "council-social-care", 1'000));
    world.record(load_of(world, "P", "personal-health-budget", 1'000));
    EXPECT_EQ(world.authorise(pay_at(world, 2, 8'011, 100)).legs[0].purse, PurseNumber{2});
    EXPECT_EQ(world.authorise(pay_at(world, 2, 5'411, 100)).legs[0].purse, PurseNumber{1});
}

TEST(PurseTemplates, ACollegeIsPaidFromTheSkillsAccountAloneAndOnlyIfAccredited) {
    World world;
    open(world, "P", {purse_from("council-social-care"), purse_from("skills")}, 2);
    world.record(load_of(world, "P", "council-social-care", 10'000));
    world.record(load_of(world, "P", "skills", 500));
    const auto anyone = world.authorise(pay_at(world, 2, 8'220, 100, "ANYONE"));
    EXPECT_EQ(anyone.decline.reason, DeclineReason::purse_not_eligible);
    EXPECT_EQ(anyone.decline.verdict, provider_not_accredited);
    EXPECT_EQ(anyone.decline.purse, PurseNumber{2});
    world.record(accredit("colleges", "ANYONE", {monday.value + 1}));
    EXPECT_TRUE(world.authorise(pay_at(world, 2, 8'220, 100, "ANYONE")).decline.declined());
    world.advance(utc(2024, 6, 4, 9));
    EXPECT_EQ(world.authorise(pay_at(world, 2, 8'220, 100, "ANYONE")).legs[0].purse,
              PurseNumber{2});
    const auto dear = world.authorise(pay_at(world, 2, 8'220, 900, "ANYONE"));
    EXPECT_EQ(dear.decline.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(dear.decline.amount_would_work.value, 400);
}

TEST(PurseTemplates, ATermDateEndsASkillsAccountAndAPrescriptionItsEquipment) {
    for (const char* name : {"skills", "community-equipment"}) {
        World world;
        PurseSpec spec = purse_from(name);
        spec.terms.spend_until = monday;
        open(world, "P", {spec}, 2);
        world.record(load_of(world, "P", name, 1'000));
        world.record(accredit("colleges", "GOOD", monday));
        const std::uint16_t mcc = spec.terms.exclusive ? 8'220 : 5'975;
        EXPECT_EQ(world.authorise(pay_at(world, 2, mcc, 100, "GOOD")).decline, Decline{});
        world.advance(utc(2024, 6, 3, 23));  // midnight in London
        EXPECT_EQ(world.authorise(pay_at(world, 2, mcc, 100, "GOOD")).decline.verdict, ended);
    }
}

TEST(PurseTemplates, TheLivingFundPaysOnButTakesNoNewMoney) {
    World world;
    open(world, "P", {purse_from("independent-living-fund")}, 2);
    EXPECT_EQ(world.expect_fault(load_of(world, "P", "independent-living-fund", 100)).detail,
              "the purse takes no new money from 2015-07-01 on");
}

TEST(PurseTemplates, AGrantForWorksIsSpentAsItsStagesAreReleased) {
    World world;
    open(world, "P", {purse_from("disabled-facilities")}, 2);
    world.record(load_of(world, "P", "disabled-facilities", 10'000));
    EXPECT_EQ(world.authorise(pay_at(world, 2, 1'520, 1)).decline.verdict, not_released);
    world.record(release("P", "disabled-facilities", 4'000, "ramp"));
    EXPECT_EQ(world.authorise(pay_at(world, 2, 1'520, 3'000)).decline, Decline{});
    const Decline more = world.authorise(pay_at(world, 2, 1'520, 3'000)).decline;
    EXPECT_EQ(more.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(more.amount_would_work.value, 1'000);
}

TEST(PurseTemplates, AVoucherOfHoursIsSpentInMoneyAndReadInHours) {
    World world;
    PurseSpec spec = purse_from("voucher");
    spec.terms.unit = PurseUnit::hours;
    spec.terms.unit_rate = {1'750};
    spec.terms.spend_until = {monday.value + 90};
    open(world, "P", {spec}, 2);
    world.record(accredit("voucher-providers", "AGENCY", monday));
    Load command = load_of(world, "P", "voucher", 0);
    command.units = {1'000};
    world.record(command);
    EXPECT_EQ(world.authorise(pay_at(world, 2, 8'050, 3'500, "AGENCY")).decline, Decline{});
    EXPECT_EQ(world.account("P").available().value, 14'000);
}

TEST(PurseTemplates, ACarersMoneyIsOnAnAccountOfTheCarersOwn) {
    World world;
    open(world, "cared-for", {purse_from("council-social-care")}, 2);
    open(world, "carer", {purse_from("carers-expense")}, 3);
    world.record(load_of(world, "cared-for", "council-social-care", 1'000));
    world.record(load_of(world, "carer", "carers-expense", 500));
    EXPECT_EQ(world.authorise(pay_at(world, 3, 7'011, 400)).decline, Decline{});
    EXPECT_EQ(world.account("carer").available().value, 100);
    EXPECT_EQ(world.account("cared-for").available().value, 1'000);
    EXPECT_EQ(world.account("cared-for").purses.size(), 1U);
    for (const auto& [event, stamp] : world.events) {
        const auto* paid = std::get_if<AuthorisationDecided>(&event);
        EXPECT_TRUE(paid == nullptr || paid->account == world.account("carer").id);
    }
    const auto more = world.authorise(pay_at(world, 3, 7'011, 400));
    EXPECT_EQ(more.decline.amount_would_work.value, 100);
}

TEST(PurseTemplates, CashComesOutOfTheMoneyThatIsForCash) {
    World world;
    SpendingRules rules;
    rules.cash_agreed = true;
    open(world, "P", {purse_from("council-social-care"), purse_from("cash-direct-payment")}, 2);
    world.record(world.agree(rules, "P"));
    world.record(load_of(world, "P", "council-social-care", 1'000));
    world.record(load_of(world, "P", "cash-direct-payment", 300));
    Authorise machine = pay_at(world, 2, 6'011, 301);
    machine.kind = cash;
    const Decline refused = world.authorise(machine).decline;
    EXPECT_EQ(refused.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(refused.amount_would_work.value, 300);
    EXPECT_EQ(refused.purse, PurseNumber{2});
}

TEST(PurseTemplates, APurchaseWithoutItsCashbackIsPaidFromMoneyThatIsNotForCash) {
    World world;
    SpendingRules rules;
    rules.cash_agreed = true;
    open(world, "P", {purse_from("council-social-care")}, 2);
    world.record(world.agree(rules, "P"));
    world.record(load_of(world, "P", "council-social-care", 5'000));
    Authorise asked = pay_at(world, 2, 5'411, 3'000);
    asked.kind = TransactionKind::purchase_with_cashback;
    asked.cashback = {1'000};
    EXPECT_EQ(world.authorise(asked).decline.verdict, not_for_cash);
    Authorise partly = asked;
    partly.request.key = RequestKey::of("partly");
    partly.partial_capable = true;
    const auto decided = world.authorise(partly);
    EXPECT_EQ(decided.decline, Decline{});
    EXPECT_EQ(decided.approved.value, 2'000);
}

}  // namespace
}  // namespace carecard::rules
