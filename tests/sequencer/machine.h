#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/journal/memory_store.h"
#include "services/journal/random.h"
#include "services/sequencer/memory_tables.h"
#include "services/sequencer/projector.h"
#include "services/sequencer/sequencer.h"
#include "tests/rules/fixture.h"

namespace carecard::sequencer {

/// A vault in memory.
class MemoryVault final : public journal::Vault {
   public:
    Result<Done> put(const VaultKeyId& id, const Secret& key) override {
        keys_.insert_or_assign(id, Secret::copy_of(key.bytes()));
        return Done{};
    }
    [[nodiscard]] Result<Secret> get(const VaultKeyId& id) const override {
        return Secret::copy_of(keys_.at(id).bytes());
    }
    [[nodiscard]] Result<journal::KeyState> state_of(const VaultKeyId& id) const override {
        if (keys_.contains(id)) return journal::KeyState::live;
        return erased_.contains(id) ? journal::KeyState::erased : journal::KeyState::unknown;
    }
    [[nodiscard]] Result<Done> load_all(const journal::KeyVisitor& visitor) const override {
        for (const auto& [id, key] : keys_) visitor(id, Secret::copy_of(key.bytes()));
        return Done{};
    }
    Result<Done> erase(const VaultKeyId& id) override {
        keys_.erase(id);
        erased_.insert(id);
        return Done{};
    }
    /// As a damaged vault does: without a mark.
    void lose(const VaultKeyId& id) { keys_.erase(id); }

   private:
    std::map<VaultKeyId, Secret> keys_;
    std::set<VaultKeyId> erased_;
};

/// A system clock whose two halves the test moves.
class HandClock final : public Clock {
   public:
    [[nodiscard]] ClockReading read() const override { return now; }
    [[nodiscard]] ClockKind kind() const override { return ClockKind::system; }
    /// Time passes: both halves agree.
    void pass(DurationNs time) {
        now.wall = now.wall + time;
        now.monotonic_ns += time.value;
    }
    ClockReading now{.wall = rules::utc(2024, 6, 3, 9), .monotonic_ns = 1'000};
};

/// An answer, kept.
struct Told {
    int times = 0;
    std::optional<rules::Event> event;
    std::optional<rules::Decline> unrecorded;
    std::optional<Fault> fault;
    rules::Stamp stamp;
    bool replay = false;

    template <class Fact>
    [[nodiscard]] const Fact& as() const {
        EXPECT_EQ(times, 1);
        const Fact* fact = event ? std::get_if<Fact>(&*event) : nullptr;
        CHECK(fact != nullptr);
        return *fact;
    }
};

inline Secret fingerprint_key() { return Secret(Fingerprints::key_bytes); }

/// What outlives a machine: its disks.
struct Disks {
    journal::MemoryStore store;
    MemoryVault vault;
    MemoryTables tables;
};

/// A sequencer and its projector over disks that outlive them: making another one is a restart.
/// The projector works when the test says so.
class Machine {
   public:
    Machine(journal::Store& store, MemoryVault& vault, Tables& tables, Clock& clock,
            SimulatedClock* simulated = nullptr, std::optional<journal::Head> head_file = {})
        : vault_(vault), core_(fingerprint_key()), archive_(tables) {
        const Result<Progress> recovered = recover(store, vault, head_file, tables, core_);
        if (!recovered) ADD_FAILURE() << recovered.fault().detail;
        began_at = recovered->imaged.head.sequence;
        projector_.emplace(store, tables, handover_, fingerprint_key(), *recovered);
        sequencer_.emplace(core_,
                           Sequencer::Ports{
                               .store = store,
                               .archive = archive_,
                               .handover = handover_,
                               .clock = clock,
                               .simulated = simulated,
                               .on_durable = [this](const auto&) { ++commits; },
                               .on_clock = [this](auto verdict) { verdicts.push_back(verdict); },
                           });
    }

    Machine(Disks& disks, Clock& clock, SimulatedClock* simulated = nullptr,
            std::optional<journal::Head> head_file = {})
        : Machine(disks.store, disks.vault, disks.tables, clock, simulated, head_file) {}

    /// Brings the projections up to the journal, flushed, so that what is over leaves memory.
    void archive() {
        project();
        ASSERT_TRUE(projector_->flush());
        run();
    }

    /// A whole sweep of images and a flush; the flush alone where nothing has changed, since a
    /// sweep that is wanted waits for the next change.
    void sweep() {
        if (core_.unimaged.empty()) return archive();
        handover_.want_sweep();
        run();
        archive();
        EXPECT_TRUE(projector_->sweep_ended());
    }

    void project() {
        while (true) {
            const Result<Projector::Work> worked = projector_->step();
            if (!worked) FAIL() << worked.fault().detail;
            if (*worked == Projector::Work::idle) break;
            run();
        }
    }

    /// Puts a command into the inbox. The account's key is made as the service does it.
    std::shared_ptr<Told> submit(rules::Command command, std::int64_t deadline_ns = 0) {
        auto told = std::make_shared<Told>();
        std::optional<Secret> key;
        if (auto* open = std::get_if<rules::OpenAccount>(&command)) {
            open->vault_key = journal::random_vault_key_id();
            key = journal::random_secret(32);
            EXPECT_TRUE(vault_.put(open->vault_key, *key));
        }
        const auto keep = [told](const Answer& answer) {
            ++told->times;
            told->stamp = answer.stamp;
            told->replay = answer.replay;
            if (const auto* event = std::get_if<const rules::Event*>(&answer.outcome)) {
                told->event = **event;
            } else if (const auto* fault = std::get_if<Fault>(&answer.outcome)) {
                told->fault = *fault;
            } else {
                told->unrecorded = std::get<rules::RefusedUnrecorded>(answer.outcome).decline;
            }
        };
        const Result<Done> pushed =
            sequencer_->inbox().push(Submission{.command = std::move(command),
                                                .reply = keep,
                                                .deadline_ns = deadline_ns,
                                                .account_key = std::move(key)});
        EXPECT_TRUE(pushed);
        return told;
    }

    /// Takes turns until there is nothing to do.
    void run() {
        for (int turns = 0; turns < 100'000; ++turns) {
            const auto progress = sequencer_->turn();
            if (!progress) FAIL() << progress.fault().detail;
            if (*progress == Sequencer::Progress::idle) return;
        }
        FAIL() << "never idle";
    }

    /// Submits, runs, and gives back the answer, of which there must be exactly one.
    Told ask(rules::Command command) {
        const auto told = submit(std::move(command));
        run();
        EXPECT_EQ(told->times, 1);
        return *told;
    }

    /// The table of offsets, the programme "care" of "riverdale", account "A" with card 1 and
    /// `pence`.
    void set_up(rules::World& parties, std::int64_t pence) {
        ask(rules::SetOffsetTable{.zone = InlineText<32>::of("Europe/London"),
                                  .table = rules::london()});
        ask(parties.programme("care", "riverdale"));
        ask(parties.open_account("A", {"social", "own"}));
        ask(parties.issue_card("A", 1));
        EXPECT_TRUE(ask(parties.load(pence)).event);
    }

    [[nodiscard]] Sequencer& sequencer() { return *sequencer_; }
    [[nodiscard]] const Core& core() const { return core_; }
    [[nodiscard]] const rules::State& state() const { return core_.state; }
    [[nodiscard]] std::int64_t available() const {
        std::int64_t sum = 0;
        for (const auto& purse : state().find(rules::account_name("A"))->purses) {
            sum += purse.available.value;
        }
        return sum;
    }

    [[nodiscard]] Projector& projector() { return *projector_; }
    [[nodiscard]] Handover& handover() { return handover_; }

    Sequence began_at;  ///< Where the images that it began from stand.
    int commits = 0;
    std::vector<ClockGuard::Verdict> verdicts;

   private:
    MemoryVault& vault_;
    Core core_;
    const Archive archive_;
    Handover handover_;
    std::optional<Projector> projector_;
    std::optional<Sequencer> sequencer_;
};

/// What most tests begin with: a machine that is set up, on a clock moved by hand.
class MachineTest : public testing::Test {
   protected:
    void begin(std::int64_t pence = 1'000'00) {
        machine_ = std::make_unique<Machine>(disks_, clock_);
        machine_->set_up(parties_, pence);
    }
    Machine& restart() {
        const journal::Head head = machine_->core().head;
        machine_.reset();
        machine_ = std::make_unique<Machine>(disks_, clock_, nullptr, head);
        return *machine_;
    }

    Disks disks_;
    journal::MemoryStore& store_ = disks_.store;
    MemoryVault& vault_ = disks_.vault;
    HandClock clock_;
    rules::World parties_;  // as a source of commands: its own state stays as it is
    std::unique_ptr<Machine> machine_;
};

}  // namespace carecard::sequencer
