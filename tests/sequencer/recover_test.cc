#include "services/journal/codec.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/sequencer/core.h"
#include "tests/journal/temporary_directory.h"
#include "tests/sequencer/flipping_store.h"
#include "tests/sequencer/life.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

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
    Core core(fingerprint_key());
    ASSERT_TRUE(recover(store_, vault_, std::nullopt, disks_.tables, core));
    EXPECT_EQ(core.head, journal::Head{});
    EXPECT_EQ(core.state.last.value, 0U);
}

TEST_F(MachineTest, RefusesAJournalShorterThanItsHeadFile) {
    begin();
    journal::Head later = machine_->core().head;
    later.sequence.value += 3;
    Core core(fingerprint_key());
    const auto recovered = recover(store_, vault_, later, disks_.tables, core);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.fault().kind, FaultKind::corrupt);
    EXPECT_NE(recovered.fault().detail.find(std::to_string(later.sequence.value)),
              std::string::npos);
}

TEST_F(MachineTest, RefusesAFlippedBitAnywhereInARecordAndNamesItsSequence) {
    begin();
    const Told told = machine_->ask(parties_.pay(100));
    machine_->ask(parties_.pay(100));
    std::vector<std::byte> buffer;
    journal::Record record;
    ASSERT_TRUE(store_.read({told.stamp.sequence.value - 1}, buffer, record));
    for (std::size_t at = 0; at < buffer.size(); ++at) {
        const FlippingStore flipped(store_, told.stamp.sequence, at);
        Core core(fingerprint_key());
        const auto recovered = recover(flipped, vault_, std::nullopt, disks_.tables, core);
        ASSERT_FALSE(recovered) << "byte " << at;
        if (at < 17) continue;  // magic, version, epoch and sequence: it cannot name itself
        ASSERT_NE(recovered.fault().detail.find(std::to_string(told.stamp.sequence.value)),
                  std::string::npos)
            << "byte " << at << ": " << recovered.fault().detail;
    }
}

TEST_F(MachineTest, VerifiesEveryRecordAfterTheImagesAndTrustsThemForTheRest) {
    begin();
    const Told before = machine_->ask(parties_.pay(100));
    machine_->ask(parties_.pay(100));
    machine_->sweep();
    const Sequence swept = machine_->state().last;
    const Told after = machine_->ask(parties_.pay(100));
    machine_->ask(parties_.pay(100));
    const auto recover_with_flipped = [&](Sequence in, Core& core) {
        const FlippingStore flipped(store_, in, 70);
        return recover(flipped, vault_, machine_->core().head, disks_.tables, core);
    };
    Core early(fingerprint_key());
    const auto begun = recover_with_flipped(before.stamp.sequence, early);
    ASSERT_TRUE(begun) << begun.fault().detail;
    EXPECT_EQ(begun->imaged.head.sequence, swept);
    EXPECT_EQ(early.head, machine_->core().head);
    Core late(fingerprint_key());
    const auto refused = recover_with_flipped(after.stamp.sequence, late);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
    EXPECT_NE(refused.fault().detail.find(std::to_string(after.stamp.sequence.value)),
              std::string::npos)
        << refused.fault().detail;
    // Where the images stand, the record says whose they are: they are not believed, and the
    // journal is read from its first record to the one that is wrong.
    Core there(fingerprint_key());
    const auto at_the_images = recover_with_flipped(swept, there);
    ASSERT_FALSE(at_the_images);
    EXPECT_NE(at_the_images.fault().detail.find(std::to_string(swept.value)), std::string::npos);
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
    Core core(fingerprint_key());
    const auto recovered = recover(store_, vault_, std::nullopt, disks_.tables, core);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(recovered.fault().field, "vault");
    EXPECT_NE(recovered.fault().detail.find("account 1"), std::string::npos);
}

TEST(Recover, FoldsAJournalAndAVaultFromTheDisk) {
    const journal::TemporaryDirectory directory;
    const journal::RocksDbPlace place{.field = "journal", .directory = directory.file("journal")};
    MemoryVault vault;
    MemoryTables tables;
    HandClock clock;
    rules::World parties;
    std::string before;
    journal::Head head;
    {
        auto store = journal::RocksDbStore::open(place);
        ASSERT_TRUE(store);
        Machine machine(**store, vault, tables, clock);
        machine.set_up(parties, 20'000'00);
        live(machine, parties, clock);
        before = summary(machine.state());
        head = machine.core().head;
    }
    auto store = journal::RocksDbStore::open(place);
    ASSERT_TRUE(store);
    Machine machine(**store, vault, tables, clock, nullptr, head);
    EXPECT_EQ(summary(machine.state()), before);
    EXPECT_TRUE(machine.ask(parties.pay(1)).event);
    EXPECT_EQ((*store)->tail().value, head.sequence.value + 1);
}

}  // namespace
}  // namespace carecard::sequencer
