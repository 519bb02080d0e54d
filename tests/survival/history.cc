#include "tests/survival/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "tests/rules/fixture.h"

namespace carecard::survival {
namespace {

constexpr std::size_t breaches_kept_max = 20;
constexpr std::int64_t recognised_hours = 24;  // within `request_window`, whatever comes between
constexpr std::uint64_t calls_of_a_start = 400;
constexpr std::uint64_t calls_of_a_life = 300;
constexpr int until_the_cut = 1 << 20;
const TimestampNs first_day = rules::utc(2024, 6, 3, 9);

/// Fills the personal texts of a command, which the journal seals.
void set_texts(rules::Command& command, const std::string& text) {
    std::visit(
        [&text](auto& one) {
            rules::visit_free_text(one, [&text](auto& field) {
                field = std::remove_cvref_t<decltype(field)>::of(text);
            });
        },
        command);
}

}  // namespace

void Tally::add(const Tally& other) {
    power_cuts += other.power_cuts;
    kills += other.kills;
    faults += other.faults;
    restarts += other.restarts;
    refused += other.refused;
    answers += other.answers;
    lost += other.lost;
    whole += other.whole;
    absent += other.absent;
    repeats += other.repeats;
    commands += other.commands;
    damage.bytes_dropped += other.damage.bytes_dropped;
    damage.names_dropped += other.damage.names_dropped;
    damage.files_torn += other.damage.files_torn;
    for (const std::string& breach : other.breaches) {
        if (breaches.size() < breaches_kept_max) breaches.push_back(breach);
    }
}

std::string text_of(const Tally& tally) {
    return fmt::format(
        "{} power cuts, {} kills, {} faults, {} restarts, {} refused, {} commands, {} repeats; {} "
        "answers "
        "looked for, {} lost; unanswered: {} whole, {} absent; {} bytes and {} names dropped, {} "
        "files torn",
        tally.power_cuts, tally.kills, tally.faults, tally.restarts, tally.refused, tally.commands,
        tally.repeats, tally.answers, tally.lost, tally.whole, tally.absent,
        tally.damage.bytes_dropped, tally.damage.names_dropped, tally.damage.files_torn);
}

History::History(Disk& disk, std::uint64_t seed)
    : disk_(disk), seed_(seed), random_(seed), commands_(seed) {
    opening_.push_back(rules::AdvanceClock{.request = rules::asked_by("operator", "first-day", ""),
                                           .to = first_day});
    for (rules::Command& command : commands_.opening()) opening_.push_back(std::move(command));
    const Disk::Unwatched unwatched(disk_);
    install(disk_);
}

void History::breach(const std::string& what) {
    if (tally_.breaches.size() < breaches_kept_max) {
        tally_.breaches.push_back(fmt::format("seed {}: {}", seed_, what));
    }
}

bool History::start() {
    ++tally_.restarts;
    auto started = Service::start(disk_);
    if (!started) {
        fault_ = started.fault();
        return false;
    }
    fault_.reset();
    service_ = *std::move(started);
    judge();
    return true;
}

void History::judge() {
    const Disk::Unwatched unwatched(disk_);
    if (disk_.is_stopped()) return;  // the power went with the last call of the start
    const Oracle::Verdict verdict = oracle_.judge(*service_);
    tally_.answers += verdict.answered;
    tally_.lost += verdict.lost;
    tally_.whole += verdict.whole;
    tally_.absent += verdict.absent;
    for (const std::string& what : verdict.breaches) breach(what);
}

void History::submit(std::size_t place) {
    const auto keep = [this, place](const sequencer::Answer& answer) {
        ++replies_;
        const bool first = !oracle_.at(place).answer;
        oracle_.heard(place, answer);
        const auto* event = std::get_if<const rules::Event*>(&answer.outcome);
        if (first && event != nullptr) commands_.hear(**event);
    };
    // One that the vault or the inbox refused is repeated after the next start.
    (void)service_->submit(oracle_.at(place).command, keep);
}

void History::send(rules::Command command) {
    ++tally_.commands;
    set_texts(command, fmt::format("CORNER SHOP {}", ++texts_));
    submit(oracle_.sending(command));
}

bool History::decide() {
    while (true) {
        const std::uint64_t replies_before = replies_;
        const auto progress = service_->turn();
        if (!progress) {
            if (replies_ != replies_before) breach("a group was answered though its commit failed");
            end();
            return false;
        }
        if (disk_.is_stopped()) {  // killed in the middle of its replies
            end();
            return false;
        }
        if (*progress == sequencer::Sequencer::Progress::idle) return true;
    }
}

void History::repeat() {
    if (!runs()) return;
    for (const std::size_t place : oracle_.unanswered()) submit(place);
    if (!decide() || oracle_.size() == 0) return;
    const TimestampNs now = service_->core().state.last_ns;
    for (int count = 0; count < 5; ++count) {
        const std::size_t place = random_() % oracle_.size();
        const Oracle::Sent& sent = oracle_.at(place);
        const rules::Request* request = sequencer::request_of(sent.command);
        if (request == nullptr || !sent.answer) continue;
        if (now - sent.stamp.now_ns > hours(recognised_hours)) continue;
        ++tally_.repeats;
        submit(place);
    }
    decide();
}

rules::Command History::pass_time() {
    return rules::AdvanceClock{
        .request = rules::asked_by("operator", fmt::format("time-{}", oracle_.size()), ""),
        .to = service_->core().state.last_ns + commands_.pause()};
}

/// The clock moves only between groups, so that no repeat comes too late to be recognised.
rules::Command History::next_command() {
    if (opened_ < opening_.size()) return opening_[opened_++];
    while (true) {
        rules::Command command = commands_.next();
        if (!std::holds_alternative<rules::AdvanceClock>(command)) return command;
    }
}

bool History::live(int groups) {
    for (int group = 0; runs() && group < groups; ++group) {
        if (opened_ > 0 && random_() % 4 == 0) {
            send(pass_time());
            if (!decide()) return false;
        }
        const std::uint64_t size = random_() % 3 == 0 ? 1 + random_() % 8 : 1;
        for (std::uint64_t count = 0; count < size; ++count) {
            send(next_command());
            if (opened_ == 1) break;  // time begins in a group of its own
        }
        if (!decide()) return false;
        if (random_() % 3 == 0) (void)service_->write_head();
    }
    return runs();
}

bool History::open_last_account() {
    const auto first = std::ranges::find_if(opening_, [](const rules::Command& one) {
        return std::holds_alternative<rules::OpenAccount>(one);
    });
    auto open = std::get<rules::OpenAccount>(*first);
    open.request.key = RequestKey::of("last-account");
    open.account.reference = AccountReference::of("last-account");
    const std::size_t accounts = service_->core().state.accounts.size();
    send(open);
    return decide() && service_->core().state.accounts.size() == accounts + 1;
}

void History::end() { service_.reset(); }

void History::stop_in_order() {
    if (!runs()) return;
    (void)service_->write_head();
    end();
}

void History::die() {
    end();
    disk_.heal();
}

void History::lose_power() {
    disk_.stop();
    end();
    disk_.restore_power();
    ++tally_.power_cuts;
}

namespace {

/// Starts on a new disk, works, stops in order, and goes on after a restart; or until it dies.
void play(History& history) {
    if (!history.start()) return;
    if (!history.live(4)) return;
    history.stop_in_order();
    if (!history.start()) return;
    history.repeat();
    history.live(2);
}

/// A commit whose log could not be written is answered by nothing, and the process ends.
bool must_end_the_process(const Disk::Met& met, Trouble trouble) {
    return trouble != Trouble::flipped_bit && met.path.starts_with("/data/journal/") &&
           met.path.ends_with(".log") &&
           (met.operation == Operation::append || met.operation == Operation::sync);
}

}  // namespace

std::vector<Operation> calls_without_trouble(std::uint64_t seed) {
    Disk disk(seed);
    History history(disk, seed);
    play(history);
    history.die();
    return disk.operations();
}

Tally trouble_at(std::uint64_t seed, std::uint64_t call, Trouble trouble) {
    Disk disk(seed);
    History history(disk, seed);
    disk.trouble_after(call, trouble);
    play(history);
    const std::optional<Disk::Met> met = disk.met();
    if (!met) return {};
    if (history.runs() && must_end_the_process(*met, trouble)) history.breach("it went on");
    // A bit of the very last record is only the head file's to notice, so it is written first.
    if (trouble == Trouble::flipped_bit) history.stop_in_order();
    if (call % 2 == 0) {
        history.lose_power();
    } else {
        history.die();
    }
    std::uint64_t refused = 0;
    for (int restart = 0; restart < 2; ++restart) {
        if (!history.start()) {
            if (trouble == Trouble::flipped_bit) {
                refused = 1;
                break;
            }
            history.breach("does not start: " + history.fault()->detail);
            break;
        }
        history.repeat();
        history.live(4);
        history.stop_in_order();
    }
    Tally tally = history.tally();
    tally.faults = 1;
    tally.refused = refused;
    for (std::string& breach : tally.breaches) breach += " (" + met->text + ")";
    return tally;
}

namespace {

/// Ends a history in which the process was killed: it starts, goes on, and starts again.
Tally go_on_after_kills(History& history, std::uint64_t kills) {
    for (int restart = 0; restart < 2; ++restart) {
        if (!history.start()) {
            history.breach("does not start: " + history.fault()->detail);
            break;
        }
        history.repeat();
        history.live(4);
        history.stop_in_order();
    }
    Tally tally = history.tally();
    tally.kills = kills;
    return tally;
}

/// Kills the process at a call of its start.
/// @return whether the start had such a call.
bool kill_at_start(Disk& disk, History& history, std::uint64_t call) {
    disk.cut_after(call);
    const bool started = history.start();
    const bool killed = disk.is_stopped();
    if (!started && !killed) history.breach("does not start: " + history.fault()->detail);
    history.die();
    return killed;
}

}  // namespace

Tally killed_at(std::uint64_t seed, std::uint64_t call) {
    constexpr std::uint64_t stride = 7;  // so that neighbours meet different calls of the recovery
    Disk disk(seed);
    History history(disk, seed);
    disk.cut_after(call);
    play(history);
    if (!disk.is_stopped()) return {};
    history.die();
    const bool again = kill_at_start(disk, history, call * stride % calls_of_a_start);
    Tally tally = go_on_after_kills(history, again ? 2 : 1);
    for (std::string& breach : tally.breaches) breach += fmt::format(" (killed at {})", call);
    return tally;
}

Tally killed_in_recovery_at(std::uint64_t seed, std::uint64_t call) {
    Disk disk(seed);
    History history(disk, seed);
    history.start();
    history.live(8);
    history.die();
    if (!kill_at_start(disk, history, call)) return {};
    Tally tally = go_on_after_kills(history, 2);
    for (std::string& breach : tally.breaches) {
        breach += fmt::format(" (killed at {} of its recovery)", call);
    }
    return tally;
}

Tally power_cuts(std::uint64_t seed, int cuts) {
    std::mt19937_64 random(seed);
    Disk disk(seed);
    History history(disk, seed);
    for (int cut = 0; cut < cuts; ++cut) {
        const bool in_recovery = random() % 3 == 0;
        if (in_recovery) disk.cut_after(random() % calls_of_a_start);
        if (!history.start() && !disk.is_stopped()) {
            history.breach("does not start: " + history.fault()->detail);
            return history.tally();
        }
        if (!in_recovery) disk.cut_after(random() % calls_of_a_life);
        history.repeat();
        history.live(until_the_cut);
        history.lose_power();
    }
    if (!history.start()) history.breach("does not start: " + history.fault()->detail);
    history.repeat();
    history.live(5);
    history.stop_in_order();
    if (!history.start()) history.breach("does not start: " + history.fault()->detail);
    Tally tally = history.tally();
    tally.damage = disk.damage();
    return tally;
}

}  // namespace carecard::survival
