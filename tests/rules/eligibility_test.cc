#include "rules/eligibility.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/rules/purse_world.h"

namespace carecard::rules {
namespace {

const DayNumber monday = day_number(2024, 6, 3);

/// One purse with `terms`, 10.00 in it.
PurseVerdict verdict(const PurseTerms& terms, PaidAt payment,
                     std::initializer_list<SetProvider> providers = {}) {
    World world;
    open(world, "P", {{.name = PurseName::of("it"), .terms = terms}}, 2);
    world.record(load_of(world, "P", "it", 1'000));
    for (const SetProvider& provider : providers) world.record(provider);
    return purse_facts(world.state, world.account("P"), payment)[0].verdict;
}

PaidAt at(std::uint16_t mcc, DayNumber day = monday) { return {.mcc = {mcc}, .day = day}; }

TEST(Eligibility, APurseWithoutTermsPaysAnywhereAtAnyTime) {
    EXPECT_EQ(verdict({}, at(0)), PurseVerdict::eligible);
    EXPECT_EQ(verdict({}, at(9'999)), PurseVerdict::eligible);
    EXPECT_EQ(verdict({}, {.mcc = {6'011}, .is_cash = true, .day = monday}),
              PurseVerdict::eligible);
}

TEST(Eligibility, ACategoryIsInARangeWithBothItsEnds) {
    PurseTerms terms;
    terms.mccs.push_back({{8'011}, {8'099}});
    EXPECT_EQ(verdict(terms, at(8'010)), PurseVerdict::wrong_category);
    EXPECT_EQ(verdict(terms, at(8'011)), PurseVerdict::eligible);
    EXPECT_EQ(verdict(terms, at(8'099)), PurseVerdict::eligible);
    EXPECT_EQ(verdict(terms, at(8'100)), PurseVerdict::wrong_category);
}

TEST(Eligibility, DaysOfTheWeekAreLocalOnes) {
    const PurseTerms terms{.weekdays = monday_to_friday};
    for (int day = 0; day < 7; ++day) {
        const PurseVerdict expected = day < 5 ? PurseVerdict::eligible : PurseVerdict::not_that_day;
        EXPECT_EQ(verdict(terms, at(1, {monday.value + day})), expected) << day;
    }
}

TEST(Eligibility, FirstAndLastDayAreIncluded) {
    const PurseTerms terms{.spend_from = monday, .spend_until = {monday.value + 1}};
    EXPECT_EQ(verdict(terms, at(1, {monday.value - 1})), PurseVerdict::not_yet);
    EXPECT_EQ(verdict(terms, at(1, monday)), PurseVerdict::eligible);
    EXPECT_EQ(verdict(terms, at(1, {monday.value + 1})), PurseVerdict::eligible);
    EXPECT_EQ(verdict(terms, at(1, {monday.value + 2})), PurseVerdict::ended);
}

TEST(Eligibility, CashIsTakenWhereThePurseDoesNotForbidIt) {
    const PaidAt cash{.mcc = {6'011}, .is_cash = true, .day = monday};
    EXPECT_EQ(verdict({.no_cash = true}, cash), PurseVerdict::not_for_cash);
    EXPECT_EQ(verdict({.no_cash = true}, at(5'411)), PurseVerdict::eligible);
}

TEST(Eligibility, AProviderMustStandOnTheRegisterOnTheDay) {
    const PurseTerms terms{.provider_register = RegisterName::of("colleges")};
    const auto asked = [&](const char* acceptor, DayNumber day) {
        return verdict(terms, {.mcc = {8'220}, .acceptor = Acceptor::of(acceptor), .day = day},
                       {accredit("colleges", "GOOD", monday, {monday.value + 1}),
                        accredit("gyms", "OTHER", monday)});
    };
    using enum PurseVerdict;
    EXPECT_EQ(asked("GOOD", {monday.value - 1}), provider_not_accredited);
    EXPECT_EQ(asked("GOOD", monday), eligible);
    EXPECT_EQ(asked("GOOD", {monday.value + 1}), eligible);
    EXPECT_EQ(asked("GOOD", {monday.value + 2}), provider_not_accredited);
    EXPECT_EQ(asked("OTHER", monday), provider_not_accredited);
    EXPECT_EQ(asked("", monday), provider_not_accredited);
}

TEST(Eligibility, AnExclusivePurseKeepsTheOthersOutOfItsCategories) {
    World world;
    PurseSpec skills{.name = PurseName::of("skills"), .priority = 2, .terms = {.exclusive = true}};
    skills.terms.mccs.push_back({{8'220}, {8'220}});
    open(world, "P", {{.name = PurseName::of("any")}, skills}, 2);
    const auto college = purse_facts(world.state, world.account("P"), at(8'220));
    EXPECT_EQ(college[0].verdict, PurseVerdict::kept_for_another);
    EXPECT_EQ(college[1].verdict, PurseVerdict::eligible);
    const auto shop = purse_facts(world.state, world.account("P"), at(5'411));
    EXPECT_EQ(shop[0].verdict, PurseVerdict::eligible);
    EXPECT_EQ(shop[1].verdict, PurseVerdict::wrong_category);
}

TEST(Eligibility, PursesPayByPriorityThenByTheLastDayThenByNumber) {
    World world;
    const auto spec = [](const char* name, std::uint8_t priority, int until) {
        return PurseSpec{
            .name = PurseName::of(name), .priority = priority, .terms = {.spend_until = {until}}};
    };
    open(world, "P",
         {spec("1", 2, 0), spec("2", 1, 0), spec("3", 1, 30'000), spec("4", 1, 29'000),
          spec("5", 1, 29'000)},
         2);
    std::string order;
    for (const PurseNumber number : world.account("P").spending_order()) {
        order += std::to_string(number.value);
    }
    EXPECT_EQ(order, "45321");
}

TEST(Eligibility, AForcedPaymentTakesTheEligiblePursesFirstAndThenTheOthers) {
    World world;
    PurseSpec health{.name = PurseName::of("health"), .priority = 1};
    health.terms.mccs.push_back({{8'011}, {8'011}});
    open(world, "P", {health, {.name = PurseName::of("any"), .priority = 2}}, 2);
    world.record(load_of(world, "P", "health", 500));
    world.record(load_of(world, "P", "any", 300));
    Present shop = world.present({}, 900);
    shop.card_token = token(2);
    const auto posted = world.expect<Presented>(shop);
    ASSERT_EQ(posted.after.legs.size(), 2U);
    EXPECT_EQ(posted.after.legs[0], (Leg{.purse = {2}, .held = {}, .debited = {300}}));
    EXPECT_EQ(posted.after.legs[1], (Leg{.purse = {1}, .held = {}, .debited = {500}}));
    EXPECT_EQ(posted.exposure.value, 100);
}

TEST(Eligibility, AnAdviceTakesTheEligiblePursesFirstAndThenTheOthers) {
    World world;
    PurseSpec health{.name = PurseName::of("health"), .priority = 1};
    health.terms.mccs.push_back({{8'011}, {8'011}});
    open(world, "P", {health, {.name = PurseName::of("any"), .priority = 2}}, 2);
    world.record(load_of(world, "P", "health", 500));
    world.record(load_of(world, "P", "any", 300));
    Advise advice = world.advise(AdviceKind::stand_in_approved, {}, 400);
    advice.card_token = token(2);
    const auto advised = world.expect<Advised>(advice);
    ASSERT_EQ(advised.after.legs.size(), 2U);
    EXPECT_EQ(advised.after.legs[0], (Leg{.purse = {2}, .held = {300}}));
    EXPECT_EQ(advised.after.legs[1], (Leg{.purse = {1}, .held = {100}}));
}

TEST(Eligibility, AnIncrementIsTakenFromEligiblePursesAlone) {
    World world;
    PurseSpec health{.name = PurseName::of("health"), .priority = 1};
    health.terms.mccs.push_back({{8'011}, {8'011}});
    open(world, "P", {health, {.name = PurseName::of("any"), .priority = 2}}, 2);
    world.record(load_of(world, "P", "health", 500));
    world.record(load_of(world, "P", "any", 300));
    const auto hold = world.authorise(pay_at(world, 2, 5'411, 200));
    Increment more = world.increase(by_id(hold.id), 200);
    more.card_token = token(2);
    const auto refused = world.expect<HoldIncreased>(more);
    EXPECT_EQ(refused.decline.reason, DeclineReason::funds_insufficient);
    EXPECT_EQ(refused.decline.amount_would_work.value, 100);
    EXPECT_EQ(refused.decline.purse, PurseNumber{2});
}

// --- A walk against a slow, obvious one ----------------------------------------------------------

/// What the terms of a purse come to, said once more.
bool may_pay(const PurseTerms& terms, const PaidAt& payment, bool is_accredited) {
    const bool listed = terms.mccs.empty() ||
                        std::any_of(terms.mccs.begin(), terms.mccs.end(), [&](const MccSpan& span) {
                            return payment.mcc >= span.first && payment.mcc <= span.last;
                        });
    const int weekday = (payment.day.value + 3) % 7;
    const bool on_day = terms.weekdays.value == 0 || (terms.weekdays.value & (1 << weekday)) != 0;
    return listed && on_day && !(terms.no_cash && payment.is_cash) &&
           (terms.provider_register.empty() || is_accredited) && payment.day >= terms.spend_from &&
           (terms.spend_until.value == 0 || payment.day <= terms.spend_until);
}

class Chance {
   public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}
    int up_to(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most + 1)); }
    bool one_in(int times) { return up_to(times - 1) == 0; }

    PurseSpec purse(int number) {
        PurseSpec spec{.name = PurseName::of("p" + std::to_string(number)),
                       .priority = static_cast<std::uint8_t>(1 + up_to(2))};
        for (int spans = up_to(2); spans > 0; --spans) {
            const auto first = static_cast<std::uint16_t>(up_to(20));
            spec.terms.mccs.push_back({{first}, {static_cast<std::uint16_t>(first + up_to(4))}});
        }
        spec.terms.exclusive = !spec.terms.mccs.empty() && one_in(6);
        spec.terms.no_cash = one_in(3);
        if (one_in(4)) spec.terms.provider_register = RegisterName::of("r");
        if (one_in(3)) spec.terms.weekdays = {static_cast<std::uint8_t>(1 + up_to(126))};
        if (one_in(3)) spec.terms.spend_from = {monday.value + up_to(3)};
        if (one_in(3)) spec.terms.spend_until = {monday.value + up_to(6)};
        if (spec.terms.spend_until.value != 0 && spec.terms.spend_until < spec.terms.spend_from) {
            spec.terms.spend_from = {};
        }
        spec.terms.staged = one_in(5);
        return spec;
    }

   private:
    std::mt19937_64 random_;
};

struct Slow {
    std::vector<PurseSpec> specs;
    std::vector<std::int64_t> spendable;
    std::vector<bool> waits;  ///< For a stage, some of its money.

    /// Index by index, the purses that pay, in order.
    [[nodiscard]] std::vector<std::size_t> eligible(const PaidAt& payment, bool accredited) const {
        const bool kept = std::any_of(specs.begin(), specs.end(), [&](const PurseSpec& spec) {
            PurseTerms place;
            place.mccs = spec.terms.mccs;
            return spec.terms.exclusive && may_pay(place, payment, true);
        });
        std::vector<std::size_t> found;
        for (std::size_t index = 0; index < specs.size(); ++index) {
            const bool kept_out = kept && !specs[index].terms.exclusive;
            const bool nothing_yet = waits[index] && spendable[index] == 0;
            if (!kept_out && !nothing_yet && may_pay(specs[index].terms, payment, accredited)) {
                found.push_back(index);
            }
        }
        const auto last = [&](std::size_t index) {
            const int day = specs[index].terms.spend_until.value;
            return day == 0 ? 1'000'000 : day;
        };
        std::ranges::stable_sort(found, [&](std::size_t a, std::size_t b) {
            return std::pair(specs[a].priority, last(a)) < std::pair(specs[b].priority, last(b));
        });
        return found;
    }
};

TEST(EligibilityProperty, EveryWalkIsTheSlowOneAllOrNothing) {
    constexpr std::uint64_t seed = 20'240'603;
    RecordProperty("seed", std::to_string(seed));
    Chance chance(seed);
    int approved = 0;
    int not_eligible = 0;
    for (int round = 0; round < 400; ++round) {
        World world;
        world.record(accredit("r", "GOOD", {monday.value - 1}, {monday.value + 3}));
        Slow slow;
        OpenAccount account = world.open_account("P", {});
        for (int number = chance.up_to(5); number >= 0; --number) {
            slow.specs.push_back(chance.purse(number));
            account.purses.push_back(slow.specs.back());
        }
        world.record(account);
        world.record(world.issue_card("P", 2));
        SpendingRules rules;
        rules.cash_agreed = true;
        world.record(world.agree(rules, "P"));
        for (const PurseSpec& spec : slow.specs) {
            const int pence = 1 + chance.up_to(2'000);
            world.record(load_of(world, "P", spec.name.view(), pence));
            const int released = chance.up_to(pence);
            if (spec.terms.staged && released > 0) {
                world.record(release("P", spec.name.view(), released, "one"));
            }
            slow.spendable.push_back(spec.terms.staged ? released : pence);
            slow.waits.push_back(spec.terms.staged && released < pence);
        }
        for (int payments = 0; payments < 6; ++payments) {
            world.advance(world.now_ns + hours(chance.up_to(30)));
            const bool good = chance.one_in(2);
            Authorise payment =
                pay_at(world, 2, static_cast<std::uint16_t>(chance.up_to(25)),
                       1 + chance.up_to(chance.one_in(3) ? 6'000 : 900), good ? "GOOD" : "BAD");
            if (chance.one_in(6)) payment.kind = TransactionKind::cash;
            const DayNumber day = local_day(world.state.offsets, world.now_ns);
            const bool accredited = good && day <= DayNumber{monday.value + 3};
            const PaidAt paid{.mcc = payment.merchant.mcc,
                              .is_cash = payment.kind == TransactionKind::cash,
                              .day = day};
            const std::vector<std::size_t> walk = slow.eligible(paid, accredited);
            std::int64_t left = payment.amounts.billing.value;
            std::vector<std::int64_t> after = slow.spendable;
            Legs legs;
            for (const std::size_t index : walk) {
                const std::int64_t part = std::min(left, after[index]);
                if (part == 0) continue;
                after[index] -= part;
                left -= part;
                legs.push_back({.purse = {static_cast<std::uint8_t>(index + 1)}, .held = {part}});
            }
            const auto decided = world.authorise(payment);
            if (walk.empty()) {
                ++not_eligible;
                EXPECT_EQ(decided.decline.reason, DeclineReason::purse_not_eligible);
                EXPECT_NE(decided.decline.purse.value, 0);
                EXPECT_NE(decided.decline.verdict, PurseVerdict::eligible);
            } else if (left > 0) {
                EXPECT_EQ(decided.decline.reason, DeclineReason::funds_insufficient);
                EXPECT_EQ(decided.decline.amount_would_work.value,
                          payment.amounts.billing.value - left);
                EXPECT_EQ(decided.decline.purse.value, walk.back() + 1);
            } else {
                ++approved;
                EXPECT_EQ(decided.decline, Decline{});
                EXPECT_EQ(decided.legs, legs);
                slow.spendable = after;
            }
            EXPECT_TRUE(left == 0 || decided.legs.empty());
            ASSERT_FALSE(HasFailure()) << "round " << round << ", payment " << payments;
        }
    }
    EXPECT_GT(approved, 200);
    EXPECT_GT(not_eligible, 100);
}

}  // namespace
}  // namespace carecard::rules
