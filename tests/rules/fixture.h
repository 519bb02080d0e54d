#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/money.h"
#include "common/time.h"
#include "rules/apply.h"
#include "rules/command.h"
#include "rules/decide.h"
#include "rules/event.h"
#include "rules/invariants.h"
#include "rules/local_time.h"
#include "rules/state.h"

namespace carecard {

inline void PrintTo(const AmountMinor& amount, std::ostream* out) { *out << amount.value; }
inline void PrintTo(const Sequence& sequence, std::ostream* out) { *out << sequence.value; }
inline void PrintTo(const DayNumber& day, std::ostream* out) { *out << "day " << day.value; }
inline void PrintTo(const TimestampNs& at, std::ostream* out) { *out << at.value << " ns"; }

}  // namespace carecard

namespace carecard::rules {

inline void PrintTo(DeclineReason reason, std::ostream* out) { *out << name_of(reason); }
inline void PrintTo(const Exception& exception, std::ostream* out) {
    *out << name_of(exception.reason) << " of " << exception.amount.value;
}
inline void PrintTo(RuleLevel level, std::ostream* out) { *out << name_of(level); }
inline void PrintTo(const Decline& decline, std::ostream* out) {
    *out << name_of(decline.reason) << " at " << name_of(decline.level) << ", would work "
         << decline.amount_would_work.value << ", count " << decline.count_max << ", from day "
         << decline.works_from.value << ", purse " << int{decline.purse.value} << ' '
         << name_of(decline.verdict);
}

// --- Time ------------------------------------------------------------------------------------

inline TimestampNs utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                       int second = 0) {
    const std::chrono::sys_days date{std::chrono::year{year} / static_cast<int>(month) /
                                     static_cast<int>(day)};
    return TimestampNs{date.time_since_epoch().count() * days(1).value} + hours(hour) +
           minutes(minute) + seconds(second);
}

inline DayNumber day_number(int year, unsigned month, unsigned day) {
    return {static_cast<std::int32_t>(utc(year, month, day).value / days(1).value)};
}

/// Europe/London from 2020 to 2040: summer time from the last Sunday of March to that of October,
/// both at 01:00 UTC.
inline OffsetTable london() {
    OffsetTable table;
    for (int year = 2020; year <= 2040; ++year) {
        for (const auto& [month, offset] : {std::pair{3, 3600}, std::pair{10, 0}}) {
            const std::chrono::sys_days sunday{std::chrono::year{year} / month /
                                               std::chrono::Sunday[std::chrono::last]};
            const TimestampNs midnight{sunday.time_since_epoch().count() * days(1).value};
            table.entries.push_back({.from = midnight + hours(1), .offset_seconds = offset});
        }
    }
    return table;
}

// --- Names -----------------------------------------------------------------------------------

inline constexpr CurrencyCode gbp{826};
inline constexpr CurrencyCode eur{978};
inline constexpr Mcc groceries{5411};
inline constexpr ExpiryMonth far_expiry{.year = 2030, .month = 12};

inline CardToken token(std::uint8_t number) {
    CardToken token{.key_id = 1};
    token.mac[0] = std::byte{number};
    return token;
}

inline MccRange range(std::uint16_t first, std::uint16_t last) {
    return {.first = {first}, .last = {last}};
}

inline Request asked_by(std::string_view caller, std::string_view key,
                        std::string_view council = "riverdale") {
    return {.key = RequestKey::of(key),
            .caller = CallerId::of(caller),
            .council = CouncilCode::of(council)};
}

inline AccountName account_name(std::string_view reference, std::string_view programme = "care") {
    return {.programme = ProgrammeCode::of(programme),
            .reference = AccountReference::of(reference)};
}

/// Whether two faults tell a caller the same.
inline bool same(const Fault& a, const Fault& b) {
    return a.kind == b.kind && a.field == b.field && a.detail == b.detail && a.remedy == b.remedy;
}

// --- A council in small ------------------------------------------------------------------------

/// A state with a clock and every event so far. It begins on Monday 2024-06-03 at 10:00 in London
/// with the programme "care" of the council "riverdale": account "A" with the purses "social"
/// (pays first) and "own", its card 1, and no money. Every event is checked as a group of its own.
class World {
   public:
    explicit World(SpendingRules defaults = {}) {
        record(SetOffsetTable{.zone = InlineText<32>::of("Europe/London"), .table = london()});
        record(programme("care", "riverdale", std::move(defaults)));
        record(open_account("A", {"social", "own"}));
        record(issue_card("A", 1));
    }

    // Commands, as the parties send them.

    CreateProgramme programme(std::string_view code, std::string_view council,
                              SpendingRules defaults = {}) {
        return {.request = asked_by("operator", next_key(), ""),
                .code = ProgrammeCode::of(code),
                .council = CouncilCode::of(council),
                .currency = gbp,
                .defaults = std::move(defaults)};
    }
    OpenAccount open_account(std::string_view reference, const std::vector<std::string>& purses,
                             std::string_view in_programme = "care") {
        OpenAccount command{.request = asked_by("support", next_key(), ""),
                            .account = account_name(reference, in_programme)};
        std::uint8_t priority = 0;
        for (const std::string& name : purses) {
            command.purses.push_back({.name = PurseName::of(name), .priority = ++priority});
        }
        return command;
    }
    IssueCard issue_card(std::string_view reference, std::uint8_t number,
                         ExpiryMonth expiry = far_expiry, std::string_view in_programme = "care") {
        IssueCard command{.request = asked_by("support", next_key(), ""),
                          .account = account_name(reference, in_programme),
                          .last_four = InlineText<4>::of("000" + std::to_string(number % 10)),
                          .expiry = expiry};
        command.tokens.push_back(token(number));
        return command;
    }
    Load load(std::int64_t pence, std::string_view purse = "", std::string_view reference = "") {
        const std::string own_reference = "load-" + next_key();
        return {.request = asked_by("finance", next_key()),
                .account = account_name("A"),
                .purse = PurseName::of(purse),
                .amount = {pence},
                .currency = gbp,
                .reference = LoadReference::of(reference.empty() ? own_reference : reference)};
    }
    SetAgreement agree(SpendingRules rules, std::string_view reference = "A") {
        return {.request = asked_by("worker", next_key()),
                .account = account_name(reference),
                .rules = std::move(rules)};
    }
    SetCardStatus card_status(CardStatus status, CardId card = {1}) {
        return {.request = asked_by("support", next_key()), .card = card, .status = status};
    }
    SetCardStatus by_holder(CardStatus status, CardId card = {1}) {
        SetCardStatus command = card_status(status, card);
        command.by = Actor::holder;
        return command;
    }
    ReplaceCard replace(CardId card, ReplacedBecause because, std::uint8_t number,
                        bool activation_required = false) {
        ReplaceCard command{.request = asked_by("support", next_key()),
                            .card = card,
                            .because = because,
                            .last_four = InlineText<4>::of("000" + std::to_string(number % 10)),
                            .expiry = far_expiry,
                            .activation_required = activation_required};
        command.tokens.push_back(token(number));
        return command;
    }
    SetCardRules rules_of_card(SpendingRules rules, CardId card = {1}) {
        return {
            .request = asked_by("support", next_key()), .card = card, .rules = std::move(rules)};
    }
    SetAccountStatus account_status(AccountStatus status) {
        return {.request = asked_by("support", next_key()),
                .account = account_name("A"),
                .status = status};
    }
    Authorise pay(std::int64_t pence) {
        return {.request = asked_by("gateway", next_key(), ""),
                .card_token = token(1),
                .amounts = {.transaction = {pence},
                            .transaction_currency = gbp,
                            .billing = {pence},
                            .billing_currency = gbp},
                .merchant = {.mcc = groceries}};
    }
    Present present(const OriginalReference& original, std::int64_t pence, bool final = true) {
        return {.request = asked_by("gateway", next_key(), ""),
                .card_token = token(1),
                .direction = Direction::debit,
                .presentment_id = InlineText<64>::of("presentment-" + next_key()),
                .original = original,
                .amounts = {.transaction = {pence},
                            .transaction_currency = gbp,
                            .billing = {pence},
                            .billing_currency = gbp},
                .merchant = {.mcc = groceries},
                .final = final};
    }
    Present refund(const OriginalReference& original, std::int64_t pence) {
        Present command = present(original, pence);
        command.direction = Direction::credit;
        return command;
    }
    Increment increase(const OriginalReference& original, std::int64_t pence) {
        return {.request = asked_by("gateway", next_key(), ""),
                .card_token = token(1),
                .original = original,
                .amounts = {.transaction = {pence},
                            .transaction_currency = gbp,
                            .billing = {pence},
                            .billing_currency = gbp},
                .merchant = {.mcc = groceries}};
    }
    /// The network takes `cleared` back, in whole.
    Present take_back(const Present& cleared) {
        Present command = refund({}, cleared.amounts.billing.value);
        command.reverses = cleared.presentment_id;
        return command;
    }
    Advise advise(AdviceKind advice, const OriginalReference& original, std::int64_t pence) {
        return {.request = asked_by("gateway", next_key(), ""),
                .card_token = token(1),
                .advice = advice,
                .original = original,
                .amounts = {.transaction = {pence},
                            .transaction_currency = gbp,
                            .billing = {pence},
                            .billing_currency = gbp},
                .merchant = {.mcc = groceries}};
    }
    Reverse reverse(const OriginalReference& original, std::int64_t remaining) {
        return {.request = asked_by("gateway", next_key(), ""),
                .card_token = token(1),
                .original = original,
                .remaining = {remaining},
                .currency = gbp};
    }

    // What comes of them.

    [[nodiscard]] Stamp stamp() const {
        return {.epoch = state.epoch, .sequence = {state.last.value + 1}, .now_ns = now_ns};
    }

    /// Decides, and applies what is an event.
    Decision decide_and_apply(const Command& command) {
        Decision decision = decide(state, command, stamp());
        if (const auto* event = std::get_if<Event>(&decision)) keep(*event);
        return decision;
    }

    /// Expects an event of type `Fact`, and applies it.
    template <class Fact>
    Fact expect(const Command& command) {
        const Decision decision = decide_and_apply(command);
        const auto* event = std::get_if<Event>(&decision);
        const auto* fact = event == nullptr ? nullptr : std::get_if<Fact>(event);
        if (fact == nullptr) {
            ADD_FAILURE() << "expected another outcome; decision " << decision.index() << ", event "
                          << (event == nullptr ? 0 : event->index() + 1);
            return {};
        }
        return *fact;
    }

    Fault expect_fault(const Command& command) {
        const Decision decision = decide(state, command, stamp());
        if (const auto* fault = std::get_if<Fault>(&decision)) return *fault;
        ADD_FAILURE() << "expected a fault; decision " << decision.index();
        return {};
    }

    Sequence expect_already_recorded(const Command& command) {
        const Decision decision = decide(state, command, stamp());
        if (const auto* recorded = std::get_if<AlreadyRecorded>(&decision)) {
            return recorded->sequence;
        }
        ADD_FAILURE() << "expected what is already recorded; decision " << decision.index();
        return {};
    }

    Decline expect_unrecorded(const Command& command) {
        const Decision decision = decide(state, command, stamp());
        if (const auto* refused = std::get_if<RefusedUnrecorded>(&decision)) {
            return refused->decline;
        }
        ADD_FAILURE() << "expected an unrecorded refusal; decision " << decision.index();
        return {};
    }

    void record(const Command& command) {
        const Decision decision = decide_and_apply(command);
        ASSERT_TRUE(std::holds_alternative<Event>(decision)) << "decision " << decision.index();
    }

    /// What no command brings: the journal goes on in another epoch.
    void take(const Restored& event) {
        Stamp at = stamp();
        at.epoch = event.epoch;
        keep(event, at);
    }

    AuthorisationDecided authorise(const Authorise& command) {
        return expect<AuthorisationDecided>(command);
    }
    AuthorisationDecided authorise(std::int64_t pence) { return authorise(pay(pence)); }
    AuthorisationDecided approve(std::int64_t pence) {
        AuthorisationDecided event = authorise(pence);
        EXPECT_EQ(event.decline, Decline{});
        return event;
    }
    Decline decline_of(const Authorise& command) { return authorise(command).decline; }
    Decline decline_of(std::int64_t pence) { return decline_of(pay(pence)); }

    /// Moves the clock, dealing with everything that is due on the way.
    void advance(TimestampNs to) {
        while (const auto due = next_due(state, to)) {
            now_ns = std::max(now_ns, due->at);
            record(due->command);
        }
        now_ns = to;
    }

    // What is to be seen.

    [[nodiscard]] const Account& account(std::string_view reference = "A") const {
        return *state.find(account_name(reference));
    }
    [[nodiscard]] const Programme& programme() const {
        return *state.find(ProgrammeCode::of("care"));
    }
    [[nodiscard]] std::int64_t available(std::uint8_t purse) const {
        return account().purse({purse}).available.value;
    }
    [[nodiscard]] std::int64_t held(std::uint8_t purse) const {
        return account().purse({purse}).held.value;
    }
    [[nodiscard]] std::int64_t total(LedgerAccount of) const {
        return static_cast<std::int64_t>(programme().ledger[of].value);
    }
    [[nodiscard]] const Authorisation& at(const AuthorisationId& id) const {
        return *state.find(id);
    }

    State state;
    TimestampNs now_ns = utc(2024, 6, 3, 9);
    std::vector<std::pair<Event, Stamp>> events;

   private:
    std::string next_key() { return "k" + std::to_string(++keys_); }

    void keep(const Event& event) { keep(event, stamp()); }
    void keep(const Event& event, const Stamp& at) {
        apply(state, event, at);
        events.emplace_back(event, at);
        for (const Account& one : state.accounts) check_invariants(state, one.id);
    }

    int keys_ = 0;
};

/// Names an authorisation by its id alone.
inline OriginalReference by_id(const AuthorisationId& id) { return {.authorisation_id = id}; }

}  // namespace carecard::rules
