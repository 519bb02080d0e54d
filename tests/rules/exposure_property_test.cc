#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <random>
#include <utility>
#include <variant>

#include "tests/rules/random_commands.h"
#include "tests/rules/random_disputes.h"

namespace carecard::rules {
namespace {

constexpr int seeds = 20;
constexpr int commands_per_seed = 3'000;

/// How many events of each kind moved money, by the kind's place in `Event`.
using Moved = std::array<int, std::variant_size_v<EventKinds>>;

struct Tally {
    int lowered_by_credit = 0;
    int written_off = 0;
    int recovered = 0;
    int proposed = 0;
    int taken_back_unfunded = 0;
    Moved moved{};
};

template <class Fact>
concept MovesMoney = requires(const Fact& fact) { fact.postings; };

/// Whether events of the kind at that place may move money.
template <std::size_t... Places>
constexpr std::array<bool, sizeof...(Places)> money_kinds(std::index_sequence<Places...>) {
    return {MovesMoney<std::variant_alternative_t<Places, EventKinds>>...};
}
constexpr auto moves_money =
    money_kinds(std::make_index_sequence<std::variant_size_v<EventKinds>>());

/// Any commands, and between them people who resolve what exposures there are, and who dispute
/// payments, and what the network answers to these.
class Council {
   public:
    Council(std::uint64_t seed, Tally& tally)
        : tally_(tally), commands_(seed), disputes_(state_, seed), random_(seed) {
        for (const Command& command : commands_.opening()) submit(command);
    }

    void work() {
        now_ns_ = now_ns_ + commands_.pause();
        while (const auto due = next_due(state_, now_ns_))
            take(std::max(state_.last_ns, due->at), due->command);
        submit(commands_.next());
        if (one_in(3)) submit(about_an_exposure());
        if (!one_in(4)) return;
        if (const auto dispute = disputes_.next()) submit(*dispute);
    }

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
        commands_.hear(*event);
        AmountMinor may;
        std::visit(
            [&](const auto& fact) {
                may = may_lower(fact);
                look_at(fact, event->index());
            },
            *event);
        apply(state_, *event, stamp);
        look_at_all(*event, may);
    }

    /// Whether the event may lower the exposure, and by how much.
    [[nodiscard]] AmountMinor may_lower(const Presented& event) const {
        const bool matched = event.matched_by != MatchedBy::nothing;
        return event.request.direction == Direction::credit && matched ? event.recovered
                                                                       : AmountMinor{};
    }
    [[nodiscard]] AmountMinor may_lower(const ResolutionDecided& event) const {
        if (!event.request.approve) return {};
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
    void look_at(const Fact& fact, std::size_t kind) {
        if constexpr (MovesMoney<Fact>) tally_.moved[kind] += !fact.postings.empty();
        if constexpr (std::is_same_v<Fact, ResolutionProposed>) ++tally_.proposed;
        if constexpr (std::is_same_v<Fact, DisputeClosed>) {
            tally_.taken_back_unfunded += fact.exposure.value > 0;
        }
        if constexpr (requires { fact.after; }) {
            const Authorisation* was = state_.find(fact.after.id);
            if (was == nullptr || fact.after.exposure >= was->exposure) return;
            if constexpr (std::is_same_v<Fact, Presented>) ++tally_.lowered_by_credit;
            if constexpr (std::is_same_v<Fact, ResolutionDecided>) ++tally_.written_off;
            if constexpr (std::is_same_v<Fact, ExposureRecovered>) ++tally_.recovered;
        }
    }

    /// @param may  how much the event may lower what the programme bears of the account's payments.
    void look_at_all(const Event& event, AmountMinor may) {
        if (const ProgrammeId id = programme_of(event); id.value != 0) {
            EXPECT_EQ(state_.at(id).ledger.sum(), TotalMinor{0});
        }
        const AccountId id = account_of(event);
        if (id.value == 0) return;
        check_invariants(state_, id);
        AmountMinor borne;
        AmountMinor promised;
        for (const auto& [name, kept] : state_.authorisations) {
            if (kept.authorisation.account != id) continue;
            borne.value += kept.authorisation.exposure.value;
            promised.value += kept.authorisation.promised.value;
        }
        EXPECT_EQ(state_.at(id).exposure.value, borne.value + promised.value);
        AmountMinor& before = borne_[id];
        if (borne < before) {
            EXPECT_EQ(before.value - borne.value, may.value);
        }
        before = borne;
    }

    Tally& tally_;
    RandomCommands commands_;
    State state_;
    RandomDisputes disputes_;
    std::mt19937_64 random_;
    std::map<AccountId, AmountMinor> borne_;  ///< By account.
    TimestampNs now_ns_ = utc(2024, 6, 3, 9);
    int keys_ = 0;
};

TEST(Exposure, IsLoweredByAMatchedCreditOrByTwoPeopleAndByNothingElse) {
    Tally tally;
    for (int seed = 1; seed <= seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Council council(static_cast<std::uint64_t>(seed), tally);
        for (int count = 0; count < commands_per_seed; ++count) council.work();
        if (HasFailure()) break;
    }
    std::cout << "seeds 1 to " << seeds << ": proposed " << tally.proposed << ", written off "
              << tally.written_off << ", recovered " << tally.recovered
              << ", made good by a credit " << tally.lowered_by_credit
              << ", lost after it was spent " << tally.taken_back_unfunded
              << "; events that moved money, by kind:";
    for (std::size_t kind = 0; kind < moves_money.size(); ++kind) {
        if (!moves_money[kind]) continue;
        std::cout << ' ' << kind + 1 << ':' << tally.moved[kind];
        EXPECT_GT(tally.moved[kind], 0) << "no event of kind " << kind + 1 << " moved money";
    }
    std::cout << '\n';
    for (const int count :
         {tally.lowered_by_credit, tally.written_off, tally.recovered, tally.taken_back_unfunded}) {
        EXPECT_GT(count, 0);
    }
}

}  // namespace
}  // namespace carecard::rules
