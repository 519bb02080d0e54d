#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/limits.h"
#include "services/journal/memory_store.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/store.h"
#include "services/journal/verify.h"
#include "tests/journal/record_chain.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

/// One adapter under test, which can be closed and opened again.
class Adapter {
   public:
    virtual ~Adapter() = default;
    virtual Store& store() = 0;
    virtual void reopen() = 0;
};

/// Memory lasts as long as its object, so there is nothing to close.
class MemoryAdapter final : public Adapter {
   public:
    Store& store() override { return store_; }
    void reopen() override {}

   private:
    MemoryStore store_;
};

class RocksDbAdapter final : public Adapter {
   public:
    RocksDbAdapter() { open(); }
    Store& store() override { return *store_; }
    void reopen() override {
        store_.reset();
        open();
    }

   private:
    void open() {
        Result<std::unique_ptr<RocksDbStore>> opened = RocksDbStore::open(
            {.field = "journal_directory", .directory = directory_.file("journal")});
        ASSERT_TRUE(opened) << opened.fault().detail;
        store_ = *std::move(opened);
    }

    TemporaryDirectory directory_;
    std::unique_ptr<RocksDbStore> store_;
};

enum class Kind : unsigned char { memory, rocksdb };

class StoreContract : public ::testing::TestWithParam<Kind> {
   protected:
    StoreContract() {
        if (GetParam() == Kind::memory) {
            adapter_ = std::make_unique<MemoryAdapter>();
        } else {
            adapter_ = std::make_unique<RocksDbAdapter>();
        }
    }

    Store& store() { return adapter_->store(); }

    std::unique_ptr<Adapter> adapter_;
    RecordChain chain_;
    std::vector<std::byte> buffer_;
    Record record_;
};

TEST_P(StoreContract, IsEmptyAtFirst) {
    EXPECT_EQ(store().tail(), Sequence{0});
    const Result<ReadOutcome> outcome = store().read({0}, buffer_, record_);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, ReadOutcome::end);
}

TEST_P(StoreContract, ReadsTheRecordThatHoldsTheNextSequence) {
    std::vector<std::vector<std::byte>> written;
    Sequence tail{0};
    for (const std::uint32_t events : {1U, 3U, 2U}) {
        written.push_back(chain_.next({.events = events}));
        const Result<Sequence> committed = store().commit(
            tail,
            {.first = {tail.value + 1}, .last = chain_.head.sequence, .bytes = written.back()});
        ASSERT_TRUE(committed);
        EXPECT_EQ(*committed, chain_.head.sequence);
        tail = *committed;
        EXPECT_EQ(store().tail(), tail);
    }
    struct Row {
        std::uint64_t after;
        std::size_t record;
        Sequence first;
        Sequence last;
    };
    const Row rows[] = {{0, 0, {1}, {1}}, {1, 1, {2}, {4}}, {2, 1, {2}, {4}},
                        {3, 1, {2}, {4}}, {4, 2, {5}, {6}}, {5, 2, {5}, {6}}};
    for (const Row& row : rows) {
        const Result<ReadOutcome> outcome = store().read({row.after}, buffer_, record_);
        ASSERT_TRUE(outcome) << row.after;
        ASSERT_EQ(*outcome, ReadOutcome::record) << row.after;
        EXPECT_EQ(record_.first, row.first) << row.after;
        EXPECT_EQ(record_.last, row.last) << row.after;
        EXPECT_EQ(buffer_, written[row.record]) << row.after;
        EXPECT_EQ(record_.bytes.data(), buffer_.data());
    }
}

TEST_P(StoreContract, AppendsSeveralRecordsAtOnceAsOneAfterAnother) {
    chain_.commit_to(store(), {.events = 2});
    std::vector<std::vector<std::byte>> written;
    std::vector<Record> records;
    for (const std::uint32_t events : {3U, 1U, 2U}) {
        const Sequence first{chain_.head.sequence.value + 1};
        written.push_back(chain_.next({.events = events}));
        records.push_back({.first = first, .last = chain_.head.sequence, .bytes = written.back()});
    }
    const Result<Sequence> none = store().commit_all({2}, {});
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, Sequence{2});
    const Result<Sequence> committed = store().commit_all({2}, records);
    ASSERT_TRUE(committed);
    EXPECT_EQ(*committed, Sequence{8});
    adapter_->reopen();
    EXPECT_EQ(store().tail(), Sequence{8});
    const Result<Head> verified = verify_chain(store(), Head{}, ignore_records());
    ASSERT_TRUE(verified);
    EXPECT_EQ(*verified, chain_.head);
}

TEST_P(StoreContract, RefusesAGapAmongSeveralRecords) {
    const std::vector<std::byte> bytes = chain_.next({.events = 1});
    const std::vector<Record> records = {{.first = {1}, .last = {1}, .bytes = bytes},
                                         {.first = {3}, .last = {3}, .bytes = bytes}};
    const Result<Sequence> committed = store().commit_all({0}, records);
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.fault().kind, FaultKind::malformed);
}

TEST_P(StoreContract, LeavesTheOutputsAloneAtTheEnd) {
    chain_.commit_to(store(), {.events = 2});
    ASSERT_TRUE(store().read({0}, buffer_, record_));
    const std::vector<std::byte> before = buffer_;
    for (const std::uint64_t after : {2ULL, 3ULL, ~0ULL}) {
        const Result<ReadOutcome> outcome = store().read({after}, buffer_, record_);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(*outcome, ReadOutcome::end);
        EXPECT_EQ(buffer_, before);
        EXPECT_EQ(record_.last, Sequence{2});
    }
}

TEST_P(StoreContract, FencesACommitAfterAnotherTailAndChangesNothing) {
    chain_.commit_to(store(), {.events = 2});
    const Head durable = chain_.head;
    const std::vector<std::byte> bytes = chain_.next({.events = 1});
    for (const std::uint64_t tail : {0ULL, 1ULL, 3ULL}) {
        const Result<Sequence> committed =
            store().commit({tail}, {.first = {tail + 1}, .last = {tail + 1}, .bytes = bytes});
        ASSERT_FALSE(committed) << tail;
        EXPECT_EQ(committed.fault().kind, FaultKind::fenced) << tail;
    }
    EXPECT_EQ(store().tail(), durable.sequence);
    adapter_->reopen();
    const Result<Head> verified = verify_chain(store(), Head{}, ignore_records());
    ASSERT_TRUE(verified);
    EXPECT_EQ(*verified, durable);
}

TEST_P(StoreContract, RefusesAGapAnOverlapAndABadSizeAndStillWorks) {
    chain_.commit_to(store(), {.events = 2});
    const Head durable = chain_.head;
    const std::vector<std::byte> bytes = chain_.next({.events = 1});
    const std::vector<std::byte> too_large(record_bytes_max + 1);
    const Record refused[] = {
        {.first = {4}, .last = {4}, .bytes = bytes},
        {.first = {2}, .last = {3}, .bytes = bytes},
        {.first = {3}, .last = {2}, .bytes = bytes},
        {.first = {3}, .last = {3}, .bytes = {}},
        {.first = {3}, .last = {3}, .bytes = too_large},
    };
    for (const Record& record : refused) {
        const Result<Sequence> committed = store().commit({2}, record);
        ASSERT_FALSE(committed) << record.first.value;
        EXPECT_EQ(committed.fault().kind, FaultKind::malformed);
    }
    EXPECT_EQ(store().tail(), durable.sequence);
    EXPECT_TRUE(store().commit({2}, {.first = {3}, .last = {3}, .bytes = bytes}));
}

TEST_P(StoreContract, KeepsEveryAcknowledgedRecordAfterReopening) {
    for (std::uint32_t index = 0; index < 300; ++index) {
        chain_.commit_to(store(), {.events = 1 + index % 5, .filler_bytes = index});
        if (index % 100 == 50) adapter_->reopen();
    }
    adapter_->reopen();
    EXPECT_EQ(store().tail(), chain_.head.sequence);
    std::uint64_t events = 0;
    const Result<Head> verified =
        verify_chain(store(), Head{}, [&](const RecordView& view) -> Result<Done> {
            for (const EventView event : view.events()) {
                ++events;
                CHECK(event.sequence.value == events);
            }
            return Done{};
        });
    ASSERT_TRUE(verified) << verified.fault().detail;
    EXPECT_EQ(*verified, chain_.head);
    EXPECT_EQ(events, chain_.head.sequence.value);
    chain_.commit_to(store(), {.events = 1});
}

TEST_P(StoreContract, CarriesTheLargestRecord) {
    const std::size_t filler_bytes = event_bytes_max - 100;
    const auto events = static_cast<std::uint32_t>(record_bytes_max / event_bytes_max);
    chain_.commit_to(store(), {.events = events, .filler_bytes = filler_bytes});
    chain_.commit_to(store(), {.events = events, .filler_bytes = filler_bytes});
    adapter_->reopen();
    const Result<Head> verified = verify_chain(store(), Head{}, ignore_records());
    ASSERT_TRUE(verified);
    EXPECT_EQ(*verified, chain_.head);
}

TEST_P(StoreContract, LetsReadersFollowWhileItCommits) {
    constexpr std::uint64_t last = 400;
    std::atomic<std::uint64_t> wrong{0};
    const auto follow = [&] {
        std::vector<std::byte> buffer;
        Record record;
        Sequence after{0};
        while (after.value < last) {
            const Result<ReadOutcome> outcome = store().read(after, buffer, record);
            if (outcome && *outcome == ReadOutcome::end) {
                std::this_thread::yield();
                continue;
            }
            if (!outcome || record.first.value != after.value + 1 || !parse_record(record.bytes)) {
                ++wrong;
                return;
            }
            after = record.last;
        }
    };
    std::thread one(follow);
    std::thread two(follow);
    while (chain_.head.sequence.value < last) chain_.commit_to(store(), {.events = 2});
    one.join();
    two.join();
    EXPECT_EQ(wrong, 0U);
}

std::string name_of(const ::testing::TestParamInfo<Kind>& info) {
    return info.param == Kind::memory ? "Memory" : "RocksDb";
}

INSTANTIATE_TEST_SUITE_P(Adapters, StoreContract, ::testing::Values(Kind::memory, Kind::rocksdb),
                         name_of);

}  // namespace
}  // namespace carecard::journal
