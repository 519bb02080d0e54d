#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/fsck/planted.h"
#include "tests/rules/purse_world.h"

namespace carecard::fsck {
namespace {

using rules::AuthorisationDecided;
using rules::HoldIncreased;
using rules::Loaded;
using rules::ProviderSet;
using rules::PurseClosed;
using rules::PurseEnded;
using rules::StageReleased;

/// Ends one purse by the word of staff, with money in it and a hold on it, and one with its last
/// day; then the hold of both is released.
void end_two(rules::World& world) {
    rules::PurseSpec own{.name = PurseName::of("own"), .terms = {.persons_own = true}};
    own.terms.spend_until = rules::day_number(2024, 6, 4);
    const rules::PurseSpec grant{.name = PurseName::of("grant"), .priority = 2};
    open(world, "E", {own, grant}, 3);
    world.record(load_of(world, "E", "own", 1'000));
    world.record(load_of(world, "E", "grant", 2'000));
    const auto paid = world.authorise(pay_at(world, 3, 5'411, 1'500));
    EXPECT_EQ(paid.legs.size(), 2U);
    world.record(load_of(world, "E", "own", 300));
    world.record(rules::ClosePurse{.request = rules::asked_by("finance", "close"),
                                   .account = rules::account_name("E"),
                                   .purse = PurseName::of("grant")});
    world.advance(rules::utc(2024, 6, 5));
    rules::Reverse back = world.reverse(rules::by_id(paid.id), 0);
    back.card_token = rules::token(3);
    world.record(back);
}

/// A budget of several streams: a grant in stages, a voucher of hours, and the council's money.
/// With an account beside it, of which both purses are over.
Events budget() {
    rules::World world;
    rules::PurseSpec hours = rules::purse_from("voucher");
    hours.priority = 2;
    hours.terms.unit = rules::PurseUnit::hours;
    hours.terms.unit_rate = {1'750};
    rules::PurseSpec works = rules::purse_from("disabled-facilities");
    works.priority = 1;
    open(world, "P", {works, hours, rules::purse_from("cash-direct-payment")}, 2);
    world.record(load_of(world, "P", "disabled-facilities", 10'000));
    rules::Load voucher = load_of(world, "P", "voucher", 0);
    voucher.units = {1'000};
    world.record(voucher);
    world.record(load_of(world, "P", "cash-direct-payment", 5'000));
    world.record(rules::release("P", "disabled-facilities", 4'000, "one"));
    world.record(rules::release("P", "disabled-facilities", 1'000, "two"));
    world.record(rules::accredit("voucher-providers", "AGENCY", rules::day_number(2024, 6, 3)));
    const auto split = world.authorise(pay_at(world, 2, 1'520, 6'000));
    EXPECT_EQ(split.legs.size(), 2U);
    EXPECT_FALSE(world.authorise(pay_at(world, 2, 8'050, 100, "AGENCY")).decline.declined());
    EXPECT_TRUE(world.authorise(pay_at(world, 2, 5'411, 50'000)).decline.declined());
    rules::Increment more = world.increase(rules::by_id(split.id), 500);
    more.card_token = rules::token(2);
    EXPECT_FALSE(world.expect<HoldIncreased>(more).decline.declined());
    rules::Present forced = world.present({}, 200'000);
    forced.card_token = rules::token(2);
    world.record(forced);
    end_two(world);
    return world.events;
}

struct Planted {
    std::string what;
    std::function<bool(rules::Event&)> lie;  ///< @return whether it is an event to be changed so.
    std::string said;                        ///< A part of what is said about it.
};

template <class Fact, class Change>
auto of(Change change) {
    return [change](rules::Event& event) {
        auto* const fact = std::get_if<Fact>(&event);
        if (fact == nullptr) return false;
        if constexpr (requires { fact->facts.purses; }) {
            if (fact->facts.purses.size() < 3 || fact->decline.declined()) return false;
        }
        if constexpr (std::is_same_v<Fact, Loaded>) {
            if (fact->request.units.value == 0) return false;
        }
        change(*fact);
        return true;
    };
}

std::vector<Planted> lies() {
    return {
        {"a purse that could pay more",
         of<AuthorisationDecided>([](auto& e) { ++e.facts.purses[2].spendable.value; }),
         "what a purse could pay"},
        {"a purse that was not looked at", of<AuthorisationDecided>([](auto& e) {
             const rules::PurseFacts all = e.facts.purses;
             e.facts.purses.clear();
             e.facts.purses.push_back(all[0]);
         }),
         "number of purses"},
        {"a purse looked at twice",
         of<AuthorisationDecided>([](auto& e) { e.facts.purses[1] = e.facts.purses[0]; }), "twice"},
        {"a purse that is not there",
         of<AuthorisationDecided>([](auto& e) { e.facts.purses[1].purse = {9}; }), "not there"},
        {"a sum of other purses", of<AuthorisationDecided>([](auto& e) {
             e.facts.purses[0].verdict = rules::PurseVerdict::wrong_category;
         }),
         "available before"},
        {"a leg of a purse that may not pay", of<AuthorisationDecided>([](auto& e) {
             const AmountMinor gone = e.facts.purses[0].spendable;
             e.facts.purses[0].verdict = rules::PurseVerdict::wrong_category;
             e.facts.available.value -= gone.value;
         }),
         "purse that may not pay"},
        {"an increment of a purse that may not pay", of<HoldIncreased>([](auto& e) {
             for (auto& fact : e.facts.purses) {
                 if (fact.verdict != rules::PurseVerdict::eligible) continue;
                 fact.verdict = rules::PurseVerdict::ended;
             }
             e.facts.available = {};
         }),
         "purse that may not pay"},
        {"hours at another rate", of<Loaded>([](auto& e) { e.request.units.value += 100; }),
         "rate of their purse"},
        {"hours into a purse of money", of<Loaded>([](auto& e) { e.purse = {3}; }),
         "rate of their purse"},
        {"a stage of another purse", of<StageReleased>([](auto& e) { e.purse = {3}; }),
         "another purse"},
        {"a stage of no purse", of<StageReleased>([](auto& e) { e.purse = {9}; }), "does not have"},
        {"a stage of more than waits",
         of<StageReleased>([](auto& e) { e.request.amount = {10'001}; }), "more than waits"},
        {"a stage that leaves more", of<StageReleased>([](auto& e) { ++e.unreleased.value; }),
         "still waits"},
        {"a stage that says more is available",
         of<StageReleased>([](auto& e) { ++e.available.value; }), "available"},
        {"a stage of another account", of<StageReleased>([](auto& e) {
             e.request.account.reference = AccountReference::of("B");
         }),
         "another account"},
        {"a purse closed with more in it",
         of<PurseClosed>([](auto& e) { ++e.surplus.amount.value; }), "what leaves the purse"},
        {"a purse closed for another funder",
         of<PurseClosed>([](auto& e) { e.surplus.funder = rules::FunderCode::of("icb"); }),
         "somebody else's"},
        {"a person's purse closed", of<PurseClosed>([](auto& e) { e.surplus.persons_own = true; }),
         "somebody else's"},
        {"another purse closed", of<PurseClosed>([](auto& e) { e.purse = {9}; }), "does not have"},
        {"a purse closed on another day", of<PurseClosed>([](auto& e) { ++e.day.value; }),
         "its day"},
        {"a purse that ends on another day", of<PurseEnded>([](auto& e) { --e.last_day.value; }),
         "another last day"},
        {"a purse that ends for the council", of<PurseEnded>([](auto& e) {
             e.surplus.persons_own = false;
             for (rules::Posting& line : e.postings) {
                 if (line.account == rules::LedgerAccount::owed_to_person) {
                     line.account = rules::LedgerAccount::recovered;
                 }
             }
         }),
         "somebody else's"},
        {"a purse that ends and leaves more", of<PurseEnded>([](auto& e) { ++e.available.value; }),
         "available"},
        {"what comes back to a purse that is over and stays there",
         of<rules::Reversed>([](auto& e) {
             for (rules::Posting& line : e.postings) {
                 if (has_left_purse(line.account)) line.account = rules::LedgerAccount::available;
             }
         }),
         "not what the rest of it leads to"},
        {"a provider of a programme that is not there",
         of<ProviderSet>([](auto& e) { e.programme = {9}; }), "another programme"},
    };
}

TEST(PurseUntruth, IsNotFoundInWhatTheRulesDecided) {
    const Report report = check_events(budget());
    EXPECT_TRUE(report.sound()) << told(report.journal);
}

TEST(PurseUntruth, IsNamedByItsSequence) {
    for (const Planted& planted : lies()) {
        SCOPED_TRACE(planted.what);
        Events events = budget();
        std::size_t at = 0;
        while (at < events.size() && !planted.lie(events[at].first)) ++at;
        ASSERT_LT(at, events.size()) << "no event takes it";
        const Report report = check_events(events);
        ASSERT_TRUE(report.journal);
        EXPECT_EQ(report.journal->sequence, events[at].second.sequence) << told(report.journal);
        EXPECT_NE(report.journal->fault.detail.find(planted.said), std::string::npos)
            << told(report.journal);
    }
}

TEST(PurseUntruth, OfAStageReleasedTwiceIsFound) {
    Events events = budget();
    for (const auto& [event, stamp] : events) {
        if (!std::holds_alternative<StageReleased>(event)) continue;
        rules::Stamp again = events.back().second;
        ++again.sequence.value;
        events.emplace_back(event, again);
        break;
    }
    const Report report = check_events(events);
    ASSERT_TRUE(report.journal);
    EXPECT_EQ(report.journal->sequence, events.back().second.sequence) << told(report.journal);
    EXPECT_NE(report.journal->fault.detail.find("before"), std::string::npos)
        << told(report.journal);
}

}  // namespace
}  // namespace carecard::fsck
