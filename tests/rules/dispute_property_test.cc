#include <algorithm>
#include <iostream>
#include <random>

#include "tests/rules/random_commands.h"
#include "tests/rules/random_disputes.h"

namespace carecard::rules {
namespace {

constexpr int seeds = 12;
constexpr int commands_per_seed = 3'000;

struct Tally {
    int lent = 0;
    int lost = 0;
    int unfunded = 0;
    int charged_back = 0;
    int kept_for_network = 0;
    int presented_again = 0;
    int reopened = 0;
    int settled = 0;
};

/// Any commands, and between them disputes, and what a network answers to them.
class Office {
   public:
    Office(std::uint64_t seed, Tally& tally)
        : tally_(tally), commands_(seed), disputes_(state_, seed), random_(seed) {
        for (const Command& command : commands_.opening()) take(now_ns_, command);
    }

    void work() {
        now_ns_ = now_ns_ + commands_.pause();
        while (const auto due = next_due(state_, now_ns_))
            take(std::max(state_.last_ns, due->at), due->command);
        take(now_ns_, commands_.next());
        if (!one_in(3)) return;
        if (const auto dispute = disputes_.next()) take(now_ns_, *dispute);
    }

    /// The same state as its events make.
    [[nodiscard]] bool replays() const {
        State again;
        for (const auto& [event, stamp] : events_) apply(again, event, stamp);
        return again.disputes == state_.disputes;
    }

   private:
    [[nodiscard]] std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    [[nodiscard]] bool one_in(std::uint64_t count) { return up_to(count - 1) == 0; }
    void take(TimestampNs at, const Command& command) {
        const Stamp stamp{.epoch = state_.epoch, .sequence = {state_.last.value + 1}, .now_ns = at};
        const Decision decision = decide(state_, command, stamp);
        const auto* event = std::get_if<Event>(&decision);
        if (event == nullptr) return;
        commands_.hear(*event);
        std::visit([&](const auto& fact) { look_at(fact); }, *event);
        apply(state_, *event, stamp);
        events_.emplace_back(*event, stamp);
        look_at_all(*event);
    }

    /// What the holder has of a payment: what came back, less what was taken again.
    static std::int64_t in_hand(const Authorisation& one) {
        return one.credited().value - one.lent.value;
    }

    template <class Fact>
    void look_at(const Fact& fact) {
        if constexpr (std::is_same_v<Fact, DisputeOpened>) {
            tally_.lent += fact.lent.value > 0;
        } else if constexpr (std::is_same_v<Fact, DisputeClosed>) {
            tally_.lost += fact.taken.value > 0;
            tally_.unfunded += fact.exposure.value > 0;
            EXPECT_EQ(fact.exposure.value > 0, fact.exception.raised());
        } else if constexpr (std::is_same_v<Fact, Presented>) {
            look_at_presented(fact);
        }
    }
    void look_at_presented(const Presented& event) {
        const Authorisation& after = event.after;
        tally_.settled += event.settled.value > 0;
        if (event.request.kind == PresentmentKind::chargeback) {
            ++tally_.charged_back;
            tally_.kept_for_network += event.owed_back.value > 0;
            EXPECT_EQ(event.unmatched, AmountMinor{0}) << "a chargeback is never given away";
        }
        if (event.request.kind == PresentmentKind::second) {
            ++tally_.presented_again;
            tally_.reopened += event.dispute && event.dispute->opened.value > state_.last.value;
        }
        const bool credit = event.request.direction == Direction::credit;
        const Authorisation* was = state_.find(after.id);
        if (!credit || was == nullptr) return;
        const std::int64_t programme = event.recovered.value + event.repaid.value;
        const std::int64_t holder = in_hand(after) - in_hand(*was);
        EXPECT_EQ(event.request.amounts.billing.value,
                  programme + holder + event.owed_back.value + event.unmatched.value);
    }

    void look_at_all(const Event& event) {
        if (const AccountId id = account_of(event); id.value != 0) {
            check_invariants(state_, id);
            EXPECT_LE(state_.disputes_of(id).size(), disputes_per_account_max);
        }
        const ProgrammeId programme = programme_of(event);
        if (programme.value == 0) return;
        AmountMinor disputed;
        for (const auto& [id, kept] : state_.authorisations) {
            const Authorisation& one = kept.authorisation;
            if (state_.at(one.account).programme != programme) continue;
            disputed.value += one.owed_back.value - one.lent.value;
            look_at_payment(one);
        }
        EXPECT_EQ(state_.at(programme).ledger[LedgerAccount::disputed], TotalMinor{disputed.value});
    }
    void look_at_payment(const Authorisation& one) {
        EXPECT_GE(one.lent.value, 0);
        EXPECT_GE(one.owed_back.value, 0);
        EXPECT_LE(one.owed_back, one.charged_back);
        EXPECT_GE(in_hand(one), 0) << "more is lent than came back";
        for (const Leg& leg : one.legs) EXPECT_LE(leg.credited, leg.debited);
        for (const Leg& leg : one.legs) EXPECT_GE(leg.credited.value, 0);
        if (one.lent.value == 0) return;
        const auto open = state_.disputes_of(one.account);
        const auto found = std::ranges::find(open, one.id, &Dispute::authorisation);
        ASSERT_NE(found, open.end()) << "something is lent and no dispute is open";
        EXPECT_GE(found->due, one.lent);
    }

    Tally& tally_;
    RandomCommands commands_;
    State state_;
    RandomDisputes disputes_;
    std::mt19937_64 random_;
    std::vector<std::pair<Event, Stamp>> events_;
    TimestampNs now_ns_ = utc(2024, 6, 3, 9);
};

TEST(Dispute, KeepsTheBooksWhateverComesBetween) {
    Tally tally;
    for (int seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Office office(static_cast<std::uint64_t>(seed), tally);
        for (int count = 0; count < commands_per_seed; ++count) office.work();
        EXPECT_TRUE(office.replays());
        if (testing::Test::HasFailure()) break;
    }
    std::cout << "seeds 1 to " << seeds << ": lent " << tally.lent << ", lost " << tally.lost
              << ", unfunded " << tally.unfunded << ", charged back " << tally.charged_back
              << ", settled " << tally.settled << ", kept for the network "
              << tally.kept_for_network << ", presented again " << tally.presented_again
              << ", reopened " << tally.reopened << '\n';
    for (const int count :
         {tally.lent, tally.lost, tally.unfunded, tally.charged_back, tally.settled,
          tally.kept_for_network, tally.presented_again, tally.reopened}) {
        EXPECT_GT(count, 0);
    }
}

}  // namespace
}  // namespace carecard::rules
