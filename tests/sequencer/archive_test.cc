#include "services/sequencer/archive.h"

#include <random>

#include "tests/rules/random_commands.h"
#include "tests/sequencer/life.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

/// An approved payment with every name a network gives.
class ArchivedAuthorisation : public MachineTest {
   protected:
    ArchivedAuthorisation() { begin(); }

    rules::AuthorisationDecided pay(std::int64_t pence) {
        rules::Authorise payment = parties_.pay(pence);
        const std::string number = std::to_string(100'000 + ++payments_);
        payment.identity = {.network_transaction_id = InlineText<15>::of("300000000" + number),
                            .acquirer = InlineText<11>::of("400123"),
                            .stan = InlineText<6>::of(number),
                            .transmission_time = InlineText<10>::of("0603090000"),
                            .rrn = InlineText<12>::of("000000" + number)};
        payment.local_date = InlineText<4>::of("0603");
        return machine_->ask(payment).as<rules::AuthorisationDecided>();
    }
    rules::AuthorisationDecided pay_and_clear(std::int64_t pence) {
        const auto decided = pay(pence);
        machine_->ask(parties_.present(rules::by_id(decided.id), pence));
        return decided;
    }
    rules::Presented refund(const rules::OriginalReference& original, std::int64_t pence) {
        return machine_->ask(parties_.refund(original, pence)).as<rules::Presented>();
    }
    /// Every way to name it, and which name should find it.
    static std::vector<std::pair<rules::OriginalReference, rules::MatchedBy>> names_of(
        const rules::AuthorisationDecided& decided) {
        const rules::NetworkIdentity& identity = decided.request.identity;
        rules::NetworkIdentity trace = identity;
        trace.network_transaction_id = {};
        rules::NetworkIdentity reference = trace;
        reference.transmission_time = {};
        return {
            {rules::by_id(decided.id), rules::MatchedBy::authorisation_id},
            {{.caller = decided.request.request.caller, .request_key = decided.request.request.key},
             rules::MatchedBy::request_key},
            {{.identity = {.network_transaction_id = identity.network_transaction_id}},
             rules::MatchedBy::network_transaction_id},
            {{.identity = trace}, rules::MatchedBy::trace},
            {{.identity = reference, .local_date = decided.request.local_date},
             rules::MatchedBy::local_reference},
            {{.authorisation_code = decided.code}, rules::MatchedBy::authorisation_code}};
    }

    int payments_ = 0;
};

TEST_F(ArchivedAuthorisation, LeavesMemoryOnceTheArchiveHasItDurablyAndNotBefore) {
    const auto open = pay(100);
    const auto cleared = pay_and_clear(200);
    EXPECT_EQ(machine_->state().authorisations.size(), 2U);
    machine_->project();
    machine_->run();
    EXPECT_NE(machine_->state().find(cleared.id), nullptr) << "written, and not flushed";
    machine_->archive();
    EXPECT_EQ(machine_->state().find(cleared.id), nullptr);
    EXPECT_NE(machine_->state().find(open.id), nullptr);
    EXPECT_TRUE(machine_->state().applied_once.empty());
    EXPECT_TRUE(machine_->state().leaving.empty());
}

TEST_F(ArchivedAuthorisation, IsFoundByEachOfItsNamesAndLeavesAgain) {
    const auto decided = pay_and_clear(500);
    for (const auto& [name, by] : names_of(decided)) {
        machine_->archive();
        ASSERT_TRUE(machine_->state().authorisations.empty());
        const rules::Presented event = refund(name, 10);
        EXPECT_EQ(event.matched_by, by);
        EXPECT_EQ(event.after.id, decided.id);
        EXPECT_EQ(event.unmatched.value, 0);
    }
    machine_->archive();
    const rules::Presented last = refund(rules::by_id(decided.id), 500);
    EXPECT_EQ(last.after.presented_credit.value, 560) << "each change is in the archive";
    EXPECT_EQ(last.unmatched.value, 60);
}

TEST_F(ArchivedAuthorisation, IsReadWhenItMayBeMeantAndNeverForAnAuthorisation) {
    const auto decided = pay_and_clear(500);
    machine_->archive();
    const PrefetchCounters before = machine_->sequencer().counters().prefetch;
    pay(100);
    EXPECT_EQ(machine_->sequencer().counters().prefetch.reads, before.reads);
    refund(rules::by_id(decided.id), 10);
    const PrefetchCounters after = machine_->sequencer().counters().prefetch;
    EXPECT_EQ(after.reads, before.reads + 2) << "the presentment's id, and the authorisation";
    EXPECT_EQ(after.found, before.found + 1);
}

TEST_F(ArchivedAuthorisation, KeepsAnAmbiguousNameAmbiguous) {
    rules::Authorise first = parties_.pay(100);
    first.identity.network_transaction_id = InlineText<15>::of("300000000000077");
    rules::Authorise second = parties_.pay(100);
    second.identity = first.identity;
    const auto cleared = machine_->ask(first).as<rules::AuthorisationDecided>();
    machine_->ask(parties_.present(rules::by_id(cleared.id), 100));
    machine_->archive();
    machine_->ask(second);
    const Told told = machine_->ask(parties_.reverse({.identity = first.identity}, 0));
    EXPECT_EQ(told.as<rules::Reversed>().decline.reason, rules::DeclineReason::original_ambiguous);
}

TEST_F(ArchivedAuthorisation, AppliesALoadAndAPresentmentOnceHoweverLongAgoItLeft) {
    const auto decided = pay(100);
    rules::Load load = parties_.load(700);
    rules::Present present = parties_.present(rules::by_id(decided.id), 100);
    const Told loaded = machine_->ask(load);
    const Told presented = machine_->ask(present);
    const std::int64_t available = machine_->available();
    clock_.pass(days(500));
    machine_->archive();
    restart();
    machine_->archive();
    EXPECT_TRUE(machine_->state().applied_once.empty());
    load.request.key = RequestKey::of("another-key");
    present.request.key = RequestKey::of("a-third-key");
    for (const auto& [again, first] :
         {std::pair(machine_->ask(load), loaded), std::pair(machine_->ask(present), presented)}) {
        EXPECT_TRUE(again.replay);
        EXPECT_EQ(again.stamp.sequence, first.stamp.sequence);
    }
    EXPECT_EQ(machine_->available(), available);
    load.amount.value += 1;
    load.request.key = RequestKey::of("a-fourth-key");
    const Told other = machine_->ask(load);
    ASSERT_TRUE(other.fault);
    EXPECT_EQ(other.fault->field, "reference");
}

TEST_F(ArchivedAuthorisation, IsFoundByTheClearingThatIsTakenBackAndOnlyOnce) {
    const auto decided = pay(500);
    const rules::Present cleared = parties_.present(rules::by_id(decided.id), 500);
    machine_->ask(cleared);
    for (const bool first : {true, false}) {
        machine_->archive();
        restart();
        machine_->archive();
        ASSERT_TRUE(machine_->state().authorisations.empty());
        ASSERT_TRUE(machine_->state().applied_once.empty());
        const auto event = machine_->ask(parties_.take_back(cleared)).as<rules::Presented>();
        EXPECT_EQ(event.after.id.none(), !first);
        EXPECT_EQ(event.exception.reason, first
                                              ? rules::ExceptionReason::none
                                              : rules::ExceptionReason::presentment_reversed_twice);
    }
}

TEST_F(ArchivedAuthorisation, IsFoundByAnAdvicesOwnMarks) {
    const auto decided = pay_and_clear(500);
    machine_->archive();
    rules::Advise advice = parties_.advise(rules::AdviceKind::stand_in_approved, {}, 500);
    advice.identity = decided.request.identity;
    const auto event = machine_->ask(advice).as<rules::Advised>();
    EXPECT_EQ(event.after.id, decided.id);
    EXPECT_EQ(event.reserved, AmountMinor{0});
}

TEST_F(ArchivedAuthorisation, IsForgottenAfterItsRetention) {
    const auto decided = pay_and_clear(500);
    machine_->archive();
    clock_.pass(authorisation_retention);
    clock_.pass(minutes(1));
    const rules::Presented event = refund(rules::by_id(decided.id), 10);
    EXPECT_EQ(event.matched_by, rules::MatchedBy::nothing);
    EXPECT_EQ(event.unmatched.value, 10);
}

/// Tables whose reads can be made to fail.
class FailingTables final : public Tables {
   public:
    Result<Done> write(const TableBatch& batch) override { return tables_.write(batch); }
    Result<Done> flush() override { return tables_.flush(); }
    Result<Done> clear() override { return tables_.clear(); }
    [[nodiscard]] Result<Lookup> get(Table table, std::string_view key,
                                     std::string& value) const override {
        if (failing) return fault();
        return tables_.get(table, key, value);
    }
    [[nodiscard]] Result<Done> scan(Table table, std::string_view prefix, std::string_view from,
                                    const Visitor& visitor) const override {
        if (failing) return fault();
        return tables_.scan(table, prefix, from, visitor);
    }
    void set_now(TimestampNs) override {}

    bool failing = false;

   private:
    static Fault fault() {
        return {.kind = FaultKind::unavailable, .field = "projections", .detail = "gone"};
    }
    MemoryTables tables_;
};

TEST(Archive, ThatCannotBeReadStopsWhatNeedsItAndNothingElse) {
    Disks disks;
    FailingTables tables;
    HandClock clock;
    rules::World parties;
    Machine machine(disks.store, disks.vault, tables, clock);
    machine.set_up(parties, 1'000'00);
    tables.failing = true;
    const rules::Load load = parties.load(700);
    const Told refused = machine.ask(load);
    ASSERT_TRUE(refused.fault);
    EXPECT_EQ(refused.fault->kind, FaultKind::unavailable);
    EXPECT_EQ(machine.available(), 1'000'00);
    EXPECT_TRUE(machine.ask(parties.pay(100)).event) << "authorisations go on";
    tables.failing = false;
    EXPECT_TRUE(machine.ask(load).event) << "the same request, later";
}

/// What two answers to one command must agree on: vault keys are made for each attempt.
std::string difference(const Told& one, const Told& other) {
    if (one.replay != other.replay) return "one is a replay";
    if (!(one.stamp == other.stamp)) return "stamps differ";
    if (one.event.has_value() != other.event.has_value()) return "one is refused";
    if (one.unrecorded != other.unrecorded) return "declines differ";
    if (one.fault.has_value() != other.fault.has_value()) return "one is at fault";
    if (one.fault && one.fault->detail != other.fault->detail) return "faults differ";
    if (!one.event || std::holds_alternative<rules::AccountOpened>(*one.event)) return "";
    return *one.event == *other.event ? "" : "events differ";
}

/// Two lives of one journal: one machine keeps everything in memory; the other archives, sweeps,
/// restarts and crashes as the dice say. Nobody can tell them apart.
void compare_lives(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    rules::RandomCommands commands(seed);
    HandClock clock;
    Disks remembering;
    Disks forgetting;
    Machine keeper(remembering, clock);
    auto machine = std::make_unique<Machine>(forgetting, clock);
    const auto both = [&](const rules::Command& command) {
        const Told expected = keeper.ask(command);
        const Told told = machine->ask(command);
        ASSERT_EQ(difference(told, expected), "")
            << "seed " << seed << ", sequence " << expected.stamp.sequence.value;
        if (expected.event) commands.hear(*expected.event, expected.stamp);
    };
    std::uint64_t archive_reads = 0;
    for (const rules::Command& command : commands.opening()) both(command);
    for (int step = 0; step < 1'500; ++step) {
        clock.pass(commands.pause());
        both(commands.next());
        if (testing::Test::HasFatalFailure()) return;
        const auto dice = random() % 100;
        if (dice < 5) machine->archive();
        if (dice >= 5 && dice < 9) machine->sweep();
        if (dice >= 9 && dice < 12) machine->project();
        if (dice < 12 || dice > 14) continue;
        const journal::Head head = machine->core().head;
        archive_reads += machine->sequencer().counters().prefetch.reads;
        machine.reset();
        if (dice == 12) forgetting.tables.crash();
        machine = std::make_unique<Machine>(forgetting, clock, nullptr, head);
    }
    EXPECT_LT(machine->state().authorisations.size(), keeper.state().authorisations.size());
    EXPECT_GT(archive_reads, 0U);
}

TEST(Archive, AnswersEveryCommandAsIfNothingHadEverLeftMemory) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        compare_lives(seed);
        if (testing::Test::HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace carecard::sequencer
