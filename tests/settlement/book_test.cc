#include "services/settlement/book.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/settlement/book_format.h"
#include "services/settlement/memory_book.h"
#include "services/settlement/rocksdb_book.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows rows_of(const Book& book, const KeyRange& range) {
    Rows rows;
    const Result<Done> scanned =
        book.scan(range, [&](std::string_view key, std::string_view value) -> Result<Done> {
            rows.emplace_back(key, value);
            return Done{};
        });
    EXPECT_TRUE(scanned);
    return rows;
}

class BookContract : public testing::TestWithParam<const char*> {
   protected:
    BookContract() {
        if (std::string(GetParam()) == "memory") {
            book_ = std::make_unique<MemoryBook>();
            return;
        }
        auto opened = RocksDbBook::open({.field = "data", .directory = directory_.path()});
        EXPECT_TRUE(opened);
        book_ = std::move(*opened);
    }
    TemporaryDirectory directory_;
    std::unique_ptr<Book> book_;
};

TEST_P(BookContract, GivesRowsInTheOrderOfTheirKeysWithinTheRange) {
    const Changes changes = {{"b", "2"}, {"a", "1"}, {"c", "3"}, {std::string("a\0x", 3), "4"}};
    ASSERT_TRUE(book_->write(changes));
    EXPECT_EQ(rows_of(*book_, {.from = "a", .to = "c"}),
              (Rows{{"a", "1"}, {std::string("a\0x", 3), "4"}, {"b", "2"}}));
}

TEST_P(BookContract, LetsALaterChangeWin) {
    const Changes changes = {{"a", "1"}, {"a", "2"}, {"b", "1"}, {"b", std::nullopt}};
    ASSERT_TRUE(book_->write(changes));
    EXPECT_EQ(rows_of(*book_, {.from = "a", .to = "z"}), (Rows{{"a", "2"}}));
}

TEST_P(BookContract, EndsAScanWithTheVisitorsFault) {
    ASSERT_TRUE(book_->write(Changes{{"a", "1"}, {"b", "2"}}));
    int visited = 0;
    const Result<Done> scanned = book_->scan(
        {.from = "a", .to = "z"}, [&](std::string_view, std::string_view) -> Result<Done> {
            ++visited;
            return Fault{FaultKind::corrupt, "data", "no", "Stop."};
        });
    EXPECT_FALSE(scanned);
    EXPECT_EQ(visited, 1);
}

INSTANTIATE_TEST_SUITE_P(Books, BookContract, testing::Values("memory", "rocksdb"));

TEST(RocksDbBook, KeepsItsRowsAfterReopening) {
    TemporaryDirectory directory;
    const journal::RocksDbPlace place{.field = "data", .directory = directory.path()};
    {
        auto book = RocksDbBook::open(place);
        ASSERT_TRUE(book);
        ASSERT_TRUE((*book)->write(Changes{{"a", "1"}}));
        EXPECT_EQ(RocksDbBook::open(place).fault().kind, FaultKind::fenced);
    }
    auto book = RocksDbBook::open(place);
    ASSERT_TRUE(book);
    EXPECT_EQ(rows_of(**book, {.from = "a", .to = "b"}), (Rows{{"a", "1"}}));
}

TEST(RocksDbBook, CarriesAWholeSettlement) {
    SampleMonth month;
    month.close(0);
    Recorder recorder;
    recorder.record(month.world);
    TemporaryDirectory directory;
    TemporaryDirectory root;
    PosixDirectories directories;
    const journal::RocksDbPlace place{.field = "data", .directory = directory.path()};
    {
        auto book = RocksDbBook::open(place);
        ASSERT_TRUE(book);
        ASSERT_TRUE(Follower(**book, root.path(), directories).follow(recorder.store));
    }
    month.second_day();
    month.close(1);
    recorder.record(month.world);
    auto book = RocksDbBook::open(place);
    ASSERT_TRUE(book);
    ASSERT_TRUE(Follower(**book, root.path(), directories).follow(recorder.store));
    const Result<BatchFiles> first = read_batch(root.path() + "/care/000001");
    const Result<BatchFiles> second = read_batch(root.path() + "/care/000002");
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_TRUE(verify_batch(*second, Authority::one().trusted(), &*first));
}

TEST(BookFormat, ReadsBackWhatItWrites) {
    const Cursor cursor{.head = {.epoch = {2}, .sequence = {300}, .chain = {std::byte{7}}},
                        .applied = {301},
                        .clock = ClockKind::simulated};
    EXPECT_EQ(decode_cursor(encode(cursor)), cursor);
    const ProgrammeRow programme{.code = ProgrammeCode::of("care"),
                                 .council = CouncilCode::of("riverdale"),
                                 .currency = {826}};
    EXPECT_EQ(decode_programme(encode(programme)), programme);
    const AccountRow account{.programme = {1},
                             .reference = AccountReference::of("A/1"),
                             .arrangement = rules::Arrangement::voucher,
                             .opened = {5},
                             .closed = {9},
                             .position = {.balance = {3}, .held = {2}, .exposure = {1}}};
    EXPECT_EQ(decode_account(encode(account)), account);
    EXPECT_EQ(decode_card(encode(CardRow::of("1234"))), CardRow::of("1234"));
    const ClosedBatch batch{.manifest = {.epoch = {1}, .programme = "care", .number = 1},
                            .signature_digest = {.size = 9},
                            .closed_sequence = {77},
                            .closed_at = {-5}};
    const auto read = decode_batch(encode(batch));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->manifest, batch.manifest);
    EXPECT_EQ(read->closed_at, batch.closed_at);
    EXPECT_EQ(read->manifest_digest.size, render(batch.manifest).size());
    for (const bool lost : {false, true}) {
        ClosedBatch kept = *read;
        kept.lost = lost;
        EXPECT_EQ(decode_kept(encode_kept(kept)), kept);
    }
    EXPECT_FALSE(decode_kept("\x02" + encode(batch)));
    const Fork fork{.restored_to = {300}, .lost_first = 2, .lost_last = 3};
    EXPECT_EQ(decode_fork(encode(fork)), fork);
    EXPECT_FALSE(decode_fork(encode(fork) + '\0'));
}

TEST(BookFormat, RefusesARowThatIsCutShortOrTooLong) {
    const std::string cursor = encode(Cursor{});
    const std::string account = encode(AccountRow{.reference = AccountReference::of("A")});
    for (std::size_t size = 0; size < cursor.size(); ++size) {
        EXPECT_FALSE(decode_cursor(cursor.substr(0, size)));
    }
    for (std::size_t size = 0; size < account.size(); ++size) {
        EXPECT_FALSE(decode_account(account.substr(0, size)));
    }
    EXPECT_FALSE(decode_cursor(cursor + '\0'));
    EXPECT_FALSE(decode_account(account + '\0'));
    EXPECT_FALSE(
        decode_card(std::string("\x05"
                                "12345",
                                6)));
    EXPECT_FALSE(decode_programme("\xff"));
    EXPECT_FALSE(decode_batch("not a batch"));
}

TEST(BookFormat, RefusesACursorWithAClockThatIsNotKnown) {
    std::string cursor = encode(Cursor{.clock = ClockKind::simulated});
    ASSERT_TRUE(decode_cursor(cursor));
    for (const char clock : {'\0', '\3', '\x7f'}) {
        cursor.back() = clock;
        EXPECT_FALSE(decode_cursor(cursor));
    }
}

}  // namespace
}  // namespace carecard::settlement
