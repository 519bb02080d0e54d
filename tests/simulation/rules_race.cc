#include "tests/simulation/rules_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "rules/apply.h"
#include "rules/decide.h"
#include "rules/invariants.h"
#include "rules/spending.h"
#include "tests/rules/state_summary.h"
#include "tests/simulation/digest.h"
#include "tests/simulation/opinion.h"
#include "tests/simulation/said.h"

namespace carecard::simulation {
namespace {

using fmt::format;

constexpr long steps_between_digests = 250;

/// The words of an answer without its numbers.
std::string outcome_of(const std::string& sentence) {
    return sentence.substr(0, sentence.find_first_of("0123456789,;"));
}

class Race {
   public:
    explicit Race(const Distortion& distortion) : distortion_(distortion) {}

    Outcome run(const Script& script) {
        take(london_table(), 0);
        for (const Step& step : script) {
            if (step.act != Act::send) continue;
            pass(std::max(now_, TimestampNs{step.at_ns}));
            take(renaming_(step.command), step.number);
            if (!breach_.empty()) return {breach_ + "\nat " + text_of(step), tally_};
        }
        compare_digests();
        replay();
        return {breach_, tally_};
    }

   private:
    void expect(bool holds, const std::string& what) {
        if (!holds && breach_.empty()) breach_ = what;
    }

    /// Deals with everything that is due until `to`.
    void pass(TimestampNs to) {
        while (breach_.empty()) {
            const std::optional<rules::Due> due = rules::next_due(state_, to);
            const Opinion::Due predicted = opinion_.next();
            const long at = std::get<0>(predicted);
            expect(due.has_value() == (at <= to.value),
                   format("something is due to one alone, until {}", to.value));
            if (!due) break;
            expect(names_of(*due) == predicted, format("another thing is due first at {}", at));
            now_ = std::max(now_, due->at);
            take(due->command, 0);
        }
        now_ = std::max(now_, to);
    }

    static Opinion::Due names_of(const rules::Due& due) {
        if (const auto* end = std::get_if<rules::EndBusinessDay>(&due.command)) {
            return {due.at.value, Opinion::Kind::cut_off, end->programme.value};
        }
        if (const auto* end = std::get_if<rules::EndPurse>(&due.command)) {
            return {due.at.value, Opinion::Kind::purse_end,
                    Opinion::purse_number(end->account.value, end->purse.value)};
        }
        if (const auto* pay = std::get_if<rules::PayEarmark>(&due.command)) {
            return {due.at.value, Opinion::Kind::council_payment,
                    static_cast<long>(pay->earmark.value)};
        }
        const auto& expiry = std::get<rules::ExpireHold>(due.command);
        return {due.at.value, Opinion::Kind::expiry, expiry.authorisation.sequence.value};
    }

    void take(const rules::Command& command, int number) {
        const rules::Stamp stamp{.sequence = {state_.last.value + 1}, .now_ns = now_};
        const rules::Decision decision = rules::decide(state_, command, stamp);
        std::string predicted = opinion_.answer(command, now_.value, sequence_of(stamp));
        if (distortion_) predicted = distortion_(command, predicted);
        const std::string answer = said(decision);
        expect(answer == predicted,
               format("the core says \"{}\", the model \"{}\"", answer, predicted));
        if (!breach_.empty()) return;
        ++tally_["step"];
        ++tally_[outcome_of(answer)];
        if (const auto* event = std::get_if<rules::Event>(&decision)) keep(*event, stamp, number);
        if (tally_["step"] % steps_between_digests == 0) compare_digests();
    }

    static long sequence_of(const rules::Stamp& stamp) {
        return static_cast<long>(stamp.sequence.value);
    }

    void keep(const rules::Event& event, const rules::Stamp& stamp, int number) {
        ++tally_["event of kind " + std::to_string(event.index() + 1) + "."];
        note_exception(event);
        look_at_exposure(event);
        look_at_what_is_told(event);
        rules::apply(state_, event, stamp);
        events_.emplace_back(event, stamp);
        renaming_.hear(number, event, stamp.sequence);
        if (const auto* decided = std::get_if<rules::AuthorisationDecided>(&event)) {
            look_at(*decided, sequence_of(stamp));
        }
        look_at_programme(rules::programme_of(event));
        look_at_account(rules::account_of(event), event);
        look_at_payment(event);
    }

    /// Only a credit that is matched to a payment lowers what it took beyond the holder's money, or
    /// two people who agreed to it; and what they gave up is repaid by such a credit alone.
    void look_at_exposure(const rules::Event& event) {
        std::visit(
            [&](const auto& fact) {
                if constexpr (requires { fact.after; }) {
                    const rules::Authorisation* was = state_.find(fact.after.id);
                    if (was == nullptr) return;
                    const std::int64_t less = was->exposure.value - fact.after.exposure.value;
                    expect(less <= 0 || less == may_lower(fact),
                           "an exposure was lowered by what may not lower it so far");
                    const std::int64_t up = fact.after.written_off.value - was->written_off.value;
                    expect(up == may_give_up(fact),
                           "another amount was written off than two people agreed to");
                }
            },
            event);
    }

    /// How far it may lower the exposure of its payment.
    std::int64_t may_lower(const rules::Presented& event) const {
        const bool matched = event.request.direction == rules::Direction::credit &&
                             event.matched_by != rules::MatchedBy::nothing;
        return matched ? event.recovered.value : 0;
    }
    std::int64_t may_lower(const rules::ResolutionDecided& event) const {
        return may_give_up(event);
    }
    std::int64_t may_lower(const rules::ExposureRecovered& event) const {
        const rules::Resolution* open = proposal(event);
        const bool two = open != nullptr && open->approved() &&
                         open->approved_by != open->proposed_by &&
                         open->kind == rules::ResolutionKind::recovery;
        const bool told = two && open->notice_until <= rules::local_day(state_.offsets, now_);
        return told && event.amount <= open->amount ? event.amount.value : 0;
    }
    template <class Other>
    std::int64_t may_lower(const Other&) const {
        return 0;
    }

    /// How much more it may make of what was written off of its payment.
    std::int64_t may_give_up(const rules::Presented& event) const {
        return event.request.direction == rules::Direction::credit ? -event.repaid.value : 0;
    }
    std::int64_t may_give_up(const rules::ResolutionDecided& event) const {
        const rules::Resolution* open = proposal(event);
        const bool two = open != nullptr && event.request.approve &&
                         open->proposed_by != event.request.request.caller &&
                         open->kind == rules::ResolutionKind::write_off;
        return two && event.amount <= open->amount ? event.amount.value : 0;
    }
    template <class Other>
    std::int64_t may_give_up(const Other&) const {
        return 0;
    }

    template <class Event>
    const rules::Resolution* proposal(const Event& event) const {
        const auto open = state_.resolutions_of(event.account);
        const auto found =
            std::ranges::find(open, event.request.proposal, &rules::Resolution::proposed);
        return found == open.end() ? nullptr : &*found;
    }

    void note_exception(const rules::Event& event) {
        std::visit(
            [&](const auto& fact) {
                if constexpr (requires { fact.exception; }) {
                    ++tally_["exception " + std::string(name_of(fact.exception.reason))];
                }
            },
            event);
    }

    void look_at(const rules::AuthorisationDecided& event, long sequence) {
        const bool begins = rules::flow_of(event.request.kind) != rules::Flow::asks;
        if (!event.decline.declined() && begins) {
            opinion_.people.learn_code(sequence, event.code.view());
        }
        const rules::RulesInForce in_force{.defaults = state_.rules_or_null(event.defaults),
                                           .agreement = state_.rules_or_null(event.agreement),
                                           .card = state_.rules_or_null(event.card_rules)};
        rules::Decline first;
        for (const rules::Check& check :
             rules::explain(event.request, event.facts, in_force, event.windows, now_)) {
            if (!check.passed && !first.declined()) first = check.if_failed;
        }
        expect(first == event.decline, "the explanation tells another decline");
    }

    /// What an event tells of the state before it, and no state keeps.
    void look_at_what_is_told(const rules::Event& event) {
        if (const auto* accepted = std::get_if<rules::ClockAccepted>(&event)) {
            expect(accepted->last == state_.last_ns, "a clock was accepted after another stamp");
        }
        if (const auto* ended = std::get_if<rules::BusinessDayEnded>(&event)) {
            const rules::Programme& programme = state_.at(ended->request.programme);
            expect(ended->trial_balance == programme.ledger, "a day ended with another balance");
        }
        if (const auto* loaded = std::get_if<rules::Loaded>(&event)) {
            const rules::Purse& purse = state_.at(loaded->account).purse(loaded->purse);
            expect(loaded->purse_available.value == purse.available.value + loaded->amount().value,
                   "a load tells another balance of its purse");
        }
    }

    void look_at_programme(ProgrammeId id) {
        if (id.value == 0) return;
        const rules::Programme& programme = state_.at(id);
        expect(programme.ledger.sum() == TotalMinor{0}, "the ledger does not sum to zero");
        same(format("programme {}", id.value), words_for(programme),
             words_for(opinion_, opinion_.people.programmes[id.value - 1]));
    }

    void look_at_account(AccountId id, const rules::Event& event) {
        if (id.value == 0) return;
        rules::check_invariants(state_, id);
        const rules::Account& account = state_.at(id);
        expect(state_.kept_reversals_of(id).size() <= 8, "an account keeps too many reversals");
        same(format("account {}", id.value), words_for(state_, account, now_.value),
             words_for(opinion_, opinion_.people.accounts[id.value - 1], now_.value));
        std::visit(
            [&](const auto& fact) {
                if constexpr (requires { fact.available; }) {
                    expect(fact.available == account.available(), "an event tells another balance");
                }
            },
            event);
    }

    void look_at_payment(const rules::Event& event) {
        const auto id = std::visit(
            [](const auto& fact) -> AuthorisationId {
                if constexpr (requires { fact.after; }) {
                    return fact.after.id;
                } else if constexpr (requires { fact.facts; }) {
                    return fact.id;
                }
                return {};
            },
            event);
        const rules::Authorisation* payment = state_.find(id);
        if (payment == nullptr) return;
        const auto sequence = static_cast<long>(id.sequence.value);
        same(format("payment {}", sequence), words_for(*payment),
             words_for(opinion_.money.payments.at(sequence)));
    }

    void same(const std::string& what, const std::string& core, const std::string& model) {
        expect(core == model,
               format("{} is\n  {} to the core and\n  {} to the model", what, core, model));
    }

    void compare_digests() {
        if (!breach_.empty()) return;
        const Digest core = digest_of(state_, now_.value);
        const Digest model = digest_of(opinion_, now_.value);
        if (hash_of(core) != hash_of(model)) expect(false, difference(core, model));
        ++tally_["digest compared"];
    }

    void replay() {
        if (!breach_.empty()) return;
        rules::State replayed;
        for (const auto& [event, stamp] : events_) rules::apply(replayed, event, stamp);
        expect(rules::summary_of(replayed) == rules::summary_of(state_),
               "a replay gives another state");
        for (std::size_t at = 0; at < state_.agreements.size(); ++at) {
            const AgreementId* first = state_.find(state_.agreements[at].rules());
            expect(first != nullptr && first->value == at + 1, "equal rules are stored twice");
        }
    }

    const Distortion& distortion_;
    rules::State state_;
    Opinion opinion_;
    Renaming renaming_;
    TimestampNs now_;
    std::deque<std::pair<rules::Event, rules::Stamp>> events_;
    std::string breach_;
    Tally tally_;
};

}  // namespace

Outcome race_rules(const Script& script, const Distortion& distortion) {
    return Race(distortion).run(script);
}

}  // namespace carecard::simulation
