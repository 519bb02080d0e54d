#include "services/journal/rocksdb_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/journal/verify.h"
#include "tests/journal/record_chain.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

class RocksDbStoreTest : public ::testing::Test {
   protected:
    RocksDbPlace place() {
        return {.field = "journal_directory", .directory = directory_.file("journal")};
    }

    std::unique_ptr<RocksDbStore> open() {
        Result<std::unique_ptr<RocksDbStore>> opened = RocksDbStore::open(place());
        CHECK(opened);
        return *std::move(opened);
    }

    /// The database under the store, without the store's checks.
    std::unique_ptr<rocksdb::DB> open_raw() {
        rocksdb::Options options = durable_options(rocksdb::Env::Default());
        options.compression = rocksdb::kNoCompression;
        rocksdb::DB* database = nullptr;
        CHECK(rocksdb::DB::Open(options, place().directory, &database).ok());
        return std::unique_ptr<rocksdb::DB>(database);
    }

    /// Files of the journal whose names end so.
    std::vector<std::string> files(const std::string& ending) {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(place().directory)) {
            const std::string path = entry.path().string();
            if (path.ends_with(ending)) found.push_back(path);
        }
        return found;
    }

    TemporaryDirectory directory_;
    RecordChain chain_;
};

/// Flips one bit of the first place where `text` stands in the file.
bool flip_in(const std::string& path, const std::string& text) {
    std::ifstream in(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t at = content.find(text);
    if (at == std::string::npos) return false;
    content[at] = static_cast<char>(content[at] ^ 1);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    return true;
}

TEST_F(RocksDbStoreTest, RefusesASecondOpeningInThisProcess) {
    const std::unique_ptr<RocksDbStore> first = open();
    const Result<std::unique_ptr<RocksDbStore>> second = RocksDbStore::open(place());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.fault().kind, FaultKind::fenced);
    EXPECT_EQ(second.fault().field, "journal_directory");
    EXPECT_EQ(second.fault().remedy, "Stop the other service, or name another directory.");
}

TEST_F(RocksDbStoreTest, RefusesADirectoryThatAnotherProcessHolds) {
    int ready[2];
    int release[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(release), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    char byte = 'x';
    if (child == 0) {
        const std::unique_ptr<RocksDbStore> held = open();
        (void)!::write(ready[1], &byte, 1);
        (void)!::read(release[0], &byte, 1);
        ::_exit(0);
    }
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const Result<std::unique_ptr<RocksDbStore>> refused = RocksDbStore::open(place());
    ASSERT_EQ(::write(release[1], &byte, 1), 1);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::fenced);
    for (const int end : {ready[0], ready[1], release[0], release[1]}) ::close(end);
    EXPECT_TRUE(RocksDbStore::open(place()));
}

TEST_F(RocksDbStoreTest, NamesADirectoryThatCannotBeMade) {
    const std::string file = directory_.file("plain");
    std::ofstream(file) << "not a directory";
    const Result<std::unique_ptr<RocksDbStore>> refused =
        RocksDbStore::open({.field = "journal_directory", .directory = file + "/journal"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::unavailable);
    EXPECT_EQ(refused.fault().field, "journal_directory");
}

TEST_F(RocksDbStoreTest, RefusesAJournalOfANewerRelease) {
    open().reset();
    ASSERT_TRUE(open_raw()->Put(synced_write(), std::string(8, '\0'), "\x02").ok());
    const Result<std::unique_ptr<RocksDbStore>> refused = RocksDbStore::open(place());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::conflict);
}

TEST_F(RocksDbStoreTest, RefusesADatabaseThatIsNotAJournal) {
    ASSERT_TRUE(open_raw()->Put(synced_write(), "other", "value").ok());
    const Result<std::unique_ptr<RocksDbStore>> refused = RocksDbStore::open(place());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
}

TEST_F(RocksDbStoreTest, NamesTheSequenceOfAMissingRecord) {
    {
        const std::unique_ptr<RocksDbStore> store = open();
        for (int index = 0; index < 3; ++index) chain_.commit_to(*store, {.events = 2});
    }
    for (const char first : {'\3', '\1'}) {
        std::string key(8, '\0');
        key.back() = first;
        ASSERT_TRUE(open_raw()->Delete(synced_write(), key).ok());
        const Result<Head> verified = verify_chain(*open(), Head{}, ignore_records());
        ASSERT_FALSE(verified);
        EXPECT_EQ(verified.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(verified.fault().detail,
                  fmt::format("the record that holds sequence {} cannot be read: it is missing",
                              static_cast<int>(first)));
    }
}

TEST_F(RocksDbStoreTest, NamesTheSequenceOfAFlippedBitInATable) {
    {
        const std::unique_ptr<RocksDbStore> store = open();
        for (int index = 0; index < 50; ++index) {
            chain_.commit_to(*store, {.events = 1, .filler_bytes = 9'000});
        }
    }
    ASSERT_TRUE(open_raw()->Flush(rocksdb::FlushOptions()).ok());
    const std::string event = RecordChain::clear_text({20}, 100);
    int flipped = 0;
    for (const std::string& path : files(".sst")) flipped += flip_in(path, event) ? 1 : 0;
    ASSERT_EQ(flipped, 1);
    const std::unique_ptr<RocksDbStore> store = open();
    const Result<Head> verified = verify_chain(*store, Head{}, ignore_records());
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.fault().kind, FaultKind::corrupt);
    EXPECT_NE(verified.fault().detail.find("sequence 20"), std::string::npos)
        << verified.fault().detail;
}

/// A bit of one event's text, in a log of fifty records.
class FlippedInTheLog : public RocksDbStoreTest {
   protected:
    void flip_in_event(std::uint64_t sequence) {
        {
            const std::unique_ptr<RocksDbStore> store = open();
            for (int index = 0; index < 50; ++index) {
                chain_.commit_to(*store, {.events = 1, .filler_bytes = 100});
            }
        }
        int flipped = 0;
        for (const std::string& path : files(".log")) {
            flipped += flip_in(path, RecordChain::clear_text({sequence}, 100)) ? 1 : 0;
        }
        ASSERT_EQ(flipped, 1);
    }
};

TEST_F(FlippedInTheLog, IsRefusedAndNamesTheSequenceWhenARecordFollows) {
    flip_in_event(30);
    for (int start = 0; start < 2; ++start) {
        const auto refused = RocksDbStore::open(place());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
        EXPECT_NE(refused.fault().detail.find("up to sequence 29"), std::string::npos)
            << refused.fault().detail;
    }
}

// The last record might as well be torn: it is cut without a word, and the head file tells.
TEST_F(FlippedInTheLog, IsVisibleToTheHeadFileWhenItIsInTheLastRecord) {
    flip_in_event(50);
    const std::unique_ptr<RocksDbStore> store = open();
    const Result<Head> journal = verify_chain(*store, Head{}, ignore_records());
    ASSERT_TRUE(journal);
    EXPECT_EQ(journal->sequence, Sequence{49});
    const Result<Done> checked = check_head(*store, *journal, chain_.head);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.fault().kind, FaultKind::corrupt);
    EXPECT_NE(checked.fault().detail.find("ends at sequence 49"), std::string::npos);
    EXPECT_NE(checked.fault().detail.find("sequence 50"), std::string::npos);
}

/// Answers every sync of a log file with an error once told to.
class FailingSyncFile final : public rocksdb::WritableFileWrapper {
   public:
    FailingSyncFile(std::unique_ptr<rocksdb::WritableFile> file, const bool& failing)
        : rocksdb::WritableFileWrapper(file.get()), file_(std::move(file)), failing_(failing) {}
    rocksdb::Status Sync() override {
        return failing_ ? rocksdb::Status::IOError("injected") : file_->Sync();
    }

   private:
    std::unique_ptr<rocksdb::WritableFile> file_;
    const bool& failing_;
};

class FailingEnv final : public rocksdb::EnvWrapper {
   public:
    FailingEnv() : rocksdb::EnvWrapper(rocksdb::Env::Default()) {}
    rocksdb::Status NewWritableFile(const std::string& name,
                                    std::unique_ptr<rocksdb::WritableFile>* file,
                                    const rocksdb::EnvOptions& options) override {
        const rocksdb::Status status = target()->NewWritableFile(name, file, options);
        if (status.ok() && name.ends_with(".log")) {
            *file = std::make_unique<FailingSyncFile>(std::move(*file), failing);
        }
        return status;
    }
    bool failing = false;
};

TEST_F(RocksDbStoreTest, AnswersOutcomeUnknownWhenASyncFailsAndNeverCommitsAgain) {
    FailingEnv env;
    RocksDbPlace on_failing_disk = place();
    on_failing_disk.env = &env;
    {
        Result<std::unique_ptr<RocksDbStore>> opened = RocksDbStore::open(on_failing_disk);
        ASSERT_TRUE(opened) << opened.fault().detail;
        RocksDbStore& store = **opened;
        chain_.commit_to(store, {.events = 2});
        env.failing = true;
        const std::vector<std::byte> bytes = chain_.next({.events = 1});
        const Record record{.first = {3}, .last = {3}, .bytes = bytes};
        const Result<Sequence> failed = store.commit({2}, record);
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.fault().kind, FaultKind::unavailable);
        EXPECT_EQ(store.tail(), Sequence{2});
        env.failing = false;
        const Result<Sequence> again = store.commit({2}, record);
        ASSERT_FALSE(again);
        EXPECT_EQ(again.fault().kind, FaultKind::unavailable);
    }
    const Result<Head> verified = verify_chain(*open(), Head{}, ignore_records());
    ASSERT_TRUE(verified);
    EXPECT_GE(verified->sequence, Sequence{2});
    EXPECT_LE(verified->sequence, Sequence{3});
}

TEST_F(RocksDbStoreTest, ShowsAJournalToReadersBesideItsOwnerAndTakesNoCommitFromThem) {
    const std::unique_ptr<RocksDbStore> owner = open();
    chain_.commit_to(*owner, {.events = 2});
    const auto reader = RocksDbStore::open_read_only(place());
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->tail(), chain_.head.sequence);
    const auto head = verify_chain(**reader, Head{}, ignore_records());
    ASSERT_TRUE(head);
    EXPECT_EQ(*head, chain_.head);
    const Sequence tail = chain_.head.sequence;
    const std::vector<std::byte> bytes = chain_.next({});
    const Result<Sequence> committed = (*reader)->commit(
        tail, {.first = {tail.value + 1}, .last = chain_.head.sequence, .bytes = bytes});
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.fault().kind, FaultKind::fenced);
    EXPECT_EQ(owner->tail(), tail);
}

TEST_F(RocksDbStoreTest, BeginsNoJournalForAReader) {
    const auto reader = RocksDbStore::open_read_only(place());
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.fault().kind, FaultKind::not_found);
    EXPECT_FALSE(std::filesystem::exists(place().directory));
}

}  // namespace
}  // namespace carecard::journal
