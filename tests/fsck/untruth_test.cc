#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <variant>

#include "tests/fsck/planted.h"
#include "tests/fsck/true_month.h"
#include "tests/rules/random_commands.h"

namespace carecard::fsck {
namespace {

using rules::AuthorisationDecided;
using rules::Presented;

TEST(Untruth, IsNotFoundInWhatTheRulesDecided) {
    const Events events = month();
    const Report report = check_events(events);
    EXPECT_TRUE(report.sound()) << told(report.journal);
    EXPECT_EQ(report.events, events.size());
    EXPECT_EQ(report.programmes, 2U);
    EXPECT_EQ(report.accounts, 2U);
}

TEST(Untruth, IsNotFoundInThousandsOfRandomCommands) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        rules::RandomCommands random(seed);
        rules::World world;
        for (const rules::Command& command : random.opening()) world.decide_and_apply(command);
        for (int step = 0; step < 3'000; ++step) {
            const std::size_t before = world.events.size();
            world.decide_and_apply(random.next());
            if (world.events.size() > before) {
                random.hear(world.events.back().first, world.events.back().second);
            }
            world.advance(world.now_ns + random.pause());
        }
        const Report report = check_events(world.events);
        EXPECT_TRUE(report.sound()) << told(report.journal);
        EXPECT_GT(report.events, 2'000U);
    }
}

/// Changes one event into an untruth. @return whether it is one that can be changed so.
using Lie = std::function<bool(rules::Event&)>;

struct Planted {
    std::string what;
    Lie lie;
    std::string said;  ///< A part of what is said about it.
};

/// Of the first event of type `Fact` for which `if_so` holds.
template <class Fact, class Change>
Lie of(Change change) {
    return [change](rules::Event& event) {
        auto* const fact = std::get_if<Fact>(&event);
        return fact != nullptr && change(*fact);
    };
}

template <class Change>
Lie approved(Change change) {
    return of<AuthorisationDecided>([change](AuthorisationDecided& event) {
        if (event.decline.declined()) return false;
        change(event);
        return true;
    });
}

template <class Change>
Lie presented(rules::Direction direction, Change change) {
    return of<Presented>([=](Presented& event) {
        if (event.request.direction != direction) return false;
        change(event);
        return true;
    });
}

template <class Fact, class Change>
Lie any(Change change) {
    return of<Fact>([change](Fact& event) {
        change(event);
        return true;
    });
}

std::vector<Planted> lies_about_authorisations() {
    return {
        {"a wrong available", approved([](auto& e) { ++e.available.value; }), "available"},
        {"a hold that does not add up", approved([](auto& e) { ++e.legs[0].held.value; }), "held"},
        {"a posting too much", approved([](auto& e) { ++e.postings[0].amount.value; }), "zero"},
        {"postings of another purse", approved([](auto& e) {
             for (auto& line : e.postings) line.purse = {2};
         }),
         "postings"},
        {"a purse that is not there", approved([](auto& e) {
             for (auto& line : e.postings) line.purse = {9};
         }),
         "purse"},
        {"more than was asked for", approved([](auto& e) { ++e.approved.value; }), "approves"},
        {"a counter off by a penny", approved([](auto& e) { ++e.facts.day.amount.value; }), "day"},
        {"a counter off by one", approved([](auto& e) { ++e.facts.week.count; }), "week"},
        {"a month's counter", approved([](auto& e) { --e.facts.month.amount.value; }), "month"},
        {"an open hold forgotten", approved([](auto& e) { ++e.facts.open_count; }), "open"},
        {"a balance hidden by nobody",
         approved([](auto& e) { e.facts.balance_hidden_by = rules::RuleLevel::card; }), "hide"},
        {"another balance before", approved([](auto& e) { ++e.facts.available.value; }), "before"},
        {"a card in another state",
         approved([](auto& e) { e.facts.card_status = rules::CardStatus::frozen; }), "states"},
        {"another day", approved([](auto& e) { ++e.windows.day.value; }), "day"},
        {"another id", approved([](auto& e) { ++e.id.sequence.value; }), "id"},
        {"another agreement", approved([](auto& e) { e.agreement = {7}; }), "rules"},
        {"an account that is not there", approved([](auto& e) { e.account = {77}; }), "account"},
        {"a card of another account", approved([](auto& e) { e.card = {2}; }), "card"},
        {"a decline that moves money", of<AuthorisationDecided>([](auto& e) {
             if (!e.decline.declined()) return false;
             post(e.postings, rules::LedgerAccount::available, {1}, {5});
             post(e.postings, rules::LedgerAccount::held, {1}, {-5});
             return true;
         }),
         "declined"},
    };
}

std::vector<Planted> lies_about_changes() {
    using rules::Direction;
    return {
        {"a release too large", any<rules::Reversed>([](auto& e) { ++e.released.value; }),
         "released"},
        {"a reversal of nothing", any<rules::Reversed>([](auto& e) { e.after.id.sequence = {1}; }),
         "authorisation"},
        {"a hold left behind",
         any<rules::Reversed>([](auto& e) { e.after.legs[0].held.value = 1; }), "hold"},
        {"spending given back twice",
         any<rules::Reversed>([](auto& e) { e.uncounted.amount.value *= 2; }), "given back"},
        {"a place kept", any<rules::Reversed>([](auto& e) { e.uncounted.place = false; }), "place"},
        {"another approved amount", any<rules::Reversed>([](auto& e) { ++e.after.approved.value; }),
         "keeps for ever"},
        {"a debit counted twice",
         presented(Direction::debit, [](auto& e) { e.after.presented_debit.value *= 2; }),
         "debits"},
        {"an exposure made up", presented(Direction::debit, [](auto& e) { ++e.exposure.value; }),
         "exposure"},
        {"a clearing of the wrong purse",
         presented(Direction::debit, [](auto& e) { e.after.legs[0].purse = {2}; }), "postings"},
        {"an end in a wrong state",
         presented(Direction::debit,
                   [](auto& e) { e.after.state = rules::AuthorisationState::reversed; }),
         "state"},
        {"a refund to nobody", presented(Direction::credit, [](auto& e) { ++e.unmatched.value; }),
         "billed"},
        {"a wrong available after clearing",
         presented(Direction::debit, [](auto& e) { --e.available.value; }), "available"},
        {"an expiry of another hold",
         any<rules::HoldExpired>([](auto& e) { ++e.request.authorisation.sequence.value; }),
         "another hold"},
        {"an expiry before its time",
         any<rules::HoldExpired>([](auto& e) { e.after.expires_ns.value += 1; }), "keeps for ever"},
    };
}

std::vector<Planted> lies_about_clearing() {
    using rules::Advised;
    const auto promised = [](auto change) {
        return of<Advised>([change](Advised& event) {
            if (event.exposure.value == 0) return false;
            change(event);
            return true;
        });
    };
    const auto taken_back = [](bool in_vain, auto change) {
        return of<Presented>([=](Presented& event) {
            if (event.request.reverses.empty() || event.after.id.none() != in_vain) return false;
            change(event);
            return true;
        });
    };
    const auto after_final = [](auto change) {
        return of<Presented>([change](Presented& event) {
            using enum rules::ExceptionReason;
            if (event.exception.reason != presentment_after_final) return false;
            change(event);
            return true;
        });
    };
    return {
        {"less promised than was", promised([](auto& e) { --e.after.promised.value; }), "reserved"},
        {"a promise that is no exposure", promised([](auto& e) { --e.exposure.value; }),
         "beyond the holder's money"},
        {"a promise that nobody sees", promised([](auto& e) { e.exception = {}; }), "exception"},
        {"another amount authorised", promised([](auto& e) { ++e.after.approved.value; }),
         "authorised"},
        {"an advice that is held longer",
         promised([](auto& e) { e.after.expires_ns.value += days(1).value; }), "keeps for ever"},
        {"an advice of which more may clear",
         promised([](auto& e) { e.after.tolerance.basis_points += 1; }), "keeps for ever"},
        {"an advice of a payment made elsewhere",
         promised([](auto& e) { e.request.channel = rules::Channel::e_commerce; }),
         "keeps for ever"},
        {"a completion for more", any<Advised>([](auto& e) { ++e.request.amounts.billing.value; }),
         "reserved"},
        {"a completion that freed more", any<Advised>([](auto& e) { ++e.released.value; }),
         "released"},
        {"no last part", after_final([](auto& e) { e.after.finished = false; }), "last"},
        {"a part after the last that nobody sees", after_final([](auto& e) { e.exception = {}; }),
         "exception"},
        {"more taken back", taken_back(false, [](auto& e) { ++e.after.taken_back.value; }),
         "took back"},
        {"another clearing taken back",
         taken_back(false, [](auto& e) { e.request.reverses = rules::PresentmentId::of("x"); }),
         "do not have"},
        {"an exception made up", taken_back(false, [](auto& e) { e.exception.amount = {1}; }),
         "exception"},
        {"a second time that is the first",
         taken_back(true,
                    [](auto& e) {
                        e.exception.reason = rules::ExceptionReason::presentment_reversal_unmatched;
                    }),
         "exception"},
        {"money moved in vain",
         taken_back(true,
                    [](auto& e) {
                        post(e.postings, rules::LedgerAccount::available, {1}, {5});
                        post(e.postings, rules::LedgerAccount::settlement, {}, {-5});
                    }),
         "moves money"},
    };
}

/// Of the payment that came after its own reversal.
template <class Change>
Lie late(Change change) {
    return of<AuthorisationDecided>([change](AuthorisationDecided& event) {
        if (!event.facts.reversed_before) return false;
        change(event);
        return true;
    });
}

/// Of an approved request of one kind.
template <class Change>
Lie of_kind(rules::TransactionKind kind, Change change) {
    return of<AuthorisationDecided>([=](AuthorisationDecided& event) {
        if (event.request.kind != kind || event.decline.declined()) return false;
        change(event);
        return true;
    });
}

std::vector<Planted> lies_about_kinds() {
    using enum rules::TransactionKind;
    return {
        {"cash that is no cash", of_kind(cash, [](auto& e) { e.cash.of = {}; }), "cash"},
        {"less cash than was taken", of_kind(cash, [](auto& e) { --e.cash.amount.value; }), "cash"},
        {"cash taken before", of_kind(cash, [](auto& e) { ++e.facts.cash_today.value; }), "cash"},
        {"cash not given back", of<rules::Reversed>([](auto& e) {
             if (e.uncounted.cash.amount.value == 0) return false;
             --e.uncounted.cash.amount.value;
             return true;
         }),
         "cash"},
        {"a refund that takes money",
         of_kind(refund, [](auto& e) { e.legs.push_back({.purse = {1}, .held = {1}}); }),
         "takes no money"},
        {"a purchase that refunds", of_kind(purchase, [](auto& e) { e.refunds = e.id; }),
         "no refund"},
        {"a tap that is not counted", of<AuthorisationDecided>([](auto& e) {
             if (e.facts.taps.count == 0) return false;
             --e.facts.taps.count;
             return true;
         }),
         "taps"},
        {"a tap of more", of<AuthorisationDecided>([](auto& e) {
             if (!e.tap.counted) return false;
             ++e.tap.amount.value;
             return true;
         }),
         "tap"},
        {"a tap that is not given back", of<rules::Reversed>([](auto& e) {
             if (!e.uncounted.tap.counted) return false;
             e.uncounted.tap = {};
             return true;
         }),
         "tap"},
        {"a verification of money", of_kind(verification, [](auto& e) { e.approved = {1}; }),
         "approves"},
    };
}

std::vector<Planted> lies_about_terms() {
    const auto partly = [](auto change) {
        return of<AuthorisationDecided>([change](AuthorisationDecided& event) {
            if (!event.facts.portion) return false;
            change(event);
            return true;
        });
    };
    const auto raised = [](auto change) {
        return of<AuthorisationDecided>([change](AuthorisationDecided& event) {
            if (event.uplift.value == 0) return false;
            change(event);
            return true;
        });
    };
    return {
        {"a part that is not what was there",
         partly([](auto& e) { --e.facts.portion->amount.value; }), "portion"},
        {"a part for a terminal that can take none",
         partly([](auto& e) { e.request.partial_capable = false; }), "portion"},
        {"a part of another kind",
         partly([](auto& e) { e.facts.portion->kind = rules::PortionKind::beyond_balance; }),
         "portion"},
        {"no part", partly([](auto& e) { e.facts.portion.reset(); }), "held"},
        {"an uplift that is not held", raised([](auto& e) { ++e.uplift.value; }), "held"},
        {"an uplift of an exact amount", raised([](auto& e) { e.request.estimated = false; }),
         "no estimate"},
    };
}

std::vector<Planted> lies_about_increments() {
    using rules::HoldIncreased;
    const auto raised = [](auto change) {
        return of<HoldIncreased>([change](HoldIncreased& event) {
            if (event.decline.declined()) return false;
            change(event);
            return true;
        });
    };
    return {
        {"more than was asked for", raised([](auto& e) { e.extra = {99'00}; }), "adds"},
        {"a hold that does not add up", raised([](auto& e) { ++e.after.legs[0].held.value; }),
         "hold"},
        {"more approved", raised([](auto& e) { ++e.after.approved.value; }), "approved"},
        {"another sum", raised([](auto& e) { ++e.cumulative.value; }), "cumulative"},
        {"spending that is not counted", raised([](auto& e) { --e.after.counted.value; }),
         "counts for"},
        {"a place twice", raised([](auto& e) { e.places.week = true; }), "place"},
        {"from another amount", raised([](auto& e) { ++e.facts.raised_from->amount.value; }),
         "raised from"},
        {"no increment", raised([](auto& e) { e.facts.raised_from.reset(); }), "increment"},
        {"a hold that ends earlier",
         raised([](auto& e) { e.after.expires_ns.value -= days(30).value; }), "is held"},
        {"raised at another time", raised([](auto& e) { ++e.after.raised_ns->value; }),
         "another time"},
        {"of what was over",
         raised([](auto& e) { e.after.state = rules::AuthorisationState::reversed; }), "over"},
        {"a decline that holds", of<HoldIncreased>([](auto& e) {
             if (!e.decline.declined()) return false;
             e.extra = {1};
             return true;
         }),
         "declined"},
        {"a window that falls by more", of<rules::Reversed>([](auto& e) {
             if (!e.uncounted.apart) return false;
             ++e.uncounted.apart->amounts.week.value;
             return true;
         }),
         "grown"},
        {"windows that fall together", of<rules::Reversed>([](auto& e) {
             if (!e.uncounted.apart) return false;
             e.uncounted.apart.reset();
             return true;
         }),
         "apart"},
    };
}

std::vector<Planted> lies_about_kept_reversals() {
    using rules::ReversalKept;
    const auto replacing = [](auto change) {
        return of<ReversalKept>([change](ReversalKept& event) {
            if (event.replaces.value == 0) return false;
            change(event);
            return true;
        });
    };
    return {
        {"a name of another", any<ReversalKept>([](auto& e) { ++e.kept.kept_by.value; }), "keeps"},
        {"a longer time", any<ReversalKept>([](auto& e) { ++e.kept.until_ns.value; }), "time"},
        {"another payment",
         any<ReversalKept>([](auto& e) { e.kept.original.request_key = RequestKey::of("x"); }),
         "another payment"},
        {"more that remains", any<ReversalKept>([](auto& e) { ++e.kept.remaining.value; }),
         "remain"},
        {"none replaced", replacing([](auto& e) { e.replaces = {}; }), "replaces"},
        {"money moved", any<ReversalKept>([](auto& e) { ++e.available.value; }), "available"},
        {"a reversal not met", late([](auto& e) { e.facts.reversed_before.reset(); }), "met"},
        {"more left than was", late([](auto& e) { ++e.facts.reversed_before->remaining.value; }),
         "met"},
    };
}

std::vector<Planted> lies_about_the_rest() {
    return {
        {"a load to another balance",
         any<rules::Loaded>([](auto& e) { ++e.purse_available.value; }), "purse's balance"},
        {"a load of more than was asked",
         any<rules::Loaded>([](auto& e) { ++e.request.amount.value; }), "postings"},
        {"an account twice", any<rules::AccountOpened>([](auto& e) { ++e.account.value; }),
         "number"},
        {"a programme out of order",
         any<rules::ProgrammeCreated>([](auto& e) { ++e.programme.value; }), "number"},
        {"a first day too late", any<rules::ProgrammeCreated>([](auto& e) { ++e.first_day.value; }),
         "first business day"},
        {"a card that ends later", any<rules::CardIssued>([](auto& e) { ++e.expires_ns.value; }),
         "end of the card"},
        {"a purse's number", any<rules::PurseOpened>([](auto& e) { ++e.purse.value; }), "number"},
        {"an agreement's version", any<rules::AgreementSet>([](auto& e) { ++e.version; }),
         "version"},
        {"an agreement's number", any<rules::AgreementSet>([](auto& e) { ++e.agreement.value; }),
         "number"},
        {"a status of a card that is not there",
         any<rules::CardStatusSet>([](auto& e) { e.card = {9}; }), "card"},
        {"a card whose last rules have another version",
         any<rules::CardRulesSet>([](auto& e) { ++e.version; }), "version"},
        {"a new card's number", any<rules::CardReplaced>([](auto& e) { ++e.card.value; }),
         "number"},
        {"an old card that has not ended", any<rules::CardReplaced>([](auto& e) {
             e.old_status = rules::CardStatus::active;
             e.request.because = rules::ReplacedBecause::lost;
         }),
         "another way"},
        {"a card ended by a freeze", any<rules::CardStatusSet>([](auto& e) { e.ended = {1}; }),
         "whose place is taken"},
        {"a closed account with money", any<rules::AccountStatusSet>([](auto& e) {
             e.request.status = rules::AccountStatus::closed;
         }),
         "money"},
        {"a day's count", any<rules::BusinessDayEnded>([](auto& e) { ++e.cleared.debit_count; }),
         "number of debits"},
        {"a day's trial balance", any<rules::BusinessDayEnded>([](auto& e) {
             e.trial_balance[rules::LedgerAccount::held].add({1});
         }),
         "trial balance"},
        {"a day ended twice", any<rules::BusinessDayEnded>([](auto& e) { --e.request.day.value; }),
         "business day"},
        {"a batch's number", any<rules::SettlementClosed>([](auto& e) { ++e.number; }), "number"},
        {"a batch's range", any<rules::SettlementClosed>([](auto& e) { ++e.first.value; }),
         "first event"},
        {"a batch's end", any<rules::SettlementClosed>([](auto& e) { --e.last.value; }),
         "last event"},
        {"a batch's sum", any<rules::SettlementClosed>([](auto& e) { e.cleared.debit.add({1}); }),
         "business days"},
    };
}

std::vector<Planted> lies_about_a_restore() {
    using rules::Restored;
    return {
        {"an epoch that was there", any<Restored>([](auto& e) { --e.epoch.value; }), "epoch"},
        {"a later end", any<Restored>([](auto& e) { ++e.restored_to.value; }),
         "does not begin with the restore"},
        {"a first event after its own", any<Restored>([](auto& e) { ++e.lost_first.value; }),
         "first event that is lost"},
        {"a batch that is not lost", any<Restored>([](auto& e) { --e.batches_lost[0].first; }),
         "first batch"},
        {"batches that end before they begin",
         any<Restored>([](auto& e) { e.batches_lost[0].last = 1; }), "end before they begin"},
        {"a programme that is not there",
         any<Restored>([](auto& e) { e.batches_lost[0].programme = {9}; }), "programme"},
        {"a number that was lost, given again", of<rules::SettlementClosed>([](auto& e) {
             if (e.number == 1) return false;
             e.number = 2;
             return true;
         }),
         "number"},
    };
}

/// Plants each lie alone, in the first event that takes it, and expects that event to be named.
void expect_each_found(const std::vector<Planted>& lies, const Events& truth = month()) {
    for (const Planted& planted : lies) {
        SCOPED_TRACE(planted.what);
        Events events = truth;
        std::size_t at = 0;
        while (at < events.size() && !planted.lie(events[at].first)) ++at;
        ASSERT_LT(at, events.size()) << "no event takes it";
        const Report report = check_events(events);
        ASSERT_TRUE(report.journal);
        EXPECT_EQ(report.journal->sequence, events[at].second.sequence) << told(report.journal);
        EXPECT_NE(report.journal->fault.detail.find(planted.said), std::string::npos)
            << told(report.journal);
        EXPECT_FALSE(report.journal->fault.remedy.empty());
    }
}

TEST(Untruth, OfAnAuthorisationIsNamedByItsSequence) {
    expect_each_found(lies_about_authorisations());
}
TEST(Untruth, OfWhatAKindDoesIsNamedByItsSequence) { expect_each_found(lies_about_kinds()); }
TEST(Untruth, OfAPartOrAnUpliftIsNamedByItsSequence) { expect_each_found(lies_about_terms()); }
TEST(Untruth, OfAnIncrementIsNamedByItsSequence) { expect_each_found(lies_about_increments()); }
TEST(Untruth, OfAChangeIsNamedByItsSequence) { expect_each_found(lies_about_changes()); }
TEST(Untruth, OfWhatTheNetworkSaysAfterwardsIsNamedByItsSequence) {
    expect_each_found(lies_about_clearing());
}
TEST(Untruth, OfAKeptReversalIsNamedByItsSequence) {
    expect_each_found(lies_about_kept_reversals());
}
TEST(Untruth, OfARestoreIsNamedByItsSequence) {
    const Events truth = two_lives();
    const Report report = check_events(truth);
    EXPECT_TRUE(report.sound()) << told(report.journal);
    expect_each_found(lies_about_a_restore(), truth);
}
TEST(Untruth, OfAnyOtherFactIsNamedByItsSequence) { expect_each_found(lies_about_the_rest()); }

/// As far as one event can be repeated at the end of a journal.
Events with_repeat(Events events, std::size_t index) {
    rules::Stamp stamp = events.back().second;
    ++stamp.sequence.value;
    events.emplace_back(events[index].first, stamp);
    return events;
}

template <class Fact>
std::size_t last_of(const Events& events) {
    std::size_t found = events.size();
    for (std::size_t index = 0; index < events.size(); ++index) {
        if (std::holds_alternative<Fact>(events[index].first)) found = index;
    }
    return found;
}

TEST(Untruth, OfALoadOrAPresentmentAppliedTwiceIsFound) {
    const Events events = month();
    for (const std::size_t index : {last_of<rules::Loaded>(events), last_of<Presented>(events)}) {
        const Report report = check_events(with_repeat(events, index));
        ASSERT_TRUE(report.journal);
        EXPECT_EQ(report.journal->sequence.value, events.size() + 1);
        EXPECT_NE(report.journal->fault.detail.find("before"), std::string::npos)
            << told(report.journal);
    }
}

TEST(Untruth, OfAnEventThatIsMissingShowsInTheNextThatKnowsOfIt) {
    Events events = month();
    const auto loaded = std::ranges::find_if(events, [](const auto& event) {
        return std::holds_alternative<rules::Loaded>(event.first);
    });
    const Sequence gone = loaded->second.sequence;
    events.erase(loaded);
    for (auto& [event, stamp] : events) {
        if (stamp.sequence > gone) --stamp.sequence.value;
    }
    const Report report = check_events(events);
    ASSERT_TRUE(report.journal);
    EXPECT_GE(report.journal->sequence, gone);
}

TEST(Untruth, OfAClockThatGoesBackIsFound) {
    Events events = month();
    events[5].second.now_ns = events[4].second.now_ns - seconds(1);
    const Report report = check_events(events);
    ASSERT_TRUE(report.journal);
    EXPECT_EQ(report.journal->sequence.value, 6U) << told(report.journal);
}

}  // namespace
}  // namespace carecard::fsck
