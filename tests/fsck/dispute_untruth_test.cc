#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/fsck/planted.h"
#include "tests/rules/fixture.h"

namespace carecard::fsck {
namespace {

using rules::DisputeClosed;
using rules::DisputeOpened;
using rules::DisputeOutcome;
using rules::Presented;
using rules::PresentmentKind;

/// A payment of 100 pounds from two purses that is disputed twice: lost after a part was spent, and
/// then charged back, refunded, and presented again.
class Quarrel {
   public:
    Quarrel() {
        world.record(world.load(60'00));
        world.record(world.load(40'00, "own"));
        id_ = world.approve(100'00).id;
        world.record(world.present(rules::by_id(id_), 100'00));
        open(50'00);
        world.record(world.present(rules::by_id(world.approve(35'00).id), 35'00));
        close(DisputeOutcome::lost);
        world.record(world.load(10'00));
        open(80'00);
        close(DisputeOutcome::won);
        network(PresentmentKind::chargeback, 70'00);
        network(PresentmentKind::chargeback, 30'00);
        world.record(world.refund(rules::by_id(id_), 20'00));
        network(PresentmentKind::second, 60'00);
    }

    rules::World world;

   private:
    rules::Request by_staff() {
        return rules::asked_by("support", "staff-" + std::to_string(++keys_));
    }
    void open(std::int64_t pence) {
        world.record(rules::OpenDispute{.request = by_staff(),
                                        .account = rules::account_name("A"),
                                        .authorisation = id_,
                                        .amount = {pence},
                                        .currency = rules::gbp,
                                        .category = rules::DisputeCategory::duplicate,
                                        .provisional = true,
                                        .reason = {}});
    }
    void close(DisputeOutcome outcome) {
        world.record(rules::CloseDispute{.request = by_staff(),
                                         .account = rules::account_name("A"),
                                         .authorisation = id_,
                                         .outcome = outcome,
                                         .reason = {}});
    }
    void network(PresentmentKind kind, std::int64_t pence) {
        rules::Present command = kind == PresentmentKind::chargeback
                                     ? world.refund(rules::by_id(id_), pence)
                                     : world.present(rules::by_id(id_), pence);
        command.kind = kind;
        world.record(command);
    }

    AuthorisationId id_;
    int keys_ = 0;
};

struct Planted {
    std::string what;
    std::function<bool(rules::Event&)> lie;  ///< @return whether it is an event to be changed so.
    std::string said;                        ///< A part of what is said about it.
};

/// Of the first event of the kind that fits.
template <class Fact, class Fits, class Change>
auto of(Fits fits, Change change) {
    return [fits, change](rules::Event& event) {
        auto* const fact = std::get_if<Fact>(&event);
        if (fact == nullptr || !fits(*fact)) return false;
        change(*fact);
        return true;
    };
}
template <class Fact, class Change>
auto of(Change change) {
    return of<Fact>([](const Fact&) { return true; }, change);
}
template <class Change>
auto of_network(PresentmentKind kind, Change change) {
    return of<Presented>([kind](const Presented& e) { return e.request.kind == kind; }, change);
}
template <class Change>
auto of_end(DisputeOutcome outcome, Change change) {
    return of<DisputeClosed>(
        [outcome](const DisputeClosed& e) { return e.request.outcome == outcome; }, change);
}

std::vector<Planted> lies() {
    using enum PresentmentKind;
    using enum DisputeOutcome;
    return {
        {"more disputed than was taken",
         of<DisputeOpened>([](auto& e) { e.request.amount = {100'01}; }), "more than was taken"},
        {"less lent than is disputed", of<DisputeOpened>([](auto& e) { --e.lent.value; }),
         "what is lent"},
        {"a dispute that nothing is due of", of<DisputeOpened>([](auto& e) { e.dispute.due = {}; }),
         "another dispute"},
        {"a credit of another purse", of<DisputeOpened>([](auto& e) {
             --e.postings[0].amount.value;
             ++e.postings[1].amount.value;
         }),
         "postings"},
        {"a credit that takes more",
         of<DisputeOpened>([](auto& e) { ++e.after.legs[0].debited.value; }), "does more to a leg"},
        {"an opening that tells another balance",
         of<DisputeOpened>([](auto& e) { ++e.available.value; }), "available"},
        {"less taken back than was lent", of_end(lost, [](auto& e) { --e.taken.value; }),
         "what was lent"},
        {"an exposure that nobody hears of", of_end(lost, [](auto& e) { e.exception = {}; }),
         "exception"},
        {"a lost dispute that stays open", of_end(lost, [](auto& e) { e.dispute.due = {1}; }),
         "leaves a dispute open"},
        {"a won dispute that is over", of_end(won, [](auto& e) { e.dispute.due = {}; }),
         "changes more of its dispute"},
        {"a won dispute that is called lost",
         of_end(won, [](auto& e) { e.request.outcome = DisputeOutcome::lost; }), "leaves"},
        {"a chargeback that is not counted",
         of_network(chargeback, [](auto& e) { e.after.charged_back = {}; }),
         "what the network paid"},
        {"a chargeback that leaves something lent",
         of_network(chargeback,
                    [](auto& e) {
                        --e.settled.value;
                        ++e.after.lent.value;
                    }),
         "what the programme lent"},
        {"a chargeback that leaves the dispute as it was",
         of_network(chargeback, [](auto& e) { e.dispute->due = {80'00}; }), "of the dispute"},
        {"a second presentment that undoes nothing",
         of_network(second, [](auto& e) { e.after.charged_back.value += 1; }),
         "what the network paid"},
        {"a second presentment that pays back less",
         of_network(second, [](auto& e) { --e.owed_back.value; }), "has back"},
        {"a second presentment that opens no dispute",
         of_network(second, [](auto& e) { e.dispute.reset(); }), "of the dispute"},
        {"a second presentment that gives to a leg",
         of_network(second, [](auto& e) { e.after.legs[0].credited = e.after.legs[0].debited; }),
         "the amount billed"},
    };
}

TEST(DisputeUntruth, IsNotFoundInWhatTheRulesDecided) {
    const Report report = check_events(Quarrel().world.events);
    EXPECT_TRUE(report.sound()) << told(report.journal);
}

TEST(DisputeUntruth, IsNamedByItsSequence) {
    const Events whole = Quarrel().world.events;
    for (const Planted& planted : lies()) {
        SCOPED_TRACE(planted.what);
        Events events = whole;
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
