#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "services/sequencer/memory_tables.h"
#include "services/sequencer/rocksdb_tables.h"
#include "services/sequencer/table_bytes.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::sequencer {
namespace {

/// One adapter under test, which can lose what was not flushed.
class Adapter {
   public:
    virtual ~Adapter() = default;
    virtual Tables& tables() = 0;
    virtual void crash() = 0;
};

class MemoryAdapter final : public Adapter {
   public:
    Tables& tables() override { return tables_; }
    void crash() override { tables_.crash(); }

   private:
    MemoryTables tables_;
};

/// A copy of the files of a database that is open holds what a kill would leave.
class RocksDbAdapter final : public Adapter {
   public:
    RocksDbAdapter() { open(); }
    Tables& tables() override { return *tables_; }
    void crash() override {
        const std::string before = place_.directory;
        place_.directory = directory_.file("life" + std::to_string(++lives_));
        std::filesystem::copy(before, place_.directory, std::filesystem::copy_options::recursive);
        open();
    }

   private:
    void open() {
        auto opened = RocksDbTables::open(place_);
        ASSERT_TRUE(opened) << opened.fault().detail;
        tables_ = *std::move(opened);
    }

    journal::TemporaryDirectory directory_;
    journal::RocksDbPlace place_{.field = "projections", .directory = directory_.file("life0")};
    int lives_ = 0;
    std::unique_ptr<RocksDbTables> tables_;
};

enum class Kind : unsigned char { memory, rocksdb };

class TablesContract : public testing::TestWithParam<Kind> {
   protected:
    TablesContract() {
        if (GetParam() == Kind::memory) {
            adapter_ = std::make_unique<MemoryAdapter>();
        } else {
            adapter_ = std::make_unique<RocksDbAdapter>();
        }
    }

    Tables& tables() { return adapter_->tables(); }
    void put(Table table, const std::string& key, const std::string& value) {
        TableBatch batch;
        batch.put(table, key, value);
        ASSERT_TRUE(tables().write(batch));
    }
    std::string get(Table table, const std::string& key) {
        std::string value = "untouched";
        const Result<Lookup> found = tables().get(table, key, value);
        EXPECT_TRUE(found);
        return found && *found == Lookup::found ? value : "none";
    }
    std::string scan(Table table, const std::string& prefix, const std::string& from,
                     std::size_t most = 100) {
        std::string seen;
        EXPECT_TRUE(tables().scan(table, prefix, from, [&](auto key, auto value) {
            seen += std::string(key) + '=' + std::string(value) + ' ';
            return --most > 0;
        }));
        return seen;
    }

    std::unique_ptr<Adapter> adapter_;
};

TEST_P(TablesContract, ReadsWhatWasWrittenAtOnceAndTheLastValueOfAKey) {
    EXPECT_EQ(get(Table::image, "a"), "none");
    put(Table::image, "a", "1");
    EXPECT_EQ(get(Table::image, "a"), "1");
    put(Table::image, "a", "2");
    EXPECT_EQ(get(Table::image, "a"), "2");
}

TEST_P(TablesContract, KeepsTablesApart) {
    for (std::size_t index = 0; index < table_count; ++index) {
        const auto table = static_cast<Table>(index);
        EXPECT_EQ(get(table, "same key"), "none");
        put(table, "same key", std::to_string(index));
    }
    for (std::size_t index = 0; index < table_count; ++index) {
        EXPECT_EQ(get(static_cast<Table>(index), "same key"), std::to_string(index));
    }
}

TEST_P(TablesContract, ScansAPrefixByKeyFromAPlaceOnUntilTheVisitorHasEnough) {
    for (const char* key : {"12345678b", "12345678a", "12345679a", "12345677z", "12345678c"}) {
        put(Table::name, key, "");
        put(Table::activity, key, "");
    }
    for (const Table table : {Table::name, Table::activity}) {
        EXPECT_EQ(scan(table, "12345678", "12345678"), "12345678a= 12345678b= 12345678c= ");
        EXPECT_EQ(scan(table, "12345678", "12345678b"), "12345678b= 12345678c= ");
        EXPECT_EQ(scan(table, "12345678", "12345678", 2), "12345678a= 12345678b= ");
        EXPECT_EQ(scan(table, "12345670", "12345670"), "");
        EXPECT_EQ(scan(table, "", "").size(), 5 * std::string("12345678a= ").size());
    }
}

TEST_P(TablesContract, KeepsWhatWasFlushedAcrossACrashAndOfTheRestABatchWholeOrNotAtAll) {
    put(Table::archive, "kept", std::string(8, '\x7f'));
    ASSERT_TRUE(tables().flush());
    TableBatch batch;
    batch.put(Table::archive, "later", std::string(8, '\x7f'));
    batch.put(Table::progress, "later", "1");
    ASSERT_TRUE(tables().write(batch));
    adapter_->crash();
    EXPECT_EQ(get(Table::archive, "kept"), std::string(8, '\x7f'));
    EXPECT_EQ(get(Table::archive, "later") == "none", get(Table::progress, "later") == "none");
}

TEST_P(TablesContract, IsEmptyOnceClearedAndAfterACrashToo) {
    put(Table::image, "a", "1");
    ASSERT_TRUE(tables().flush());
    ASSERT_TRUE(tables().clear());
    EXPECT_EQ(get(Table::image, "a"), "none");
    adapter_->crash();
    EXPECT_EQ(get(Table::image, "a"), "none");
    put(Table::image, "a", "2");
    EXPECT_EQ(get(Table::image, "a"), "2");
}

INSTANTIATE_TEST_SUITE_P(Adapters, TablesContract, testing::Values(Kind::memory, Kind::rocksdb),
                         [](const auto& param) {
                             return param.param == Kind::memory ? "Memory" : "RocksDb";
                         });

class RocksDbTablesTest : public testing::Test {
   protected:
    std::unique_ptr<RocksDbTables> open() {
        auto opened = RocksDbTables::open(place_);
        EXPECT_TRUE(opened) << opened.fault().detail;
        return opened ? *std::move(opened) : nullptr;
    }

    journal::TemporaryDirectory directory_;
    const journal::RocksDbPlace place_{.field = "projections",
                                       .directory = directory_.file("tables")};
};

TEST_F(RocksDbTablesTest, AreEmptiedWhenTheirFilesAreDamaged) {
    TableBatch batch;
    batch.put(Table::image, "a", "1");
    {
        const auto tables = open();
        ASSERT_TRUE(tables->write(batch));
        ASSERT_TRUE(tables->flush());
    }
    for (const auto& entry : std::filesystem::directory_iterator(place_.directory)) {
        if (entry.path().filename().string().starts_with("MANIFEST")) {
            std::filesystem::resize_file(entry.path(), 40);
        }
    }
    const auto tables = open();
    std::string value;
    const Result<Lookup> found = tables->get(Table::image, "a", value);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, Lookup::none);
    EXPECT_TRUE(tables->write(batch));
}

TEST_F(RocksDbTablesTest, AreRefusedWhileAnotherHasThemAndStayAsTheyAre) {
    const auto tables = open();
    TableBatch batch;
    batch.put(Table::image, "a", "1");
    ASSERT_TRUE(tables->write(batch));
    const auto second = RocksDbTables::open(place_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.fault().kind, FaultKind::fenced);
    std::string value;
    EXPECT_EQ(*tables->get(Table::image, "a", value), Lookup::found);
}

TEST_F(RocksDbTablesTest, ShowWhatIsFlushedToAnotherThatOnlyLooks) {
    EXPECT_EQ(RocksDbTables::open_read_only(place_).fault().kind, FaultKind::not_found);
    const auto tables = open();
    TableBatch batch;
    batch.put(Table::image, "a", "1");
    ASSERT_TRUE(tables->write(batch));
    ASSERT_TRUE(tables->flush());
    const auto looking = RocksDbTables::open_read_only(place_);
    ASSERT_TRUE(looking);
    std::string value;
    EXPECT_EQ(*(*looking)->get(Table::image, "a", value), Lookup::found);
    EXPECT_FALSE((*looking)->write(batch));
}

TEST_F(RocksDbTablesTest, DropWhatIsPastItsRetentionAndNothingElse) {
    const auto tables = open();
    const TimestampNs start{1'700'000'000'000'000'000};
    const auto row_at = [](TimestampNs at) {
        std::string value;
        append_big_endian(value, static_cast<std::uint64_t>(at.value));
        return value;
    };
    TableBatch batch;
    for (const Table table : {Table::archive, Table::image, Table::request_key}) {
        batch.put(table, "old", row_at(start));
        batch.put(table, "new", row_at(start + authorisation_retention));
    }
    ASSERT_TRUE(tables->write(batch));
    ASSERT_TRUE(tables->flush());
    tables->set_now(start + authorisation_retention + hours(1));
    const auto has = [&](Table table, const char* key) {
        std::string value;
        return *tables->get(table, key, value) == Lookup::found;
    };
    // Every few flushes RocksDB compacts by itself, on a thread of its own.
    for (int round = 0; round < 300 && has(Table::archive, "old"); ++round) {
        TableBatch more;
        for (const Table table : {Table::archive, Table::image, Table::request_key}) {
            more.put(table, "a" + std::to_string(round), row_at(start + authorisation_retention));
            more.put(table, "z" + std::to_string(round), row_at(start + authorisation_retention));
        }
        ASSERT_TRUE(tables->write(more));
        ASSERT_TRUE(tables->flush());
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_FALSE(has(Table::archive, "old"));
    EXPECT_TRUE(has(Table::image, "old"));
    for (const Table table : {Table::archive, Table::image, Table::request_key}) {
        EXPECT_TRUE(has(table, "new")) << static_cast<int>(table);
    }
}

}  // namespace
}  // namespace carecard::sequencer
