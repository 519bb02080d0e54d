#include "services/sequencer/sequencer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/check.h"
#include "common/limits.h"
#include "rules/apply.h"
#include "rules/invariants.h"
#include "rules/residence.h"
#include "services/journal/codec.h"
#include "services/sequencer/refusals.h"

namespace carecard::sequencer {
namespace {

bool is_late(const Submission& submission) {
    return submission.deadline_ns != 0 && submission.deadline_ns < monotonic_ns();
}

}  // namespace

Sequencer::Sequencer(Core& core, Ports ports)
    : core_(core),
      ports_(std::move(ports)),
      inbox_(ports_.on_push),
      guard_(core.state.last_ns, ports_.clock.read()),
      recall_(ports_.store),
      sweeper_(core.unimaged),
      durable_(core.head.sequence),
      replied_(core.head.sequence),
      poison_(ports_.poison) {
    if (ports_.simulated != nullptr) ports_.simulated->set(core.state.last_ns);
}

Watermarks Sequencer::watermarks() const {
    return {.received = core_.state.last.value + taken_.size() - next_ + inbox_.size(),
            .decided = core_.state.last,
            .durable = durable_,
            .replied = replied_};
}

Result<Sequencer::Progress> Sequencer::turn() {
    take_from_inbox();
    const bool found_items = next_ < taken_.size();
    run_queries();
    if (ports_.refuse_all) return refuse_all();
    if (!believe_clock()) {
        refuse_all_for_clock();
        return next_ < taken_.size() ? Progress::worked : Progress::idle;
    }
    begin_group(ports_.clock.read().wall);
    const Result<Done> decided = advancing_to_ ? advance_clock() : take_commands();
    if (!decided) return decided.fault();
    const bool worked = found_items || !decided_.empty() || advancing_to_;
    check_group();
    if (!decided_.empty()) {
        const Result<Done> committed = commit();
        if (!committed) return committed.fault();
    }
    reply();
    const bool has_more = tend_memory();
    return worked || has_more ? Progress::worked : Progress::idle;
}

/// Between two groups, when all of the state is durable.
bool Sequencer::tend_memory() {
    const bool more_to_let_go =
        rules::let_go(core_.state, ports_.handover.archived(), let_go_per_turn_max);
    const Imaged now{.head = core_.head, .last_ns = core_.state.last_ns};
    return sweeper_.advance(core_.state, now, ports_.handover) || more_to_let_go;
}

void Sequencer::take_from_inbox() {
    if (next_ < taken_.size()) return;
    taken_.clear();
    next_ = 0;
    inbox_.take(taken_, group_commands_max);
}

/// Before anything is decided in this turn, all of the state is durable.
void Sequencer::run_queries() {
    for (std::size_t index = next_; index < taken_.size(); ++index) {
        if (Query* query = std::get_if<Query>(&taken_[index]); query != nullptr && query->run) {
            query->run(core_.state);
            query->run = nullptr;
        }
    }
}

bool Sequencer::believe_clock() {
    if (ports_.clock.kind() == ClockKind::simulated) return true;
    const ClockReading reading = ports_.clock.read();
    const Submission* first =
        next_ < taken_.size() ? std::get_if<Submission>(&taken_[next_]) : nullptr;
    ClockGuard::Verdict verdict = guard_.judge(reading);
    if (verdict == ClockGuard::Verdict::jumped && first != nullptr &&
        std::holds_alternative<rules::AcceptClock>(first->command) && will_be_decided(*first)) {
        guard_.accept(reading);
        verdict = guard_.judge(reading);
        clock_is_accepted_ = true;
    }
    const bool believed = verdict == ClockGuard::Verdict::believed;
    if (believed != believed_) ports_.on_clock(verdict);
    believed_ = believed;
    return believed;
}

/// Refuses everything, up to an operator's word that the clock is right.
void Sequencer::refuse_all_for_clock() {
    for (; next_ < taken_.size(); ++next_) {
        Submission* submission = std::get_if<Submission>(&taken_[next_]);
        if (submission == nullptr) continue;
        if (std::holds_alternative<rules::AcceptClock>(submission->command) &&
            will_be_decided(*submission)) {
            break;
        }
        refuse(*submission, clock_jumped());
    }
    reply();
}

Sequencer::Progress Sequencer::refuse_all() {
    const bool found_items = next_ < taken_.size();
    for (; next_ < taken_.size(); ++next_) {
        Submission* submission = std::get_if<Submission>(&taken_[next_]);
        if (submission != nullptr) refuse(*submission, *ports_.refuse_all);
    }
    reply();
    const bool has_more = tend_memory();
    return found_items || has_more ? Progress::worked : Progress::idle;
}

void Sequencer::refuse(Submission& submission, Fault fault) {
    pending_.push_back({.reply = std::move(submission.reply), .refusal = std::move(fault)});
    ++counters_.faults;
}

void Sequencer::begin_group(TimestampNs now) {
    now_ = std::max(now, TimestampNs{core_.state.last_ns.value + 1});
    decided_.clear();
    pending_.clear();
    builder_.begin({.epoch = core_.state.epoch,
                    .first = {core_.state.last.value + 1},
                    .stamp = now_,
                    .previous = core_.head.chain});
    core_.request_keys.expire(now_);
    poison_.begin_group();
    nobody_joins_ = false;
    if (ports_.quarantine != nullptr && ports_.quarantine->releases() != releases_seen_) {
        releases_seen_ = ports_.quarantine->releases();
        passed_over_ = {};
    }
}

rules::Stamp Sequencer::next_stamp() const {
    return {.epoch = core_.state.epoch, .sequence = {core_.state.last.value + 1}, .now_ns = now_};
}

Marked Sequencer::mark(const rules::Command& command) const {
    return {.fingerprint = core_.fingerprints.of(command), .kind = kind_name(command)};
}

bool Sequencer::is_quarantined(const Marked& command) const {
    return ports_.quarantine != nullptr && ports_.quarantine->holds(command.fingerprint);
}

/// Whether the command may be decided in the group in hand: a suspect has one of its own.
bool Sequencer::may_join(const Marked& command) {
    if (nobody_joins_) return false;
    nobody_joins_ = poison_.is_suspect(command.fingerprint);
    return !nobody_joins_ || poison_.group_size() == 0;
}

Result<Done> Sequencer::take_commands() {
    take_due(now_);
    // The rest of them come first.
    if (rules::next_cut_off(core_.state, now_, passed_over_)) return Done{};
    for (; next_ < taken_.size(); ++next_) {
        Submission* submission = std::get_if<Submission>(&taken_[next_]);
        if (submission == nullptr) continue;
        if (const auto* advance = std::get_if<rules::AdvanceClock>(&submission->command);
            advance != nullptr && ports_.simulated != nullptr &&
            advance->to >= core_.state.last_ns && will_be_decided(*submission)) {
            if (!decided_.empty() || !pending_.empty()) return Done{};
            submission->deadline_ns = 0;  // what has begun is carried through
            advancing_to_ = advance->to;
            return advance_clock();
        }
        const Result<Taken> taken = take(*submission);
        if (!taken) return taken.fault();
        if (*taken == Taken::next_group) return Done{};
    }
    return Done{};
}

/// Neither past its deadline, nor a repeat, nor set aside, for commands whose effect begins before
/// `take`.
bool Sequencer::will_be_decided(const Submission& submission) const {
    const rules::Request* request = request_of(submission.command);
    if (is_late(submission) || is_quarantined(mark(submission.command))) return false;
    if (request == nullptr || request->key.empty()) return true;
    bool known = false;
    core_.request_keys.find(core_.fingerprints.of(*request),
                            [&known](Sequence) { return known = true; });
    return !known;
}

Result<Sequencer::Taken> Sequencer::take(Submission& submission) {
    if (is_late(submission)) {
        ++counters_.dropped_late;
        pending_.push_back({.reply = std::move(submission.reply), .refusal = too_late()});
        return Taken::taken;
    }
    const Marked command = mark(submission.command);
    if (is_quarantined(command)) {
        ++counters_.quarantined;
        ports_.on_quarantined(command);
        pending_.push_back(
            {.reply = std::move(submission.reply), .refusal = is_set_aside(command)});
        return Taken::taken;
    }
    if (!may_join(command)) return Taken::next_group;
    poison_.begin(command);
    Result<Taken> taken = take_marked(submission);
    if (taken && *taken == Taken::taken) pending_.back().command = command;
    return taken;
}

Result<Sequencer::Taken> Sequencer::take_marked(Submission& submission) {
    const rules::Request* request = request_of(submission.command);
    if (request == nullptr || request->key.empty()) return take_new(submission, 0);
    const std::uint64_t fingerprint = core_.fingerprints.of(*request);
    std::vector<Sequence> candidates;  // allocates for a repeat only
    core_.request_keys.find(fingerprint, [&candidates](Sequence sequence) {
        candidates.push_back(sequence);
        return false;
    });
    for (const Sequence sequence : candidates) {
        Result<std::unique_ptr<Recorded>> recorded = recall(sequence);
        if (!recorded) return recorded.fault();
        const rules::Event& event = *recorded ? (*recorded)->event : in_group(sequence).event;
        const Likeness likeness = compare_by_key(submission.command, event);
        if (likeness == Likeness::other_key) continue;  // two keys with one fingerprint
        return take_repeat(submission, sequence, likeness, std::move(*recorded));
    }
    return take_new(submission, fingerprint);
}

/// Null when the event is of the group in hand, which is not in the journal yet.
Result<std::unique_ptr<Recorded>> Sequencer::recall(Sequence sequence) {
    if (sequence > durable_) return std::unique_ptr<Recorded>{};
    ++counters_.recalls;
    Result<Recorded> recorded = recall_.read(sequence, core_.keys);
    if (!recorded) return recorded.fault();
    return std::make_unique<Recorded>(std::move(*recorded));
}

Result<Sequencer::Taken> Sequencer::take_repeat(Submission& submission, Sequence sequence,
                                                Likeness likeness,
                                                std::unique_ptr<Recorded> recorded) {
    Pending pending{.reply = std::move(submission.reply)};
    if (likeness == Likeness::differs) {
        pending.refusal = key_used_otherwise();
        ++counters_.faults;
    } else {
        pending.replay = true;
        ++counters_.replays;
        if (recorded == nullptr) pending.decided = index_in_group(sequence);
        pending.recalled = std::move(recorded);
    }
    pending_.push_back(std::move(pending));
    ++counters_.commands_taken;
    return Taken::taken;
}

Result<Sequencer::Taken> Sequencer::take_new(Submission& submission, std::uint64_t fingerprint) {
    Pending pending;
    rules::Decision decision = decide(submission, fingerprint);
    if (auto* event = std::get_if<rules::Event>(&decision)) {
        if (record_new(std::move(*event), submission, fingerprint) == Taken::next_group) {
            return Taken::next_group;
        }
        pending.decided = decided_.size() - 1;
    } else if (const auto* already = std::get_if<rules::AlreadyRecorded>(&decision)) {
        const Result<Done> recalled = answer_as_before(submission, already->sequence, pending);
        if (!recalled) return recalled.fault();
    } else if (const auto* refused = std::get_if<rules::RefusedUnrecorded>(&decision)) {
        ++counters_.declined[static_cast<std::size_t>(refused->decline.reason)];
        pending.refusal = *refused;
    } else {
        ++counters_.faults;
        pending.refusal = std::get<Fault>(std::move(decision));
    }
    pending.reply = std::move(submission.reply);
    pending_.push_back(std::move(pending));
    ++counters_.commands_taken;
    return Taken::taken;
}

rules::Decision Sequencer::decide(const Submission& submission, std::uint64_t fingerprint) {
    const bool moves_clock = std::holds_alternative<rules::AdvanceClock>(submission.command);
    if (moves_clock && ports_.simulated == nullptr) return not_simulated();
    if (std::holds_alternative<rules::AcceptClock>(submission.command) && !clock_is_accepted_) {
        return nothing_to_accept();
    }
    if (fingerprint != 0 && !core_.request_keys.has_room()) return keys_full();
    const Result<Done> fetched =
        prefetch(ports_.archive, submission.command, now_, core_.state, counters_.prefetch);
    if (!fetched) return fetched.fault();
    return rules::decide(core_.state, submission.command, next_stamp());
}

Sequencer::Taken Sequencer::record_new(rules::Event&& event, Submission& submission,
                                       std::uint64_t fingerprint) {
    const Secret* key = submission.account_key ? &*submission.account_key : nullptr;
    if (record(std::move(event), key) == Taken::next_group) return Taken::next_group;
    const Decided& done = decided_.back();
    if (fingerprint != 0) core_.request_keys.insert(fingerprint, done.stamp.sequence, now_);
    if (std::holds_alternative<rules::ClockAccepted>(done.event)) clock_is_accepted_ = false;
    if (key != nullptr) {
        core_.keys.set(rules::account_of(done.event), std::move(*submission.account_key));
    }
    return Taken::taken;
}

/// The answer that was given when this load, presentment or closing was recorded; a fault when it
/// was recorded with other fields.
Result<Done> Sequencer::answer_as_before(const Submission& submission, Sequence sequence,
                                         Pending& pending) {
    Result<std::unique_ptr<Recorded>> recorded = recall(sequence);
    if (!recorded) return recorded.fault();
    const rules::Event& before = *recorded ? (*recorded)->event : in_group(sequence).event;
    if (compare_by_content(submission.command, before) == Likeness::differs) {
        ++counters_.faults;
        pending.refusal = name_used_otherwise(submission.command);
        return Done{};
    }
    ++counters_.replays;
    pending.replay = true;
    if (*recorded == nullptr) pending.decided = index_in_group(sequence);
    pending.recalled = std::move(*recorded);
    return Done{};
}

std::size_t Sequencer::index_in_group(Sequence sequence) const {
    CHECK(!decided_.empty());
    return sequence.value - decided_.front().stamp.sequence.value;
}

const Sequencer::Decided& Sequencer::in_group(Sequence sequence) const {
    return decided_[index_in_group(sequence)];
}

Sequencer::Taken Sequencer::record(rules::Event&& event, const Secret* new_key) {
    const rules::Stamp stamp = next_stamp();
    encode(event, stamp, new_key);
    if (!builder_.fits(clear_.size(), sealed_.size())) {
        CHECK(!decided_.empty());  // an empty record has room for any event
        return Taken::next_group;
    }
    builder_.append_event(clear_, sealed_);
    // After this point the event must take effect.
    rules::apply(core_.state, event, stamp);
    if (const AccountId account = rules::account_of(event); account.value != 0) {
        core_.unimaged.add(account);
    }
    count(event);
    decided_.push_back({.event = std::move(event), .stamp = stamp});
    return Taken::taken;
}

void Sequencer::encode(const rules::Event& event, const rules::Stamp& stamp,
                       const Secret* new_key) {
    clear_.clear();
    sealed_.clear();
    const journal::PersonalTexts texts = journal::texts_of(event);
    if (texts.empty()) {
        journal::encode_clear(event, stamp, {}, clear_);
        return;
    }
    std::array<journal::Salt, commitments_per_event_max> salts;
    const std::span<journal::Salt> used(salts.data(), texts.size());
    journal::make_salts(used);
    journal::Commitments commitments;
    for (std::size_t index = 0; index < texts.size(); ++index) {
        commitments.push_back(journal::commitment(salts[index], texts[index]));
    }
    journal::encode_clear(event, stamp, commitments, clear_);
    const AccountId account = rules::account_of(event);
    const Secret* key = new_key != nullptr ? new_key : core_.keys.find(account);
    if (key == nullptr) return;  // erased: the commitments stand, the texts are not kept
    sealer_.seal(*key, account, stamp.sequence, texts, used, sealed_);
}

void Sequencer::count(const rules::Event& event) {
    const auto* decision = std::get_if<rules::AuthorisationDecided>(&event);
    if (decision == nullptr) return;
    if (decision->decline.declined()) {
        ++counters_.declined[static_cast<std::size_t>(decision->decline.reason)];
    } else {
        ++counters_.approved;
    }
}

void Sequencer::check_group() {
    poison_.begin_checks();
    for (const Decided& decided : decided_) {
        const AccountId account = rules::account_of(decided.event);
        if (account.value != 0) rules::check_invariants(core_.state, account);
    }
    poison_.end_group();
}

Result<Done> Sequencer::commit() {
    const journal::RecordBuilder::Built built = builder_.finish();
    const Result<Sequence> committed = ports_.store.commit(durable_, built.record);
    if (!committed) return committed.fault();
    durable_ = *committed;
    core_.head = {.epoch = core_.state.epoch, .sequence = durable_, .chain = built.chain};
    ports_.on_durable(core_.head);
    ++counters_.groups_committed;
    counters_.events_committed += decided_.size();
    return Done{};
}

void Sequencer::reply() {
    for (Pending& pending : pending_) {
        poison_.begin_answer(pending.command);
        answer(pending);
    }
    poison_.end_answers();
    pending_.clear();
    replied_ = durable_;
}

void Sequencer::answer(Pending& pending) const {
    if (!pending.reply) return;
    Answer answer{.outcome = static_cast<const rules::Event*>(nullptr),
                  .stamp = {.epoch = core_.state.epoch, .sequence = durable_, .now_ns = now_},
                  .replay = pending.replay};
    if (pending.decided) {
        const Decided& decided = decided_[*pending.decided];
        answer.outcome = &decided.event;
        answer.stamp = decided.stamp;
    } else if (pending.recalled != nullptr) {
        answer.outcome = &pending.recalled->event;
        answer.stamp = pending.recalled->stamp;
    } else {
        std::visit([&answer](const auto& refusal) { answer.outcome = refusal; }, pending.refusal);
    }
    pending.reply(answer);
}

}  // namespace carecard::sequencer
