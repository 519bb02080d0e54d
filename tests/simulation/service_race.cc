#include "tests/simulation/service_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rules/apply.h"
#include "services/sequencer/repeats.h"
#include "tests/sequencer/machine.h"
#include "tests/simulation/digest.h"
#include "tests/simulation/faulty_store.h"
#include "tests/simulation/front_desk.h"
#include "tests/simulation/said.h"

namespace carecard::simulation {
namespace {

using fmt::format;
using sequencer::Told;

/// What a caller was told, in the front desk's words.
std::string heard(const Told& told) {
    if (told.event) {
        return format("{}{} ({})", told.replay ? "again " : "", Sentence{}(*told.event),
                      told.stamp.sequence.value);
    }
    if (told.unrecorded) return Sentence{}(rules::RefusedUnrecorded{*told.unrecorded});
    return told.fault ? Sentence{}(*told.fault) : "nothing";
}

/// The machine's own command that an event answers, when it is one.
std::optional<rules::Command> due_command(const rules::Event& event) {
    if (const auto* end = std::get_if<rules::BusinessDayEnded>(&event)) return end->request;
    if (const auto* end = std::get_if<rules::PurseEnded>(&event)) return end->request;
    if (const auto* paid = std::get_if<rules::EarmarkPaid>(&event)) return paid->request;
    if (const auto* expiry = std::get_if<rules::HoldExpired>(&event)) return expiry->request;
    return std::nullopt;
}

/// The same as the second opinion names it, but for when.
std::pair<Opinion::Kind, long> name_of(const rules::Command& due) {
    if (const auto* end = std::get_if<rules::EndBusinessDay>(&due)) {
        return {Opinion::Kind::cut_off, end->programme.value};
    }
    if (const auto* end = std::get_if<rules::EndPurse>(&due)) {
        return {Opinion::Kind::purse_end,
                Opinion::purse_number(end->account.value, end->purse.value)};
    }
    if (const auto* pay = std::get_if<rules::PayEarmark>(&due)) {
        return {Opinion::Kind::council_payment, static_cast<long>(pay->earmark.value)};
    }
    const auto& expiry = std::get<rules::ExpireHold>(due);
    return {Opinion::Kind::expiry, expiry.authorisation.sequence.value};
}

class Life {
   public:
    explicit Life(const Distortion& distortion) : distortion_(distortion) { start(); }

    Outcome run(const Script& script) {
        const long begun = script.empty() ? 0 : script.front().at_ns;
        clock_.now.wall = {begun};
        even_ = begun;
        start();
        send({0, london_table(), nullptr});
        decide();
        for (const Step& step : script) {
            clock_.pass({step.at_ns - even_});
            even_ = step.at_ns;
            take(step);
            if (!breach_.empty()) return {breach_ + "\nat " + text_of(step), tally_};
        }
        decide();
        compare_digests();
        return {breach_, tally_};
    }

   private:
    struct Sent {
        int number = 0;
        rules::Command command;
        std::shared_ptr<Told> told;  // null until it is in the inbox
    };

    void expect(bool holds, const std::string& what) {
        if (!holds && breach_.empty()) breach_ = what;
    }

    void take(const Step& step) {
        switch (step.act) {
            case Act::send:
                send({step.number, renaming_(step.command), nullptr});
                return;
            case Act::decide:
                decide();
                return;
            case Act::project:
            case Act::archive:
            case Act::sweep:
                decide();
                project(step.act);
                return;
            case Act::restart:
            case Act::crash:
                decide();
                restart(step.act);
                return;
            case Act::lose_commit:
                store_.fail_next(FaultyStore::Fails::lost);
                return;
            case Act::keep_commit:
                store_.fail_next(FaultyStore::Fails::kept);
                return;
            case Act::jump:
                decide();
                clock_.now.wall = clock_.now.wall + step.by;
                jumped_ = {jumped_.value + step.by.value};
                ++tally_["jump"];
                return;
            case Act::come_back:
                clock_.now.wall = clock_.now.wall - jumped_;
                jumped_ = {};
                return;
        }
    }

    void send(Sent sent) { waiting_.push_back(std::move(sent)); }

    /// Puts what was sent into the inbox, but for repeats to which either answer is right.
    void submit() {
        const long now = std::max(clock_.now.wall.value, desk_.opinion.last_now + 1);
        std::erase_if(waiting_, [&](const Sent& one) {
            return one.told == nullptr && desk_.is_on_the_edge(one.command, now);
        });
        for (Sent& one : waiting_) {
            if (one.told == nullptr) one.told = machine_->submit(one.command);
        }
    }

    /// Takes turns until there is nothing to do; a failed commit ends the process.
    void decide() {
        submit();
        while (breach_.empty()) {
            const auto progress = machine_->sequencer().turn();
            if (!progress) return die();
            if (*progress == sequencer::Sequencer::Progress::idle) break;
        }
        settle(/*answered=*/true);
        const auto due = desk_.opinion.next();
        if (desk_.believes(clock_.now)) {
            expect(std::get<0>(due) > clock_.now.wall.value, "something due was not taken");
        }
    }

    /// The commit failed: what it was to answer is sent again to the next process.
    void die() {
        ++tally_["commit fault"];
        const bool kept = store_.tail().value > static_cast<std::uint64_t>(desk_.last);
        ++tally_[kept ? "commit fault, kept" : "commit fault, lost"];
        std::vector<Sent> unanswered;
        for (const Sent& one : waiting_) {
            if (one.told->times == 0) unanswered.push_back(one);
        }
        if (kept) {
            settle(/*answered=*/false);
        } else {
            settle_refused();
        }
        waiting_.clear();
        restart(Act::restart);
        for (const Sent& one : unanswered) send({one.number, one.command, nullptr});
        decide();
    }

    /// Compares every event since the last time, and every answer, with the second opinion.
    void settle(bool answered) {
        const std::vector<Sent> sent = std::exchange(waiting_, {});
        group_now_ = std::max(clock_.now.wall.value, desk_.opinion.last_now + 1);
        std::size_t at = settle_unbelieved(sent);
        settle_due();
        // With more due than fits into a group, the commands were to come after the one that
        // failed.
        const bool only_due = !answered && std::get<0>(desk_.opinion.next_cut_off()) <= group_now_;
        if (only_due) at = sent.size();
        for (; at < sent.size() && breach_.empty(); ++at) settle_one(sent[at], answered);
        settle_due();
        expect(desk_.last == static_cast<long>(store_.tail().value),
               format("the model is at {} and the journal at {}", desk_.last, store_.tail().value));
    }

    /// Of a group that was lost, what had been refused before it began.
    void settle_refused() {
        for (const Sent& one : waiting_) {
            if (one.told->times == 0) break;
            expect(heard(*one.told).starts_with("refused overloaded"),
                   "something was told of a group that was lost: " + heard(*one.told));
        }
    }

    /// While the clock is not believed everything is refused, up to an operator's word.
    std::size_t settle_unbelieved(const std::vector<Sent>& sent) {
        if (desk_.believes(clock_.now)) return 0;
        std::size_t at = 0;
        for (; at < sent.size(); ++at) {
            if (desk_.is_word_on_clock(sent[at].command)) {
                desk_.accept(clock_.now);
                desk_.clock_is_accepted = true;
                jumped_ = {};
                ++tally_["clock accepted"];
                return at;
            }
            expect(heard(*sent[at].told) == "refused overloaded ",
                   "on a clock that jumped a caller was told: " + heard(*sent[at].told));
            ++tally_["refused for the clock"];
        }
        return at;
    }

    /// What the machine did by itself: all cut-offs that have passed, then ended purses,
    /// then the council's payments, then expired holds.
    void settle_due() {
        while (breach_.empty() && desk_.last < static_cast<long>(store_.tail().value)) {
            const sequencer::Recorded recorded = event_after_last();
            const auto command = due_command(recorded.event);
            if (!command) return;
            const long until = recorded.stamp.now_ns.value;
            Opinion::Due due = desk_.opinion.next_cut_off();
            if (std::get<0>(due) > until) due = desk_.opinion.next_purse_end();
            if (std::get<0>(due) > until) due = desk_.opinion.next_council_payment();
            if (std::get<0>(due) > until) due = desk_.opinion.next_expiry();
            expect(std::get<0>(due) <= recorded.stamp.now_ns.value,
                   "something came before its time");
            const auto [kind, number] = name_of(*command);
            expect(Opinion::Due{std::get<0>(due), kind, number} == due,
                   "another thing was due first");
            const long now = recorded.stamp.now_ns.value;
            expect(now >= group_now_, "an event is stamped before its group");
            group_now_ = now;  // later when so much was due that it took another turn
            compare(*command, desk_.answer_due(*command, now), of_event(recorded), 0);
        }
    }

    void settle_one(const Sent& sent, bool answered) {
        const long before = desk_.last;
        const std::string predicted = desk_.answer(sent.command, group_now_);
        const bool is_new = desk_.last > before;
        if (answered) {
            expect(sent.told->times == 1, format("{} answers", sent.told->times));
            if (breach_.empty()) compare(sent.command, predicted, heard(*sent.told), sent.number);
        } else {
            expect(sent.told->times == 0, "an answer although the commit failed");
        }
        if (!is_new || !breach_.empty()) return;
        const sequencer::Recorded recorded = event_at(desk_.last);
        expect(recorded.stamp.now_ns.value == group_now_,
               "an event has another stamp than its group");
        compare(sent.command, predicted, of_event(recorded), sent.number);
        renaming_.hear(sent.number, recorded.event, recorded.stamp.sequence);
        learn(recorded);
    }

    void learn(const sequencer::Recorded& recorded) {
        const auto* decided = std::get_if<rules::AuthorisationDecided>(&recorded.event);
        if (decided == nullptr || decided->decline.declined()) return;
        if (rules::flow_of(decided->request.kind) == rules::Flow::asks) return;
        desk_.opinion.people.learn_code(desk_.last, decided->code.view());
    }

    void compare(const rules::Command& command, std::string predicted, const std::string& answer,
                 int number) {
        if (distortion_) predicted = distortion_(command, predicted);
        expect(answer == predicted, format("step {}: the core says \"{}\", the model \"{}\"",
                                           number, answer, predicted));
        ++tally_["step"];
        ++tally_[answer.substr(0, answer.find_first_of("0123456789,;("))];
    }

    static std::string of_event(const sequencer::Recorded& recorded) {
        return format("{} ({})", Sentence{}(recorded.event), recorded.stamp.sequence.value);
    }

    sequencer::Recorded event_after_last() { return event_at(desk_.last + 1); }
    sequencer::Recorded event_at(long sequence) {
        sequencer::Recall recall(store_);
        auto recorded = recall.read({static_cast<std::uint64_t>(sequence)}, machine_->core().keys);
        CHECK(recorded);
        return *recorded;
    }

    void project(Act how) {
        if (how == Act::sweep) machine_->handover().want_sweep();
        decide();
        while (breach_.empty()) {
            const auto worked = machine_->projector().step();
            expect(bool{worked}, "the projector failed");
            decide();
            if (!worked || *worked == sequencer::Projector::Work::idle) break;
        }
        if (how != Act::project) expect(bool{machine_->projector().flush()}, "no flush");
        decide();
    }

    void restart(Act how) {
        const journal::Head head = machine_->core().head;
        const bool failed = store_.has_failed();
        machine_.reset();
        if (how == Act::crash) tables_.crash();
        store_.open_again();
        head_ = failed ? head_ : head;
        start();
        ++tally_["restart"];
        compare_digests();
    }

    void start() {
        machine_ =
            std::make_unique<sequencer::Machine>(store_, vault_, tables_, clock_, nullptr, head_);
        desk_.start(clock_.now);
    }

    void compare_digests() {
        if (!breach_.empty()) return;
        const long now = desk_.opinion.last_now;
        const Digest core = digest_of(machine_->state(), now);
        Digest model = digest_of(desk_.opinion, now);
        leave_out_archived(model, core);
        if (hash_of(core) != hash_of(model)) expect(false, difference(core, model));
        for (const rules::Programme& programme : machine_->state().programmes) {
            expect(programme.ledger.sum() == TotalMinor{0}, "the ledger does not sum to zero");
        }
        ++tally_["digest compared"];
    }

    const Distortion& distortion_;
    sequencer::HandClock clock_;
    journal::MemoryStore journal_;
    FaultyStore store_{journal_};
    sequencer::MemoryVault vault_;
    sequencer::MemoryTables tables_;
    std::optional<journal::Head> head_;
    std::unique_ptr<sequencer::Machine> machine_;
    FrontDesk desk_;
    Renaming renaming_;
    std::vector<Sent> waiting_;
    long group_now_ = 0;     // the stamp of the group that is settled
    std::int64_t even_ = 0;  // how far the script's time has come
    DurationNs jumped_;      // how far the wall clock is from it
    std::string breach_;
    Tally tally_;
};

}  // namespace

Outcome race_service(const Script& script, const Distortion& distortion) {
    return Life(distortion).run(script);
}

}  // namespace carecard::simulation
