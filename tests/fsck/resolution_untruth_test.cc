#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/fsck/planted.h"
#include "tests/rules/fixture.h"

namespace carecard::fsck {
namespace {

using rules::ExposureRecovered;
using rules::ResolutionDecided;
using rules::ResolutionKind;
using rules::ResolutionProposed;

/// An exposure of 30 pounds, of which a part is written off and another recovered after notice; and
/// another of which a refund repays what was written off.
class Resolved {
   public:
    Resolved() {
        world.record(world.load(100'00));
        id_ = world.approve(80'00).id;
        world.record(world.present(rules::by_id(id_), 130'00));
        propose(ResolutionKind::write_off, 12'00);
        decide(true);
        propose(ResolutionKind::write_off, 1'00);
        decide(false);
        propose(ResolutionKind::recovery, 18'00);
        decide(true);
        world.advance(world.now_ns + days(28));
        world.record(world.load(7'00, "own"));
        recover();
        world.record(world.load(20'00));
        recover();
        const AuthorisationId other =
            world.expect<rules::Presented>(world.present({}, 90'00)).after.id;
        id_ = other;
        propose(ResolutionKind::write_off, 10'00);
        decide(true);
        world.record(world.refund(rules::by_id(other), 79'00));
    }

    rules::World world;

   private:
    rules::Request by(std::string_view person) {
        return rules::asked_by(person, "person-" + std::to_string(++keys_));
    }
    void propose(ResolutionKind kind, std::int64_t pence) {
        rules::ProposeResolution command{.request = by("support"),
                                         .account = rules::account_name("A"),
                                         .authorisation = id_,
                                         .kind = kind,
                                         .amount = {pence},
                                         .currency = rules::gbp,
                                         .notice_until = {},
                                         .reason = {}};
        const DayNumber today = rules::local_day(world.state.offsets, world.now_ns);
        if (kind == ResolutionKind::recovery) command.notice_until = {today.value + 28};
        world.record(command);
        proposal_ = world.state.last;
    }
    void decide(bool approve) {
        world.record(rules::DecideResolution{.request = by("finance"),
                                             .account = rules::account_name("A"),
                                             .proposal = proposal_,
                                             .approve = approve,
                                             .reason = {}});
    }
    void recover() {
        world.record(rules::RecoverExposure{.request = by("finance"),
                                            .account = rules::account_name("A"),
                                            .proposal = proposal_,
                                            .reason = {}});
    }

    AuthorisationId id_;
    Sequence proposal_;
    int keys_ = 0;
};

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
        change(*fact);
        return true;
    };
}

/// Of a recovery that was proposed, or approved.
template <class Fact, class Change>
auto of_recovery(Change change) {
    return [change](rules::Event& event) {
        auto* const fact = std::get_if<Fact>(&event);
        if (fact == nullptr) return false;
        if constexpr (std::is_same_v<Fact, ResolutionProposed>) {
            if (fact->request.kind != ResolutionKind::recovery) return false;
        } else {
            if (fact->kind != ResolutionKind::recovery) return false;
        }
        change(*fact);
        return true;
    };
}

/// Of a credit that repaid a write-off.
template <class Change>
auto of_refund(Change change) {
    return [change](rules::Event& event) {
        auto* const fact = std::get_if<rules::Presented>(&event);
        if (fact == nullptr || fact->repaid.value == 0) return false;
        change(*fact);
        return true;
    };
}

std::vector<Planted> lies() {
    return {
        {"a proposal of more than is borne",
         of<ResolutionProposed>([](auto& e) { e.request.amount = {30'01}; }), "more than"},
        {"a proposal that tells another exposure",
         of<ResolutionProposed>([](auto& e) { ++e.exposure.value; }), "the exposure"},
        {"a proposal about another payment",
         of<ResolutionProposed>([](auto& e) { ++e.request.authorisation.sequence.value; }),
         "does not have"},
        {"a write-off with a notice",
         of<ResolutionProposed>([](auto& e) { e.request.notice_until = {20'000}; }), "notice"},
        {"too short a notice",
         of_recovery<ResolutionProposed>([](auto& e) { --e.request.notice_until.value; }),
         "notice"},
        {"one person alone",
         of<ResolutionDecided>([](auto& e) { e.request.request.caller = CallerId::of("support"); }),
         "one person"},
        {"a decision about no proposal",
         of<ResolutionDecided>([](auto& e) { ++e.request.proposal.value; }), "not open"},
        {"more written off", of<ResolutionDecided>([](auto& e) { ++e.amount.value; }),
         "the amount resolved"},
        {"more taken off the exposure",
         of<ResolutionDecided>([](auto& e) { --e.after.exposure.value; }), "changes more"},
        {"postings of another amount", of<ResolutionDecided>([](auto& e) {
             ++e.postings[0].amount.value;
             --e.postings[1].amount.value;
         }),
         "postings"},
        {"money taken with the approval",
         of_recovery<ResolutionDecided>([](auto& e) { e.after.exposure.value -= e.amount.value; }),
         "before the notice"},
        {"a rejected recovery that was taken",
         of_recovery<ResolutionDecided>([](auto& e) { e.request.approve = false; }), "rejected"},
        {"less recovered than is there", of<ExposureRecovered>([](auto& e) { --e.amount.value; }),
         "the amount recovered"},
        {"a recovery from another purse",
         of<ExposureRecovered>([](auto& e) { e.postings[0].purse = {1}; }), "postings"},
        {"a recovery that leaves the exposure",
         of<ExposureRecovered>([](auto& e) { ++e.after.exposure.value; }), "changes more"},
        {"a refund that leaves what was written off to the programme", of_refund([](auto& e) {
             --e.repaid.value;
             ++e.after.written_off.value;
         }),
         "should have made good"},
        {"a refund that repays before the exposure is made good", of_refund([](auto& e) {
             --e.recovered.value;
             ++e.after.exposure.value;
             ++e.repaid.value;
             --e.after.written_off.value;
         }),
         "while an exposure is left"},
        {"a refund that keeps what it repaid",
         of_refund([](auto& e) { ++e.after.written_off.value; }), "what was written off"},
        {"a write-off that its payment does not remember",
         of<ResolutionDecided>([](auto& e) { --e.after.written_off.value; }), "changes more"},
        {"a recovery that tells another balance",
         of<ExposureRecovered>([](auto& e) { ++e.available.value; }), "available"},
    };
}

TEST(ResolutionUntruth, IsNotFoundInWhatTheRulesDecided) {
    const Report report = check_events(Resolved().world.events);
    EXPECT_TRUE(report.sound()) << told(report.journal);
}

TEST(ResolutionUntruth, IsNamedByItsSequence) {
    const Events whole = Resolved().world.events;
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
