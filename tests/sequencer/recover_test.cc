#include <random>

#include "services/journal/codec.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/sequencer/core.h"
#include "tests/journal/temporary_directory.h"
#include "tests/rules/state_summary.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

std::string summary(const rules::State& state) { return rules::StateSummary(state).text(); }

/// A few hundred commands of all kinds, in groups of all sizes.
void live(Machine& machine, rules::World& parties, HandClock& clock) {
    std::mt19937_64 random(7);
    std::vector<rules::OriginalReference> originals;
    std::vector<std::shared_ptr<Told>> waiting;
    for (int step = 0; step < 600; ++step) {
        const auto pence = static_cast<std::int64_t>(random() % 900 + 1);
        const auto dice = random() % 100;
        if (dice < 60 || originals.empty()) {
            rules::Authorise payment = parties.pay(pence);
            payment.merchant.name.text = decltype(payment.merchant.name.text)::of("CORNER SHOP");
            waiting.push_back(machine.submit(payment));
        } else if (dice < 70) {
            machine.submit(parties.reverse(originals[random() % originals.size()], 0));
        } else if (dice < 85) {
            machine.submit(parties.present(originals[random() % originals.size()], pence));
        } else if (dice < 90) {
            machine.submit(parties.refund(originals[random() % originals.size()], pence));
        } else {
            machine.submit(parties.load(pence));
        }
        if (random() % 5 != 0) continue;
        clock.pass(hours(static_cast<std::int64_t>(random() % 3)));
        machine.run();
        for (const auto& told : waiting) {
            if (told->event) {
                const auto& decided = told->as<rules::AuthorisationDecided>();
                if (!decided.decline.declined()) {
                    originals.push_back(rules::by_id({told->stamp.epoch, told->stamp.sequence}));
                }
            }
        }
        waiting.clear();
    }
    machine.run();
}

TEST_F(MachineTest, FoldsTheJournalToTheStateThatWasLive) {
    begin(20'000'00);
    live(*machine_, parties_, clock_);
    ASSERT_GT(machine_->state().last.value, 500U);
    const std::string before = summary(machine_->state());
    const journal::Head head = machine_->core().head;
    const std::size_t keys = machine_->core().request_keys.size();
    restart();
    EXPECT_EQ(summary(machine_->state()), before);
    EXPECT_EQ(machine_->core().head, head);
    EXPECT_EQ(machine_->core().request_keys.size(), keys);
}

TEST_F(MachineTest, RecoversAnEmptyJournalToAnEmptyState) {
    Core core;
    ASSERT_TRUE(recover(store_, vault_, std::nullopt, core));
    EXPECT_EQ(core.head, journal::Head{});
    EXPECT_EQ(core.state.last.value, 0U);
}

TEST_F(MachineTest, RefusesAJournalShorterThanItsHeadFile) {
    begin();
    journal::Head later = machine_->core().head;
    later.sequence.value += 3;
    Core core;
    const Result<Done> recovered = recover(store_, vault_, later, core);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.fault().kind, FaultKind::corrupt);
    EXPECT_NE(recovered.fault().detail.find(std::to_string(later.sequence.value)),
              std::string::npos);
}

/// A copy of a store with one bit flipped in what it gives out.
class FlippingStore final : public journal::Store {
   public:
    FlippingStore(const journal::Store& store, Sequence in, std::size_t at)
        : store_(store), in_(in), at_(at) {}
    Result<Sequence> commit(Sequence, const journal::Record&) override {
        return Fault{.kind = FaultKind::fenced};
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        auto outcome = store_.read(after, buffer, out);
        if (outcome && *outcome == journal::ReadOutcome::record && out.first == in_) {
            buffer[at_ % buffer.size()] ^= std::byte{4};
        }
        return outcome;
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

   private:
    const journal::Store& store_;
    const Sequence in_;
    const std::size_t at_;
};

TEST_F(MachineTest, RefusesAFlippedBitAnywhereInARecordAndNamesItsSequence) {
    begin();
    const Told told = machine_->ask(parties_.pay(100));
    machine_->ask(parties_.pay(100));
    std::vector<std::byte> buffer;
    journal::Record record;
    ASSERT_TRUE(store_.read({told.stamp.sequence.value - 1}, buffer, record));
    for (std::size_t at = 0; at < buffer.size(); ++at) {
        const FlippingStore flipped(store_, told.stamp.sequence, at);
        Core core;
        const Result<Done> recovered = recover(flipped, vault_, std::nullopt, core);
        ASSERT_FALSE(recovered) << "byte " << at;
        if (at < 17) continue;  // magic, version, epoch and sequence: it cannot name itself
        ASSERT_NE(recovered.fault().detail.find(std::to_string(told.stamp.sequence.value)),
                  std::string::npos)
            << "byte " << at << ": " << recovered.fault().detail;
    }
}

TEST_F(MachineTest, OpensSealedTextsAfterARestartAndTheyMatchTheirCommitments) {
    begin();
    rules::Authorise payment = parties_.pay(100);
    payment.merchant.name.text = decltype(payment.merchant.name.text)::of("CORNER SHOP");
    payment.merchant.city.text = decltype(payment.merchant.city.text)::of("LEEDS");
    const Told told = machine_->ask(payment);
    restart();
    const AccountId account = told.as<rules::AuthorisationDecided>().account;
    const Secret* key = machine_->core().keys.find(account);
    ASSERT_NE(key, nullptr);
    std::vector<std::byte> buffer;
    journal::Record record;
    ASSERT_TRUE(store_.read({told.stamp.sequence.value - 1}, buffer, record));
    const auto view = journal::parse_record(record.bytes);
    ASSERT_TRUE(view);
    const journal::EventView event = *view->events().begin();
    const auto decoded = journal::decode_clear(event.clear);
    ASSERT_TRUE(decoded);
    journal::Sealer sealer;
    const auto opened = sealer.open(*key, account, told.stamp.sequence, event.sealed);
    ASSERT_TRUE(opened);
    ASSERT_EQ(opened->size(), 2U);
    EXPECT_EQ((*opened)[0].text, "CORNER SHOP");
    EXPECT_EQ((*opened)[1].text, "LEEDS");
    ASSERT_EQ(decoded->commitments.size(), 2U);
    for (std::size_t index = 0; index < 2; ++index) {
        EXPECT_EQ(journal::commitment((*opened)[index].salt, (*opened)[index].text),
                  decoded->commitments[index]);
    }
    const std::string_view clear(reinterpret_cast<const char*>(event.clear.data()),
                                 event.clear.size());
    EXPECT_EQ(clear.find("CORNER"), std::string_view::npos);
}

TEST_F(MachineTest, StartsWithoutAnErasedKeyAndRecordsWithoutTheTexts) {
    begin();
    ASSERT_TRUE(vault_.erase(machine_->state().find(rules::account_name("A"))->vault_key));
    restart();
    rules::Authorise payment = parties_.pay(100);
    payment.merchant.name.text = decltype(payment.merchant.name.text)::of("CORNER SHOP");
    const Told told = machine_->ask(payment);
    Recall recall(store_);
    const auto recorded = recall.read(told.stamp.sequence, machine_->core().keys);
    ASSERT_TRUE(recorded);
    EXPECT_TRUE(
        std::get<rules::AuthorisationDecided>(recorded->event).request.merchant.name.text.empty());
}

TEST_F(MachineTest, RefusesAVaultThatLostAKeyWhichNobodyErased) {
    begin();
    vault_.lose(machine_->state().find(rules::account_name("A"))->vault_key);
    Core core;
    const Result<Done> recovered = recover(store_, vault_, std::nullopt, core);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(recovered.fault().field, "vault");
    EXPECT_NE(recovered.fault().detail.find("account 1"), std::string::npos);
}

TEST(Recover, FoldsAJournalAndAVaultFromTheDisk) {
    const journal::TemporaryDirectory directory;
    const journal::RocksDbPlace place{.field = "journal", .directory = directory.file("journal")};
    MemoryVault vault;
    HandClock clock;
    rules::World parties;
    std::string before;
    journal::Head head;
    {
        auto store = journal::RocksDbStore::open(place);
        ASSERT_TRUE(store);
        Machine machine(**store, vault, clock);
        machine.set_up(parties, 20'000'00);
        live(machine, parties, clock);
        before = summary(machine.state());
        head = machine.core().head;
    }
    auto store = journal::RocksDbStore::open(place);
    ASSERT_TRUE(store);
    Machine machine(**store, vault, clock, nullptr, head);
    EXPECT_EQ(summary(machine.state()), before);
    EXPECT_TRUE(machine.ask(parties.pay(1)).event);
    EXPECT_EQ((*store)->tail().value, head.sequence.value + 1);
}

}  // namespace
}  // namespace carecard::sequencer
