#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "common/sha256.h"
#include "services/fsck/check.h"
#include "services/fsck/report.h"
#include "services/journal/rocksdb_store.h"
#include "tests/fsck/planted.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::fsck {
namespace {

namespace fs = std::filesystem;
using journal::RocksDbStore;

struct Ran {
    int status = -1;
    std::string said;
};

Ran run(const std::string& arguments) {
    const char* const programs = std::getenv("CARECARD_PROGRAM_DIR");
    CHECK(programs != nullptr);
    const std::string command = std::string(programs) + "/carecard-fsck " + arguments + " 2>&1";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    CHECK(pipe != nullptr);
    Ran ran;
    char buffer[4'096];
    for (std::size_t size; (size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
        ran.said.append(buffer, size);
    }
    const int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

/// A data directory with a journal in it: 40 records in a table, and 20 in the log.
class Fsck : public testing::Test {
   protected:
    void make() {
        ASSERT_TRUE(fs::create_directory(data_));
        {
            const auto store = RocksDbStore::open(place());
            ASSERT_TRUE(store);
            for (int record = 0; record < 40; ++record) commit(**store);
        }
        // Opening moves what is in the log into a table.
        const auto store = RocksDbStore::open(place());
        ASSERT_TRUE(store);
        for (int record = 0; record < 20; ++record) commit(**store);
        write_head_file(scribe_.head);
    }
    void commit(journal::Store& store) {
        count_ += 3;
        while (world_.events.size() < count_) world_.record(world_.load(1'00));
        scribe_.commit(store, world_.events, count_);
    }
    void write_head_file(const journal::Head& head) const {
        journal::PosixFileSystem files;
        ASSERT_TRUE(journal::write_head(files, {.field = "head", .path = data_ + "/head"}, head));
    }
    [[nodiscard]] journal::RocksDbPlace place() const {
        return {.field = "data/journal", .directory = data_ + "/journal"};
    }
    [[nodiscard]] Ran check(const std::string& more = "") const {
        return run("--data '" + data_ + "' " + more);
    }

    const journal::TemporaryDirectory directory_;
    const std::string data_ = directory_.file("data");
    rules::World world_;
    Scribe scribe_;
    std::size_t count_ = 0;
};

TEST_F(Fsck, FindsASoundJournalSoundAndSaysWhatIsInIt) {
    make();
    const Ran ran = check();
    EXPECT_EQ(ran.status, 0) << ran.said;
    EXPECT_TRUE(ran.said.starts_with("sound: 60 records, 180 events, head 1-180 (chain " +
                                     to_hex(scribe_.head.chain) + ")\n"))
        << ran.said;
    EXPECT_NE(ran.said.find("1 programmes, 1 accounts"), std::string::npos) << ran.said;
    EXPECT_NE(ran.said.find("projections: none"), std::string::npos) << ran.said;
    EXPECT_NE(ran.said.find("batches: not looked at"), std::string::npos) << ran.said;
    const auto json = nlohmann::json::parse(check("--json").said);
    EXPECT_EQ(json["sound"], true);
    EXPECT_EQ(json["records"], 60);
    EXPECT_EQ(json["events"], 180);
    EXPECT_EQ(json["epoch"], 1);
    EXPECT_EQ(json["sequence"], 180);
    EXPECT_EQ(json["chain"], to_hex(scribe_.head.chain));
}

TEST_F(Fsck, ChangesNothingAndRunsBesideTheService) {
    make();
    const auto store = RocksDbStore::open(place());
    ASSERT_TRUE(store);
    const Ran beside = check();
    EXPECT_EQ(beside.status, 0) << beside.said;
    commit(**store);
    const Ran later = check();
    EXPECT_EQ(later.status, 0) << later.said;
    EXPECT_NE(later.said.find("61 records"), std::string::npos) << later.said;
}

TEST_F(Fsck, FindsAJournalSoundInWhichNothingWasRecorded) {
    ASSERT_TRUE(fs::create_directory(data_));
    ASSERT_TRUE(RocksDbStore::open(place()));
    const Ran ran = check();
    EXPECT_EQ(ran.status, 0) << ran.said;
    EXPECT_NE(ran.said.find("sound: 0 records"), std::string::npos) << ran.said;
}

TEST_F(Fsck, RefusesADirectoryWithoutAJournal) {
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("holds no journal"), std::string::npos) << ran.said;
    EXPECT_FALSE(fs::exists(data_));
    EXPECT_EQ(nlohmann::json::parse(check("--json").said)["sound"], false);
}

TEST_F(Fsck, FindsAJournalThatEndsBeforeItsHeadFile) {
    make();
    journal::Head later = scribe_.head;
    later.sequence.value += 7;
    write_head_file(later);
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("not sound from sequence 181"), std::string::npos) << ran.said;
    EXPECT_NE(ran.said.find("187"), std::string::npos) << ran.said;
    const auto json = nlohmann::json::parse(check("--json").said);
    EXPECT_EQ(json["sound"], false);
    EXPECT_EQ(json["first_unsound"], 181);
    EXPECT_EQ(json["field"], "head_file");
    EXPECT_FALSE(json["remedy"].get<std::string>().empty());
}

TEST_F(Fsck, FindsADamagedHeadFile) {
    make();
    std::ofstream(data_ + "/head", std::ios::binary | std::ios::trunc) << "CCHD damaged";
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("data/head"), std::string::npos) << ran.said;
}

/// Files of the journal that hold records.
std::vector<std::string> record_files(const std::string& directory) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string extension = entry.path().extension();
        if ((extension == ".sst" || extension == ".log") && entry.file_size() > 0) {
            found.push_back(entry.path());
        }
    }
    return found;
}

TEST_F(Fsck, FindsAFlippedBitAnywhereInTablesAndLogs) {
    make();
    const std::vector<std::string> files = record_files(place().directory);
    ASSERT_GE(files.size(), 2U);
    const std::string sound = check().said;
    for (const std::string& path : files) {
        std::ifstream in(path, std::ios::binary);
        const std::string whole{std::istreambuf_iterator<char>(in), {}};
        int refused = 0;
        int named = 0;
        int tried = 0;
        for (std::size_t at = 0; at < whole.size(); at += whole.size() / 24 + 1, ++tried) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ 1);
            std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
            const Ran ran = check();
            if (ran.said.find("sequence ") != std::string::npos) ++named;
            // Between RocksDB's blocks a few bytes mean nothing: then nothing may change.
            if (ran.status == 0) {
                EXPECT_EQ(ran.said, sound) << path << " at " << at;
            } else {
                ++refused;
            }
        }
        std::ofstream(path, std::ios::binary | std::ios::trunc) << whole;
        EXPECT_GE(refused, tried - 1) << path;
        EXPECT_GE(named, tried * 3 / 4) << path;
    }
    EXPECT_EQ(check().said, sound);
}

TEST_F(Fsck, NamesTheFirstSequenceOfARecordThatWasChangedBehindRocksDbsBack) {
    make();
    {
        rocksdb::DB* raw = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options{}, place().directory, &raw).ok());
        const std::unique_ptr<rocksdb::DB> database(raw);
        const std::string key{'\0', '\0', '\0', '\0', '\0', '\0', '\0', '\x3d'};  // 61
        std::string value;
        ASSERT_TRUE(database->Get({}, key, &value).ok());
        value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
        ASSERT_TRUE(database->Put({}, key, value).ok());
    }
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("not sound from sequence 61"), std::string::npos) << ran.said;
}

TEST_F(Fsck, NamesTheSequenceOfAMissingRecord) {
    make();
    {
        rocksdb::DB* raw = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options{}, place().directory, &raw).ok());
        const std::unique_ptr<rocksdb::DB> database(raw);
        const std::string key{'\0', '\0', '\0', '\0', '\0', '\0', '\0', '\x3d'};
        ASSERT_TRUE(database->Delete({}, key).ok());
    }
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("not sound from sequence 61"), std::string::npos) << ran.said;
}

TEST_F(Fsck, NamesAnUntruthAndSaysWhatToDo) {
    count_ = 9;
    while (world_.events.size() < count_) world_.record(world_.load(1'00));
    ++std::get<rules::Loaded>(world_.events[6].first).available.value;
    ASSERT_TRUE(fs::create_directory(data_));
    scribe_.commit(**RocksDbStore::open(place()), world_.events);
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("not sound from sequence 7: event: Loaded at sequence 7: the amount "
                            "available is recorded as 301, and the events before make it 300"),
              std::string::npos)
        << ran.said;
    EXPECT_NE(ran.said.find("restore from a backup"), std::string::npos) << ran.said;
    const auto json = nlohmann::json::parse(check("--json").said);
    EXPECT_EQ(json["first_unsound"], 7);
    EXPECT_EQ(json["part"], "journal");
}

TEST_F(Fsck, SaysThatDamagedProjectionsMayBeDeleted) {
    make();
    ASSERT_TRUE(fs::create_directory(data_ + "/projections"));
    std::ofstream(data_ + "/projections/CURRENT") << "MANIFEST-000001\n";
    const Ran ran = check();
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.said.find("projections: they cannot be opened"), std::string::npos) << ran.said;
    EXPECT_NE(ran.said.find("delete the directory \"projections\""), std::string::npos) << ran.said;
    EXPECT_EQ(nlohmann::json::parse(check("--json").said)["part"], "projections");
}

TEST_F(Fsck, SaysWhatIsWrongWithAKeyOrACertificateThatItIsGiven) {
    make();
    const Ran key = check("--master-key '" + data_ + "/none'");
    EXPECT_EQ(key.status, 1);
    EXPECT_NE(key.said.find("master-key"), std::string::npos) << key.said;
    const Ran signer = check("--batches '" + data_ + "' --ca none --signer none");
    EXPECT_EQ(signer.status, 1);
    EXPECT_NE(signer.said.find("ca: "), std::string::npos) << signer.said;
    EXPECT_EQ(check("--signer none").status, 2);
}

TEST_F(Fsck, TeachesItsUseAndRefusesAnyOther) {
    const Ran help = run("--help");
    EXPECT_EQ(help.status, 0);
    for (const char* part : {"--data", "--json", "--batches", "--master-key", "Exit status",
                             "Examples", "head file"}) {
        EXPECT_NE(help.said.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(run("").status, 2);
    EXPECT_EQ(run("--data x --repair").status, 2);
}

TEST(Check, TellsItsProgressRecordByRecord) {
    rules::World world;
    world.record(world.load(1'00));
    world.record(world.load(1'00));
    journal::MemoryStore store;
    Scribe scribe;
    scribe.commit(store, world.events);
    std::vector<std::uint64_t> told;
    const Report report =
        check(store, {.head_file = scribe.head}, [&told](Sequence checked, Sequence tail) {
            told.push_back(checked.value);
            EXPECT_EQ(tail.value, 6U);
        });
    EXPECT_TRUE(report.sound());
    EXPECT_EQ(told, (std::vector<std::uint64_t>{3, 6}));
}

TEST(Check, FindsAnotherRecordThanTheHeadFileKnows) {
    const rules::World world;
    journal::MemoryStore store;
    Scribe scribe;
    scribe.commit(store, world.events);
    journal::Head other = scribe.head;
    other.chain[0] ^= std::byte{1};
    const Report report = check(store, {.head_file = other}, quiet);
    ASSERT_TRUE(report.journal);
    EXPECT_EQ(report.journal->fault.field, "head_file");
}

}  // namespace
}  // namespace carecard::fsck
