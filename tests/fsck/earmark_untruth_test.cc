#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/fsck/planted.h"
#include "tests/rules/earmark_world.h"

namespace carecard::fsck {
namespace {

using rules::AuthorisationDecided;
using rules::EarmarkPaid;
using rules::EarmarkSet;
using rules::EarmarkWithdrawn;
using rules::Presented;
using rules::Reversed;

/// Wages and tax are kept; the wages are paid, reversed in part and cleared; the tax is broken into
/// and withdrawn; the council pays the rent.
Events pay_day() {
    rules::EarmarkedWorld world(50'000, 10'000);
    world.record(world.earmark("tax", 5'000, "HMRC", {rules::friday.value + 3}));
    world.record(world.earmark("wages", 42'000));
    EXPECT_TRUE(world.decline_of(world.pay_to("SHOP", 20'000)).declined());
    const auto wages = world.authorise(world.pay_to("WAGES", 42'000));
    world.record(world.reverse(rules::by_id(wages.id), 40'000));
    world.record(world.present(rules::by_id(wages.id), 40'000));
    world.record(world.earmark("rent", 3'000, "", rules::friday, "own"));
    world.record(world.force("SHOP", 12'000));
    world.record(world.withdraw("tax"));
    world.advance(rules::utc(2024, 6, 7));
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
        if constexpr (requires { fact->earmarks; }) {
            if (fact->earmarks.empty()) return false;
        }
        change(*fact);
        return true;
    };
}

std::vector<Planted> lies() {
    return {
        {"an earmark of another purse", of<EarmarkSet>([](auto& e) { e.purse = {2}; }),
         "another purse"},
        {"an earmark of no purse", of<EarmarkSet>([](auto& e) { e.purse = {9}; }), "does not have"},
        {"an earmark of more than is free",
         of<EarmarkSet>([](auto& e) { e.request.amount = {50'001}; }), "more than is free"},
        {"an earmark that leaves more free", of<EarmarkSet>([](auto& e) { ++e.unearmarked.value; }),
         "stays free"},
        {"an earmark that stands longer", of<EarmarkSet>([](auto& e) { ++e.until.value; }),
         "last day"},
        {"an earmark of another day", of<EarmarkSet>([](auto& e) { ++e.today.value; }), "its day"},
        {"an earmark of a day that is over", of<EarmarkSet>([](auto& e) {
             e.request.due.value -= 30;
             e.until.value -= 30;
         }),
         "days are over"},
        {"a payment that takes less of it",
         of<AuthorisationDecided>([](auto& e) { ++e.earmarks[0].left.value; }), "earmarks"},
        {"a payment that takes none of it",
         of<AuthorisationDecided>([](auto& e) { e.earmarks.clear(); }), "earmarks"},
        {"a decision that knew of nothing kept",
         [](rules::Event& event) {
             auto* const decided = std::get_if<AuthorisationDecided>(&event);
             if (decided == nullptr || !decided->decline.declined()) return false;
             decided->facts.earmarked = {};
             return true;
         },
         "kept for others"},
        {"a reversal that gives nothing back", of<Reversed>([](auto& e) { e.earmarks.clear(); }),
         "earmarks"},
        {"a clearing that holds on to it", of<Presented>([](auto& e) { e.earmarks[0].used = {1}; }),
         "earmarks"},
        {"a breach that is told as less",
         [](rules::Event& event) {
             auto* const presented = std::get_if<Presented>(&event);
             if (presented == nullptr || !presented->exception.raised()) return false;
             --presented->exception.amount.value;
             return true;
         },
         "broke into"},
        {"a breach that is told as less beside its exception",
         [](rules::Event& event) {
             auto* const presented = std::get_if<Presented>(&event);
             if (presented == nullptr || presented->broken.value == 0) return false;
             --presented->broken.value;
             return true;
         },
         "earmarks for others"},
        {"a clearing that breaks into nothing and says that it does",
         of<Presented>([](auto& e) { ++e.broken.value; }), "earmarks for others"},
        {"a withdrawal of another earmark", of<EarmarkWithdrawn>([](auto& e) { e.earmark = {1}; }),
         "does not stand"},
        {"a withdrawal of more than is kept",
         of<EarmarkWithdrawn>([](auto& e) { ++e.freed.value; }), "still kept"},
        {"a council's payment of more", of<EarmarkPaid>([](auto& e) { ++e.amount.value; }),
         "what is paid"},
        {"a council's payment of what was more",
         of<EarmarkPaid>([](auto& e) { ++e.earmarked.value; }), "set aside"},
        {"a council's payment of no earmark",
         of<EarmarkPaid>([](auto& e) { e.request.earmark = {1}; }), "not there"},
        {"a council's payment under another name",
         of<EarmarkPaid>([](auto& e) { e.reference = rules::EarmarkReference::of("wages"); }),
         "another earmark"},
        {"a council's payment from another purse", of<EarmarkPaid>([](auto& e) { e.purse = {1}; }),
         "another earmark"},
        {"a council's payment that leaves more",
         of<EarmarkPaid>([](auto& e) { ++e.available.value; }), "available"},
    };
}

TEST(EarmarkUntruth, IsNotFoundInWhatTheRulesDecided) {
    const Report report = check_events(pay_day());
    EXPECT_TRUE(report.sound()) << told(report.journal);
}

TEST(EarmarkUntruth, IsNamedByItsSequence) {
    for (const Planted& planted : lies()) {
        SCOPED_TRACE(planted.what);
        Events events = pay_day();
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

}  // namespace
}  // namespace carecard::fsck
