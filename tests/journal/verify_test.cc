#include "services/journal/verify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/journal/codec.h"
#include "services/journal/memory_store.h"
#include "tests/journal/record_chain.h"

namespace carecard::journal {
namespace {

/// Commits any bytes, as a process with a bug or another journal's would.
void commit_bytes(MemoryStore& store, const std::vector<std::byte>& bytes, std::uint64_t events) {
    const Sequence tail = store.tail();
    ASSERT_TRUE(store.commit(
        tail, {.first = {tail.value + 1}, .last = {tail.value + events}, .bytes = bytes}));
}

void expect_corrupt(const Result<Head>& head, const std::string& detail) {
    ASSERT_FALSE(head) << detail;
    EXPECT_EQ(head.fault().kind, FaultKind::corrupt) << detail;
    EXPECT_NE(head.fault().detail.find(detail), std::string::npos) << head.fault().detail;
}

TEST(VerifyChain, OfAnEmptyJournalIsWhereItBegan) {
    const MemoryStore store;
    EXPECT_EQ(*verify_chain(store, Head{}, ignore_records()), Head{});
}

TEST(VerifyChain, ShowsEveryRecordOnceFromAnyRecordBoundary) {
    MemoryStore store;
    RecordChain chain;
    std::vector<Head> heads{Head{}};
    for (std::uint32_t events = 1; events <= 5; ++events) {
        chain.commit_to(store, {.events = events});
        heads.push_back(chain.head);
    }
    for (std::size_t index = 0; index < heads.size(); ++index) {
        Sequence seen = heads[index].sequence;
        const Result<Head> end =
            verify_chain(store, heads[index], [&](const RecordView& view) -> Result<Done> {
                EXPECT_EQ(view.header().first.value, seen.value + 1);
                seen = view.header().last();
                return Done{};
            });
        ASSERT_TRUE(end) << end.fault().detail;
        EXPECT_EQ(*end, chain.head);
        EXPECT_EQ(seen, chain.head.sequence);
    }
}

TEST(VerifyChain, EndsWithTheVisitorsFault) {
    MemoryStore store;
    RecordChain chain;
    chain.commit_to(store, {.events = 1});
    chain.commit_to(store, {.events = 1});
    int visits = 0;
    const Result<Head> end = verify_chain(store, Head{}, [&](const RecordView&) -> Result<Done> {
        ++visits;
        return Fault{FaultKind::conflict, "visitor", "stopped", "Go on."};
    });
    ASSERT_FALSE(end);
    EXPECT_EQ(end.fault().field, "visitor");
    EXPECT_EQ(visits, 1);
}

TEST(VerifyChain, RefusesAStartInsideARecord) {
    MemoryStore store;
    RecordChain chain;
    chain.commit_to(store, {.events = 3});
    expect_corrupt(verify_chain(store, {.sequence = {1}}, ignore_records()),
                   "begins at sequence 1 stands where sequence 2 must begin");
}

TEST(VerifyChain, RefusesARecordWhoseChecksumFails) {
    MemoryStore store;
    RecordChain chain;
    chain.commit_to(store, {.events = 1});
    std::vector<std::byte> bytes = chain.next({.events = 1});
    bytes[70] ^= std::byte{1};
    commit_bytes(store, bytes, 1);
    expect_corrupt(verify_chain(store, Head{}, ignore_records()),
                   "begins at sequence 2 does not match its checksum");
}

TEST(VerifyChain, RefusesARecordOfAnotherChain) {
    MemoryStore store;
    RecordChain chain;
    RecordChain other;
    chain.commit_to(store, {.events = 1});
    (void)other.next({.events = 1, .filler_bytes = 1});
    commit_bytes(store, other.next({.events = 1}), 1);
    expect_corrupt(verify_chain(store, Head{}, ignore_records()),
                   "begins at sequence 2 does not carry the chain hash");
}

TEST(VerifyChain, RefusesAFirstRecordThatHasOneBeforeIt) {
    MemoryStore store;
    RecordChain chain;
    chain.head.chain = sha256(bytes_of("something"));
    chain.commit_to(store, {.events = 1});
    expect_corrupt(verify_chain(store, Head{}, ignore_records()), "begins at sequence 1");
}

TEST(VerifyChain, RefusesASequenceThatWasLeftOut) {
    MemoryStore store;
    RecordChain chain;
    chain.commit_to(store, {.events = 1});
    chain.head.sequence = {4};
    commit_bytes(store, chain.next({.events = 1}), 1);
    expect_corrupt(verify_chain(store, Head{}, ignore_records()),
                   "begins at sequence 5 stands where sequence 2 must begin");
}

/// Commits a record of the chain's epoch that begins with `event`.
void commit_restore(MemoryStore& store, RecordChain& chain, const rules::Restored& event) {
    const Sequence first{chain.head.sequence.value + 1};
    const TimestampNs stamp{1'000};
    std::vector<std::byte> clear;
    encode_clear(event, {.epoch = chain.head.epoch, .sequence = first, .now_ns = stamp}, {}, clear);
    RecordBuilder builder;
    builder.begin(
        {.epoch = chain.head.epoch, .first = first, .stamp = stamp, .previous = chain.head.chain});
    builder.append_event(clear, {});
    const RecordBuilder::Built built = builder.finish();
    ASSERT_TRUE(store.commit(chain.head.sequence, built.record));
    chain.head.sequence = first;
    chain.head.chain = built.chain;
}

TEST(VerifyChain, LetsTheEpochRiseWithARestoreAndNeverFall) {
    MemoryStore store;
    RecordChain chain;
    chain.commit_to(store, {.events = 1});
    chain.head.epoch = {3};
    commit_restore(store, chain, {.epoch = {3}, .restored_to = {1}});
    chain.commit_to(store, {.events = 1});
    EXPECT_EQ(*verify_chain(store, Head{}, ignore_records()), chain.head);
    chain.head.epoch = {2};
    chain.commit_to(store, {.events = 1});
    expect_corrupt(verify_chain(store, Head{}, ignore_records()),
                   "begins at sequence 4 is of epoch 2, after one of epoch 3");
}

TEST(VerifyChain, RefusesAnEpochThatRisesOtherwise) {
    for (const rules::Restored& event : {rules::Restored{.epoch = {2}, .restored_to = {7}},
                                         rules::Restored{.epoch = {3}, .restored_to = {1}}}) {
        MemoryStore store;
        RecordChain chain;
        chain.commit_to(store, {.events = 1});
        chain.head.epoch = {2};
        commit_restore(store, chain, event);
        expect_corrupt(verify_chain(store, Head{}, ignore_records()),
                       "does not begin with the restore");
    }
}

class CheckHead : public ::testing::Test {
   protected:
    CheckHead() {
        for (int index = 0; index < 3; ++index) {
            chain_.commit_to(store_, {.events = 2});
            heads_.push_back(chain_.head);
        }
    }

    void expect_refused(const Head& file, const std::string& detail) {
        const Result<Done> checked = check_head(store_, chain_.head, file);
        ASSERT_FALSE(checked) << detail;
        EXPECT_EQ(checked.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(checked.fault().field, "head_file");
        EXPECT_NE(checked.fault().detail.find(detail), std::string::npos) << checked.fault().detail;
    }

    MemoryStore store_;
    RecordChain chain_;
    std::vector<Head> heads_;
};

TEST_F(CheckHead, AcceptsEveryHeadTheJournalHasHad) {
    EXPECT_TRUE(check_head(store_, chain_.head, Head{}));
    for (const Head& head : heads_) EXPECT_TRUE(check_head(store_, chain_.head, head));
}

TEST_F(CheckHead, RefusesAJournalThatEndsBeforeTheFile) {
    Head file = chain_.head;
    file.sequence = {8};
    expect_refused(file, "sequence 8 of epoch 1 as durable, and the journal ends at sequence 6");
}

TEST_F(CheckHead, RefusesAnotherRecordAtTheFilesSequence) {
    Head file = heads_[1];
    file.chain[0] ^= std::byte{1};
    expect_refused(file, "another record");
}

TEST_F(CheckHead, RefusesAHeadInsideARecord) {
    Head file = heads_[1];
    file.sequence = {3};
    expect_refused(file, "another record");
}

TEST_F(CheckHead, RefusesAJournalOfAnEarlierEpoch) {
    Head file = heads_[1];
    file.epoch = {2};
    expect_refused(file, "the journal is of epoch 1");
}

}  // namespace
}  // namespace carecard::journal
