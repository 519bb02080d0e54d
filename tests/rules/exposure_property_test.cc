#include <algorithm>
#include <iostream>
#include <random>

#include "tests/rules/random_commands.h"

namespace carecard::rules {
namespace {

constexpr int seeds = 12;
constexpr int commands_per_seed = 3'000;

/// Any commands, and between them people who resolve what exposures there are.
class Council {
   public:
    explicit Council(std::uint64_t seed) : commands_(seed), random_(seed) {
        for (const Command& command : commands_.opening()) submit(command);
    }

    void work() {
        now_ns_ = now_ns_ + commands_.pause();
        while (const auto due = next_due(state_, now_ns_))
            take(std::max(state_.last_ns, due->at), due->command);
        submit(commands_.next());
        if (one_in(3)) submit(about_an_exposure());
    }

    int lowered_by_credit = 0;
    int written_off = 0;
    int recovered = 0;
    int proposed = 0;

   private:
    [[nodiscard]] std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    [[nodiscard]] bool one_in(std::uint64_t count) { return up_to(count - 1) == 0; }
    [[nodiscard]] Request by(std::string_view caller) {
        return asked_by(caller, "person-" + std::to_string(++keys_), "");
    }

    /// A proposal about a payment that has an exposure; or the next step of one that is open.
    Command about_an_exposure() {
        for (const auto& [account, open] : state_.resolutions) {
            if (!one_in(2)) continue;
            const Resolution& one = open[up_to(open.size() - 1)];
            const AccountName name = name_of_account(account);
            const char* const person = one_in(3) ? "ann" : "ben";
            if (one.approved()) {
                return RecoverExposure{
                    .request = by(person), .account = name, .proposal = one.proposed};
            }
            return DecideResolution{.request = by(person),
                                    .account = name,
                                    .proposal = one.proposed,
                                    .approve = !one_in(5)};
        }
        const Authorisation* exposed = nullptr;
        for (const auto& [id, kept] : state_.authorisations) {
            if (kept.authorisation.exposure.value == 0) continue;
            if (exposed == nullptr || one_in(4)) exposed = &kept.authorisation;
        }
        if (exposed == nullptr) return commands_.next();
        const bool recovers = one_in(2);
        const auto most = static_cast<std::uint64_t>(exposed->exposure.value);
        const DayNumber today = local_day(state_.offsets, now_ns_);
        return ProposeResolution{
            .request = by(one_in(2) ? "ann" : "ben"),
            .account = name_of_account(exposed->account),
            .authorisation = exposed->id,
            .kind = recovers ? ResolutionKind::recovery : ResolutionKind::write_off,
            .amount = {static_cast<std::int64_t>(1 + up_to(most))},
            .currency = gbp,
            .notice_until =
                recovers ? DayNumber{today.value + 27 + static_cast<int>(up_to(9))} : DayNumber{}};
    }

    [[nodiscard]] AccountName name_of_account(AccountId id) const {
        const Account& account = state_.at(id);
        return {.programme = state_.at(account.programme).terms.code,
                .reference = account.reference};
    }

    void submit(const Command& command) { take(now_ns_, command); }

    void take(TimestampNs at, const Command& command) {
        const Stamp stamp{.epoch = state_.epoch, .sequence = {state_.last.value + 1}, .now_ns = at};
        const Decision decision = decide(state_, command, stamp);
        const auto* event = std::get_if<Event>(&decision);
        if (event == nullptr) return;
        std::visit([&](const auto& fact) { look_at(fact); }, *event);
        apply(state_, *event, stamp);
        look_at_all(*event);
    }

    /// Whether the event may lower the exposure, and by how much.
    [[nodiscard]] AmountMinor may_lower(const Presented& event) const {
        const bool matched = event.matched_by != MatchedBy::nothing;
        return event.request.direction == Direction::credit && matched ? event.recovered
                                                                       : AmountMinor{};
    }
    [[nodiscard]] AmountMinor may_lower(const ResolutionDecided& event) const {
        const Resolution& open = proposal(event.account, event.request.proposal);
        EXPECT_NE(open.proposed_by, event.request.request.caller);
        return event.kind == ResolutionKind::write_off ? event.amount : AmountMinor{};
    }
    [[nodiscard]] AmountMinor may_lower(const ExposureRecovered& event) const {
        const Resolution& open = proposal(event.account, event.request.proposal);
        EXPECT_TRUE(open.approved());
        EXPECT_NE(open.proposed_by, open.approved_by);
        EXPECT_LE(open.notice_until, local_day(state_.offsets, now_ns_));
        return event.amount;
    }
    template <class Other>
    [[nodiscard]] AmountMinor may_lower(const Other&) const {
        return {};
    }
    [[nodiscard]] const Resolution& proposal(AccountId account, Sequence number) const {
        const auto open = state_.resolutions_of(account);
        return *std::ranges::find(open, number, &Resolution::proposed);
    }

    template <class Fact>
    void look_at(const Fact& fact) {
        if constexpr (std::is_same_v<Fact, ResolutionProposed>) ++proposed;
        if constexpr (requires { fact.after; }) {
            const Authorisation* was = state_.find(fact.after.id);
            if (was == nullptr || fact.after.exposure >= was->exposure) return;
            EXPECT_EQ(was->exposure.value - fact.after.exposure.value, may_lower(fact).value);
            if constexpr (std::is_same_v<Fact, Presented>) ++lowered_by_credit;
            if constexpr (std::is_same_v<Fact, ResolutionDecided>) ++written_off;
            if constexpr (std::is_same_v<Fact, ExposureRecovered>) ++recovered;
        }
    }

    void look_at_all(const Event& event) {
        if (const ProgrammeId id = programme_of(event); id.value != 0) {
            EXPECT_EQ(state_.at(id).ledger.sum(), TotalMinor{0});
        }
        const AccountId id = account_of(event);
        if (id.value == 0) return;
        check_invariants(state_, id);
        AmountMinor borne;
        for (const auto& [name, kept] : state_.authorisations) {
            if (kept.authorisation.account != id) continue;
            borne.value += kept.authorisation.exposure.value + kept.authorisation.promised.value;
        }
        EXPECT_EQ(state_.at(id).exposure, borne);
    }

    RandomCommands commands_;
    std::mt19937_64 random_;
    State state_;
    TimestampNs now_ns_ = utc(2024, 6, 3, 9);
    int keys_ = 0;
};

TEST(Exposure, IsLoweredByAMatchedCreditOrByTwoPeopleAndByNothingElse) {
    int lowered_by_credit = 0;
    int written_off = 0;
    int recovered = 0;
    int proposed = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Council council(static_cast<std::uint64_t>(seed));
        for (int count = 0; count < commands_per_seed; ++count) council.work();
        lowered_by_credit += council.lowered_by_credit;
        written_off += council.written_off;
        recovered += council.recovered;
        proposed += council.proposed;
        if (HasFailure()) break;
    }
    std::cout << "seeds 1 to " << seeds << ": proposed " << proposed << ", written off "
              << written_off << ", recovered " << recovered << ", made good by a credit "
              << lowered_by_credit << '\n';
    EXPECT_GT(lowered_by_credit, 0);
    EXPECT_GT(written_off, 0);
    EXPECT_GT(recovered, 0);
}

}  // namespace
}  // namespace carecard::rules
