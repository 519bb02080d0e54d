#include "services/journal/record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/sha256.h"
#include "services/journal/little_endian.h"

namespace carecard::journal {
namespace {

constexpr std::size_t version_at = 4;
constexpr std::size_t epoch_at = 5;
constexpr std::size_t first_at = 9;
constexpr std::size_t count_at = 17;

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Hash32 some_hash() { return sha256(bytes_of("previous")); }

/// Two events, 41 and 42, in epoch 3.
std::vector<std::byte> sample() {
    RecordBuilder builder;
    builder.begin(
        {.epoch = {3}, .first = {41}, .stamp = {-1'234'567'890'123}, .previous = some_hash()});
    builder.append_event(bytes_of("first"), bytes_of("secret"));
    builder.append_event(bytes_of("second"), {});
    const RecordBuilder::Built built = builder.finish();
    return {built.record.bytes.begin(), built.record.bytes.end()};
}

/// Makes the checksum right again after a change, so that what it would have hidden is seen.
void rehash(std::vector<std::byte>& record) {
    const std::span<std::byte> chain = std::span(record).last(sizeof(Hash32));
    const Hash32 hash = sha256(std::span(record).first(record.size() - sizeof(Hash32)));
    std::ranges::copy(hash, chain.begin());
}

TEST(RecordBuilder, WritesWhatParseRecordReads) {
    const std::vector<std::byte> bytes = sample();
    const Result<RecordView> view = parse_record(bytes);
    ASSERT_TRUE(view) << view.fault().detail;
    EXPECT_EQ(view->header().epoch, Epoch{3});
    EXPECT_EQ(view->header().first, Sequence{41});
    EXPECT_EQ(view->header().last(), Sequence{42});
    EXPECT_EQ(view->header().stamp, TimestampNs{-1'234'567'890'123});
    EXPECT_EQ(view->header().previous, some_hash());
    EXPECT_EQ(view->record().bytes.data(), bytes.data());

    std::vector<EventView> events;
    for (const EventView event : view->events()) events.push_back(event);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].sequence, Sequence{41});
    EXPECT_EQ(text_of(events[0].clear), "first");
    EXPECT_EQ(text_of(events[0].sealed), "secret");
    EXPECT_EQ(events[1].sequence, Sequence{42});
    EXPECT_EQ(text_of(events[1].clear), "second");
    EXPECT_TRUE(events[1].sealed.empty());
}

TEST(RecordBuilder, WritesTheGrammarByteForByte) {
    RecordBuilder builder;
    builder.begin({.epoch = {1}, .first = {0x0102}, .stamp = {5}, .previous = Hash32{}});
    builder.append_event(bytes_of("ab"), bytes_of("c"));
    const RecordBuilder::Built built = builder.finish();
    const std::string expected =
        "43434a3101"
        "01000000"
        "0201000000000000"
        "01000000"
        "0500000000000000" +
        std::string(64, '0') +
        "03000000"
        "02000000"
        "616263";
    EXPECT_EQ(to_hex(built.record.bytes), expected + to_hex(built.chain));
}

TEST(RecordBuilder, StartsAfreshAtEachBegin) {
    RecordBuilder builder;
    builder.begin({.epoch = {1}, .first = {1}, .stamp = {1}});
    builder.append_event(bytes_of("a long event that is not in the next record"), {});
    const Hash32 chain = builder.finish().chain;
    builder.begin({.epoch = {1}, .first = {2}, .stamp = {2}, .previous = chain});
    EXPECT_EQ(builder.next_sequence(), Sequence{2});
    builder.append_event(bytes_of("b"), {});
    EXPECT_EQ(builder.next_sequence(), Sequence{3});
    const RecordBuilder::Built built = builder.finish();
    EXPECT_EQ(built.record.last, Sequence{2});
    const Result<RecordView> view = parse_record(built.record.bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->chain(), built.chain);
    EXPECT_EQ(view->header().previous, chain);
}

TEST(RecordBuilder, SaysWhatFits) {
    RecordBuilder builder;
    builder.begin({.epoch = {1}, .first = {1}, .stamp = {1}});
    EXPECT_TRUE(builder.fits(event_bytes_max, 0));
    EXPECT_TRUE(builder.fits(1, event_bytes_max - 1));
    EXPECT_FALSE(builder.fits(event_bytes_max + 1, 0));
    EXPECT_FALSE(builder.fits(1, event_bytes_max));
    const std::vector<std::byte> large(event_bytes_max, std::byte{7});
    std::uint32_t count = 0;
    for (; builder.fits(large.size(), 0); ++count) builder.append_event(large, {});
    const RecordBuilder::Built built = builder.finish();
    EXPECT_LE(built.record.bytes.size(), record_bytes_max);
    EXPECT_GT(built.record.bytes.size() + event_header_bytes + event_bytes_max, record_bytes_max);
    EXPECT_EQ(built.record.last, Sequence{count});
    EXPECT_TRUE(parse_record(built.record.bytes));
}

TEST(RecordBuilderDeathTest, AbortsOnCallsOutOfOrder) {
    RecordBuilder builder;
    EXPECT_DEATH(builder.append_event(bytes_of("x"), {}), "CHECK failed");
    builder.begin({.epoch = {1}, .first = {1}, .stamp = {1}});
    EXPECT_DEATH((void)builder.finish(), "CHECK failed");
    EXPECT_DEATH(builder.append_event({}, {}), "CHECK failed");
}

TEST(ParseRecord, NoticesEveryFlippedBit) {
    const std::vector<std::byte> good = sample();
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::vector<std::byte> bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        const Result<RecordView> view = parse_record(bad);
        ASSERT_FALSE(view) << "bit " << bit;
        EXPECT_EQ(view.fault().kind, FaultKind::corrupt) << "bit " << bit;
        EXPECT_EQ(view.fault().field, "record");
    }
}

TEST(ParseRecord, NoticesEveryTruncationAndAnythingAdded) {
    std::vector<std::byte> bytes = sample();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(parse_record(std::span(bytes).first(size))) << size;
    }
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(parse_record(bytes));
}

struct Forgery {
    std::string what;
    std::function<void(std::vector<std::byte>&)> apply;
    FaultKind kind;
    std::string detail;
};

template <class Integer>
std::function<void(std::vector<std::byte>&)> set(std::size_t at, Integer value) {
    return [=](std::vector<std::byte>& record) {
        store_little_endian(std::span(record).subspan(at), value);
    };
}

// The chain holds in each of these: only the checks behind it can refuse.
TEST(ParseRecord, RefusesWhatIsMalformedUnderARightChecksum) {
    const std::size_t event_at = record_header_bytes;
    const std::size_t second_at = event_at + event_header_bytes + 11;
    const Forgery forgeries[] = {
        {"no version", set<std::uint8_t>(version_at, 0), FaultKind::corrupt, "version 0"},
        {"newer version", set<std::uint8_t>(version_at, 2), FaultKind::conflict,
         "format version 2, and this program knows versions up to 1"},
        {"epoch 0", set<std::uint32_t>(epoch_at, 0), FaultKind::corrupt, "epoch 0"},
        {"first 0", set<std::uint64_t>(first_at, 0), FaultKind::corrupt, "sequence 0"},
        {"first at the end", set<std::uint64_t>(first_at, ~std::uint64_t{0}), FaultKind::corrupt,
         "more events than there are sequences"},
        {"no events", set<std::uint32_t>(count_at, 0), FaultKind::corrupt, "sequence 41"},
        {"count too small", set<std::uint32_t>(count_at, 1), FaultKind::corrupt,
         "bytes after its last event"},
        {"count too large", set<std::uint32_t>(count_at, 3), FaultKind::corrupt,
         "ends before its last event"},
        {"huge count", set<std::uint32_t>(count_at, 0xffffffff), FaultKind::corrupt,
         "ends before its last event"},
        {"length past the end", set<std::uint32_t>(second_at, 7), FaultKind::corrupt,
         "wrong length at sequence 42"},
        {"huge length", set<std::uint32_t>(event_at, 0xffffffff), FaultKind::corrupt,
         "wrong length at sequence 41"},
        {"clear longer than all", set<std::uint32_t>(event_at + 4, 12), FaultKind::corrupt,
         "wrong clear length at sequence 41"},
        {"no clear part", set<std::uint32_t>(second_at + 4, 0), FaultKind::corrupt,
         "wrong clear length at sequence 42"},
    };
    for (const Forgery& forgery : forgeries) {
        std::vector<std::byte> bytes = sample();
        forgery.apply(bytes);
        rehash(bytes);
        const Result<RecordView> view = parse_record(bytes);
        ASSERT_FALSE(view) << forgery.what;
        EXPECT_EQ(view.fault().kind, forgery.kind) << forgery.what;
        EXPECT_NE(view.fault().detail.find(forgery.detail), std::string::npos)
            << forgery.what << ": " << view.fault().detail;
        EXPECT_FALSE(view.fault().remedy.empty());
    }
}

TEST(ParseRecordHeader, ReadsTheHeaderWithoutTheChecksum) {
    std::vector<std::byte> bytes = sample();
    bytes.back() ^= std::byte{1};
    const Result<RecordHeader> header = parse_record_header(bytes);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->first, Sequence{41});
    EXPECT_EQ(header->last(), Sequence{42});
    EXPECT_FALSE(parse_record(bytes));
}

TEST(LittleEndian, ReadsBackTheExtremes) {
    std::vector<std::byte> bytes;
    append_little_endian(bytes, std::int64_t{-2});
    append_little_endian(bytes, std::uint16_t{0xabcd});
    EXPECT_EQ(to_hex(bytes), "feffffffffffffffcdab");
    EXPECT_EQ(load_little_endian<std::int64_t>(bytes), -2);
    EXPECT_EQ(load_little_endian<std::uint16_t>(std::span(bytes).subspan(8)), 0xabcd);
}

}  // namespace
}  // namespace carecard::journal
