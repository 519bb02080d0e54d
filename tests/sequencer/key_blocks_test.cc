#include "services/sequencer/key_blocks.h"

#include "common/limits.h"
#include "services/sequencer/memory_tables.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

TEST_F(MachineTest, RecognisesARepeatAfterAStartThatReadsNoJournal) {
    begin();
    const rules::Authorise payment = parties_.pay(100);
    const Told first = machine_->ask(payment);
    const std::size_t keys = machine_->core().request_keys.size();
    machine_->sweep();
    restart();
    ASSERT_EQ(machine_->began_at, machine_->state().last);
    EXPECT_EQ(machine_->core().request_keys.size(), keys);
    const Told again = machine_->ask(payment);
    EXPECT_TRUE(again.replay);
    EXPECT_EQ(again.stamp.sequence, first.stamp.sequence);
}

TEST_F(MachineTest, KnowsEachKeyOnceWhenBlocksGoFurtherThanImages) {
    begin();
    machine_->sweep();
    machine_->ask(parties_.pay(100));
    machine_->archive();  // blocks, and no image
    machine_->ask(parties_.pay(100));
    const std::size_t keys = machine_->core().request_keys.size();
    restart();
    ASSERT_LT(machine_->began_at, machine_->state().last);
    EXPECT_EQ(machine_->core().request_keys.size(), keys);
}

class KeyBlocks : public testing::Test {
   protected:
    void write(std::uint64_t first, TimestampNs stamp, std::vector<std::uint64_t> fingerprints) {
        KeyBlock block;
        block.begin({first}, stamp);
        for (const std::uint64_t fingerprint : fingerprints) block.add(fingerprint, {first++});
        TableBatch batch;
        block.put(batch);
        ASSERT_TRUE(tables_.write(batch));
    }

    const TimestampNs start_{1'000};
    MemoryTables tables_;
    RequestKeys keys_;
};

TEST_F(KeyBlocks, AreReadWithinTheWindowAndPassedOverAfterIt) {
    write(1, start_, {7, 8});
    write(3, start_ + hours(1), {9});
    ASSERT_TRUE(load_key_blocks(tables_, start_ + request_window + minutes(1), keys_));
    EXPECT_EQ(keys_.size(), 1U);
    std::vector<std::uint64_t> found;
    keys_.find(9, [&](Sequence sequence) {
        found.push_back(sequence.value);
        return false;
    });
    EXPECT_EQ(found, (std::vector<std::uint64_t>{3}));
}

TEST_F(KeyBlocks, WithoutAnEntryLeaveNoRow) {
    write(1, start_, {});
    std::string value;
    EXPECT_EQ(*tables_.get(Table::request_key, std::string("\0\0\0\0\0\0\0\1", 8), value),
              Lookup::none);
}

TEST_F(KeyBlocks, ThatAreDamagedAreRefused) {
    for (const std::string& value : {std::string(7, 'x'), std::string(8 + 15, 'x'),
                                     std::string(8, '\x7f') + std::string(16, '\0')}) {
        MemoryTables tables;
        TableBatch batch;
        batch.put(Table::request_key, "12345678", value);
        ASSERT_TRUE(tables.write(batch));
        EXPECT_FALSE(load_key_blocks(tables, start_, keys_)) << value.size();
    }
}

}  // namespace
}  // namespace carecard::sequencer
