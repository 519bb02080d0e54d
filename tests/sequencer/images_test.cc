#include "services/sequencer/images.h"

#include <set>

#include "tests/sequencer/life.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

/// Tables that remember every batch, so that a test can stop between any two of them.
class RecordedTables final : public Tables {
   public:
    Result<Done> write(const TableBatch& batch) override {
        batches.push_back(batch);
        return tables_.write(batch);
    }
    Result<Done> flush() override { return tables_.flush(); }
    Result<Done> clear() override { return tables_.clear(); }
    [[nodiscard]] Result<Lookup> get(Table table, std::string_view key,
                                     std::string& value) const override {
        return tables_.get(table, key, value);
    }
    [[nodiscard]] Result<Done> scan(Table table, std::string_view prefix, std::string_view from,
                                    const Visitor& visitor) const override {
        return tables_.scan(table, prefix, from, visitor);
    }
    void set_now(TimestampNs) override {}

    std::vector<TableBatch> batches;

   private:
    MemoryTables tables_;
};

/// All of a state, once everything that is over has left memory.
std::string settled(Machine& machine) {
    machine.archive();
    return summary(machine.state());
}

TEST_F(MachineTest, FoldsOnFromTheImagesToTheStateThatWasLive) {
    begin(20'000'00);
    live(*machine_, parties_, clock_);
    machine_->sweep();
    const Sequence swept = machine_->state().last;
    live(*machine_, parties_, clock_);
    const std::string before = settled(*machine_);
    const std::size_t keys = machine_->core().request_keys.size();
    restart();
    EXPECT_EQ(machine_->began_at, swept);
    EXPECT_EQ(machine_->core().request_keys.size(), keys);
    EXPECT_EQ(settled(*machine_), before);
}

TEST_F(MachineTest, StartsFromImagesAloneWhenNothingCameAfterThem) {
    begin();
    machine_->ask(parties_.pay(100));
    machine_->sweep();
    const std::string before = settled(*machine_);
    restart();
    EXPECT_EQ(machine_->began_at, machine_->state().last);
    EXPECT_EQ(settled(*machine_), before);
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).event);
}

TEST_F(MachineTest, DeletingTheImagesChangesOnlyWhereAStartBegins) {
    begin(20'000'00);
    live(*machine_, parties_, clock_);
    machine_->sweep();
    const std::string before = settled(*machine_);
    const std::size_t keys = machine_->core().request_keys.size();
    ASSERT_TRUE(disks_.tables.clear());
    restart();
    EXPECT_EQ(machine_->began_at.value, 0U);
    EXPECT_EQ(machine_->core().request_keys.size(), keys);
    EXPECT_EQ(settled(*machine_), before);
}

TEST_F(MachineTest, GoesBackToTheLastFlushOfTheProjectionsAfterACrash) {
    begin(20'000'00);
    machine_->sweep();
    const Sequence swept = machine_->state().last;
    live(*machine_, parties_, clock_);
    machine_->handover().want_sweep();
    machine_->run();
    machine_->project();  // a later sweep, which no flush follows
    ASSERT_GT(machine_->projector().imaged(), swept);
    disks_.tables.crash();
    restart();
    EXPECT_EQ(machine_->began_at, swept);
}

TEST_F(MachineTest, EmptiesProjectionsOfAnotherJournal) {
    begin();
    machine_->ask(parties_.pay(100));
    machine_->sweep();
    // A journal as long, and another; one that is shorter.
    Disks other;
    Machine elsewhere(other, clock_);
    elsewhere.set_up(parties_, 5);
    const auto tables_of_the_first = disks_.tables;
    for (int payments = 0; payments < 3; ++payments) {
        other.tables = tables_of_the_first;
        Machine machine(other, clock_);
        EXPECT_EQ(machine.began_at.value, 0U) << payments;
        EXPECT_EQ(machine.state().accounts.size(), 1U);
        std::string row;
        EXPECT_EQ(*other.tables.get(Table::progress, "imaged", row), Lookup::none);
        machine.ask(parties_.pay(1));
    }
}

TEST_F(MachineTest, EmptiesProjectionsOfAnotherVersionAndDamagedOnes) {
    begin();
    machine_->ask(parties_.pay(100));
    machine_->sweep();
    const std::string before = settled(*machine_);
    const MemoryTables sound = disks_.tables;
    const auto damage = [&](Table table, const std::string& key, auto change) {
        disks_.tables = sound;
        std::string value;
        ASSERT_EQ(*disks_.tables.get(table, key, value), Lookup::found);
        change(value);
        TableBatch batch;
        batch.put(table, key, value);
        ASSERT_TRUE(disks_.tables.write(batch));
        restart();
        EXPECT_EQ(machine_->began_at.value, 0U);
        EXPECT_EQ(settled(*machine_), before);
    };
    damage(Table::progress, "format", [](std::string& value) { ++value[0]; });
    damage(Table::progress, "projected", [](std::string& value) { value.pop_back(); });
    damage(Table::progress, "imaged", [](std::string& value) { value.pop_back(); });
    damage(Table::image, std::string("\4\0\0\0\1", 5),
           [](std::string& value) { value.pop_back(); });
    damage(Table::image, std::string("\3\0\0\0\1", 5), [](std::string& value) { value += 'x'; });
}

/// Many accounts, so that a sweep is handed over in several parts.
class ManyAccounts : public testing::Test {
   protected:
    static constexpr int accounts = 260;

    ManyAccounts() {
        machine_.set_up(parties_, 1'000'00);
        for (int account = 2; account <= accounts; ++account) {
            const std::string reference = "A" + std::to_string(account);
            rules::OpenAccount open = parties_.open_account(reference, {"social", "own"});
            machine_.submit(open);
            rules::IssueCard issue = parties_.issue_card(reference, 1);
            issue.tokens.clear();
            issue.tokens.push_back(card(account));
            machine_.submit(issue);
            rules::Load load = parties_.load(1'000'00);
            load.account = rules::account_name(reference);
            machine_.submit(load);
        }
        machine_.run();
    }

    static CardToken card(int account) {
        CardToken token = rules::token(static_cast<std::uint8_t>(account % 251));
        token.mac[1] = static_cast<std::byte>(account / 251 + 1);
        return token;
    }
    rules::Authorise payment(int account) {
        rules::Authorise pay = parties_.pay(100);
        if (account > 1) pay.card_token = card(account);
        return pay;
    }
    /// Everyone pays; about half of it is cleared or reversed.
    void pay_with_all() {
        for (int account = 1; account <= accounts; ++account) {
            rules::Authorise pay = payment(account);
            const Told told = machine_.ask(pay);
            const auto original = rules::by_id(told.as<rules::AuthorisationDecided>().id);
            rules::Present present = parties_.present(original, 60);
            present.card_token = pay.card_token;
            rules::Reverse reverse = parties_.reverse(original, 0);
            reverse.card_token = pay.card_token;
            if (account % 4 == 0) machine_.submit(present);
            if (account % 4 == 1) machine_.submit(reverse);
        }
        machine_.run();
    }

    journal::MemoryStore store_;
    MemoryVault vault_;
    RecordedTables tables_;
    HandClock clock_;
    rules::World parties_;
    Machine machine_{store_, vault_, tables_, clock_};
};

TEST_F(ManyAccounts, RecoverTheSameStateWhereverASweepWasCutShort) {
    for (int times = 0; times < 6; ++times) pay_with_all();
    machine_.sweep();
    const std::size_t first_sweep = tables_.batches.size();
    for (int times = 0; times < 6; ++times) pay_with_all();
    // A second sweep, with payments, a new account, a card, an agreement and a day's end between
    // its parts.
    machine_.handover().want_sweep();
    machine_.run();
    machine_.ask(payment(3));
    machine_.ask(parties_.open_account("late", {"social"}));
    machine_.ask(parties_.agree({.single_max = AmountMinor{99'00}}));
    ASSERT_TRUE(machine_.projector().step());
    clock_.pass(hours(15));
    machine_.ask(payment(2));
    rules::IssueCard issue = parties_.issue_card("late", 1);
    issue.tokens.clear();
    issue.tokens.push_back(card(700));
    machine_.ask(issue);
    machine_.archive();
    ASSERT_TRUE(machine_.projector().sweep_ended());
    const std::string whole = settled(machine_);
    std::set<std::size_t> cuts;  // around each part of a sweep, and some others
    std::size_t parts = 0;
    for (std::size_t index = 0; index < tables_.batches.size(); ++index) {
        if (index % 300 == 0) cuts.insert(index);
        if (tables_.batches[index].rows().front().table != Table::image) continue;
        cuts.insert({index - 1, index, index + 1, index + 2});
        if (index >= first_sweep) ++parts;
    }
    ASSERT_GE(parts, 3U) << "the sweep is too small to be cut short";

    std::set<std::uint64_t> beginnings;
    MemoryTables before;
    for (std::size_t cut = 0; cut <= tables_.batches.size(); ++cut) {
        if (cuts.contains(cut) || cut == tables_.batches.size()) {
            MemoryTables tables = before;
            ASSERT_TRUE(tables.flush());
            Machine machine(store_, vault_, tables, clock_, nullptr, machine_.core().head);
            beginnings.insert(machine.began_at.value);
            ASSERT_EQ(settled(machine), whole) << "after " << cut << " batches";
        }
        if (cut < tables_.batches.size()) {
            ASSERT_TRUE(before.write(tables_.batches[cut]));
        }
    }
    EXPECT_EQ(beginnings.size(), 3U) << "from the first event, and from each of two sweeps";
}

TEST_F(ManyAccounts, HaveImagesOfWhatChangedOnly) {
    machine_.sweep();
    const std::size_t before = tables_.batches.size();
    machine_.ask(payment(7));
    machine_.sweep();
    std::vector<std::string> accounts_copied;
    for (std::size_t index = before; index < tables_.batches.size(); ++index) {
        for (const TableBatch::Row& row : tables_.batches[index].rows()) {
            if (row.table == Table::image && row.key[0] == 4) accounts_copied.push_back(row.key);
        }
    }
    EXPECT_EQ(accounts_copied, (std::vector<std::string>{std::string("\4\0\0\0\7", 5)}));
}

}  // namespace
}  // namespace carecard::sequencer
