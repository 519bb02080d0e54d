#include "services/backup/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "common/limits.h"
#include "services/backup/places.h"
#include "services/journal/copy_file.h"
#include "services/journal/random.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "tests/backup/faulty_ports.h"
#include "tests/journal/record_chain.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::backup {
namespace {

namespace fs = std::filesystem;
using journal::RocksDbStore;

/// Every file below a directory, by its path, with its bytes.
std::map<std::string, std::string> contents_of(const std::string& directory) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        contents[entry.path()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return contents;
}

/// A service's data directory whose journal is open, and a place for its backup.
class Backup : public testing::Test {
   protected:
    Backup() {
        fs::create_directory(data());
        open_journal();
    }

    [[nodiscard]] std::string data() const { return directory_.file("data"); }
    [[nodiscard]] std::string to() const { return directory_.file("backup"); }
    [[nodiscard]] BackupPlaces places() const {
        return {.data = {.field = "data", .path = data()}, .to = {.field = "to", .path = to()}};
    }

    void open_journal() {
        store_.reset();
        auto opened =
            RocksDbStore::open({.field = "data/journal", .directory = data() + "/journal"});
        ASSERT_TRUE(opened);
        store_ = *std::move(opened);
    }
    void write(int records) {
        for (int record = 0; record < records; ++record) {
            chain_.commit_to(*store_, {.events = 3, .filler_bytes = 50});
        }
        write_head(chain_.head);
    }
    void write_head(const journal::Head& head) {
        ASSERT_TRUE(journal::write_head(files_, head_of(places().data), head));
    }

    [[nodiscard]] Result<BackedUp> run() { return run(places()); }
    [[nodiscard]] Result<BackedUp> run(const BackupPlaces& where) {
        return back_up(where, {.files = files_, .stores = stores_, .pause = [this] { ++pauses_; }});
    }
    [[nodiscard]] Result<BackedUp> run(FaultAt& faults) const {
        FaultyFiles files(faults);
        FaultyStores stores(faults);
        return back_up(places(), {.files = files, .stores = stores});
    }

    /// The backup holds the journal's first record to `head`, each byte of it, and says so.
    void expect_holds(const journal::Head& head) {
        const auto kept = stores_.look_at(journal_of(places().to));
        ASSERT_TRUE(kept) << kept.fault().detail;
        EXPECT_EQ((*kept)->tail(), head.sequence);
        std::vector<std::byte> ours;
        std::vector<std::byte> theirs;
        journal::Record record;
        for (Sequence at; at < head.sequence; at = record.last) {
            ASSERT_TRUE(store_->read(at, ours, record));
            ASSERT_TRUE((*kept)->read(at, theirs, record));
            ASSERT_EQ(ours, theirs) << "after sequence " << at.value;
        }
        const auto known = journal::read_head(files_, head_of(places().to));
        ASSERT_TRUE(known);
        EXPECT_EQ(**known, head);
        const auto note = journal::read_copy_note(files_, journal::copy_file_of(places().to));
        ASSERT_TRUE(note);
        EXPECT_EQ((*note)->kind, journal::CopyKind::backup);
        EXPECT_EQ((*note)->head, head);
        EXPECT_EQ((*note)->stamp, TimestampNs{1'000});
    }

    const journal::TemporaryDirectory directory_;
    journal::PosixFileSystem files_;
    RocksDbStores stores_;
    std::unique_ptr<RocksDbStore> store_;
    journal::RecordChain chain_;
    int pauses_ = 0;
};

TEST_F(Backup, HoldsEveryRecordOfAJournalThatIsInUse) {
    write(40);
    const auto done = run();
    ASSERT_TRUE(done) << done.fault().detail;
    EXPECT_EQ(done->end.head, chain_.head);
    EXPECT_EQ(done->before, Sequence{0});
    EXPECT_EQ(done->records, 40U);
    EXPECT_EQ(done->events, 120U);
    EXPECT_FALSE(done->vault);
    expect_holds(chain_.head);
}

TEST_F(Backup, AddsOnlyWhatIsNewAtEachLaterRun) {
    for (int run_number = 1; run_number <= 4; ++run_number) {
        const Sequence before = chain_.head.sequence;
        write(run_number * 5);
        if (run_number == 3) open_journal();  // what was in the log is in a table now
        const auto done = run();
        ASSERT_TRUE(done) << done.fault().detail;
        EXPECT_EQ(done->before, before);
        EXPECT_EQ(done->records, static_cast<std::uint64_t>(run_number) * 5);
        expect_holds(chain_.head);
    }
    const auto nothing_new = run();
    ASSERT_TRUE(nothing_new);
    EXPECT_EQ(nothing_new->records, 0U);
    expect_holds(chain_.head);
}

TEST_F(Backup, IsBegunFromAJournalInWhichNothingWasRecorded) {
    const auto done = run();
    ASSERT_TRUE(done) << done.fault().detail;
    EXPECT_EQ(done->end.head, journal::Head{});
    write(2);
    ASSERT_TRUE(run());
    expect_holds(chain_.head);
}

TEST_F(Backup, StandsWhileTheJournalGrowsBesideIt) {
    std::atomic<bool> stopping{false};
    std::thread writer([&] {
        while (!stopping) chain_.commit_to(*store_, {.events = 2, .filler_bytes = 4'000});
    });
    Sequence last;
    for (int round = 0; round < 5; ++round) {
        const auto done = run();
        EXPECT_TRUE(done) << done.fault().detail;
        if (!done) break;
        EXPECT_GE(done->end.head.sequence, last);
        last = done->end.head.sequence;
    }
    stopping = true;
    writer.join();
    write_head(chain_.head);
    ASSERT_TRUE(run());
    expect_holds(chain_.head);
}

TEST_F(Backup, IsContinuedAfterAFaultAtAnyCall) {
    write(2);
    for (const auto effect : {FaultAt::Effect::none, FaultAt::Effect::whole}) {
        bool reached = true;
        int faults_seen = 0;
        for (int call = 1; reached; ++call) {
            fs::remove_all(to());
            FaultAt faults(call, effect);
            const auto stopped = run(faults);
            reached = faults.calls >= call;
            if (!stopped) ++faults_seen;
            const auto done = run();
            ASSERT_TRUE(done) << "after call " << call << ": " << done.fault().detail;
            expect_holds(chain_.head);
        }
        EXPECT_GT(faults_seen, 5);
    }
}

TEST_F(Backup, LooksAgainWhenFilesVanishBeneathIt) {
    write(10);
    class Vanishing final : public Stores {
       public:
        Result<std::unique_ptr<journal::Store>> look_at(const journal::NamedPath& path) override {
            if (path.field == "data/journal" && ++looks <= vanished) {
                return Fault{FaultKind::corrupt, "data/journal", "No such file", "look again"};
            }
            return inner.look_at(path);
        }
        Result<std::unique_ptr<journal::Store>> open(const journal::NamedPath& path) override {
            return inner.open(path);
        }
        Result<journal::VaultCopied> copy_vault(const journal::NamedPath& from,
                                                const journal::NamedPath& to) override {
            return inner.copy_vault(from, to);
        }
        Result<settlement::Seen> read_settlement(const journal::NamedPath& data) override {
            return inner.read_settlement(data);
        }
        RocksDbStores inner;
        int looks = 0;
        int vanished = 0;
    };
    Vanishing stores;
    stores.vanished = backup_reopenings_max;
    int pauses = 0;
    const Ports ports{.files = files_, .stores = stores, .pause = [&pauses] { ++pauses; }};
    ASSERT_TRUE(back_up(places(), ports));
    EXPECT_EQ(pauses, backup_reopenings_max);
    expect_holds(chain_.head);

    stores.looks = 0;
    stores.vanished = backup_reopenings_max + 1;
    const auto given_up = back_up(places(), ports);
    ASSERT_FALSE(given_up);
    EXPECT_EQ(given_up.fault().kind, FaultKind::corrupt);
}

TEST_F(Backup, RefusesAnotherJournalAndChangesNothing) {
    write(6);
    ASSERT_TRUE(run());
    const auto kept = contents_of(to());
    store_.reset();
    fs::remove_all(data());
    fs::create_directory(data());
    open_journal();
    chain_ = {};
    chain_.commit_to(*store_, {.events = 1});
    write(9);
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::conflict);
    EXPECT_EQ(refused.fault().field, "to");
    EXPECT_NE(refused.fault().detail.find("another journal"), std::string::npos);
    EXPECT_EQ(pauses_, 0);
    const auto after = stores_.look_at(journal_of(places().to));
    ASSERT_TRUE(after);
    EXPECT_EQ((*after)->tail(), Sequence{18});
    for (const char* file : {"/head", "/copy"}) {
        EXPECT_EQ(contents_of(to()).at(to() + file), kept.at(to() + file));
    }
}

TEST_F(Backup, RefusesAJournalThatReachesLessFarThanItself) {
    write(6);
    ASSERT_TRUE(run());
    store_.reset();
    fs::remove_all(data());
    fs::create_directory(data());
    open_journal();
    chain_ = {};
    write(3);
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::conflict);
    EXPECT_NE(refused.fault().detail.find("reaches sequence 18, and the journal 9"),
              std::string::npos)
        << refused.fault().detail;
}

TEST_F(Backup, RefusesAJournalThatEndsBeforeItsHeadFile) {
    write(3);
    journal::Head later = chain_.head;
    ++later.sequence.value;
    write_head(later);
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(refused.fault().field, "head_file");
    EXPECT_EQ(pauses_, backup_reopenings_max);
}

TEST_F(Backup, RefusesADamagedRecordAndKeepsWhatCameBefore) {
    write(5);
    const Sequence sound = chain_.head.sequence;
    std::vector<std::byte> bytes = chain_.next({.events = 1});
    bytes[bytes.size() / 2] ^= std::byte{1};
    ASSERT_TRUE(store_->commit(
        sound, {.first = {sound.value + 1}, .last = chain_.head.sequence, .bytes = bytes}));
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
    EXPECT_NE(refused.fault().detail.find("sequence 16"), std::string::npos)
        << refused.fault().detail;
    const auto kept = stores_.look_at(journal_of(places().to));
    ASSERT_TRUE(kept);
    EXPECT_EQ((*kept)->tail(), sound);
}

TEST_F(Backup, RefusesADirectoryThatHoldsSomethingElse) {
    write(1);
    fs::create_directory(to());
    std::ofstream(to() + "/letters.txt") << "dear council";
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::conflict);
    EXPECT_EQ(contents_of(to()).size(), 1U);
}

TEST_F(Backup, RefusesTheServicesOwnDirectoryAndAnythingInIt) {
    write(1);
    for (const std::string& path :
         {data(), data() + "/", data() + "/backup", directory_.path(), data() + "/../data"}) {
        BackupPlaces where = places();
        where.to.path = path;
        const auto refused = run(where);
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.fault().kind, FaultKind::malformed);
        EXPECT_EQ(refused.fault().field, "to");
    }
}

TEST_F(Backup, RefusesADirectoryWithoutAJournalAndMakesNothing) {
    BackupPlaces where = places();
    where.data.path = directory_.file("absent");
    const auto refused = run(where);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::not_found);
    EXPECT_FALSE(fs::exists(to()));
}

TEST_F(Backup, RefusesASecondRunBesideOneThatIsAtWork) {
    write(1);
    ASSERT_TRUE(run());
    const auto other = stores_.open(journal_of(places().to));
    ASSERT_TRUE(other);
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::fenced);
}

TEST_F(Backup, KeepsTheVaultApartFromTheJournal) {
    write(1);
    const auto vault = journal::RocksDbVault::open(
        {.field = "data/vault", .directory = data() + "/vault"}, journal::random_secret(32));
    ASSERT_TRUE(vault);
    ASSERT_TRUE((*vault)->put(journal::random_vault_key_id(), journal::random_secret(32)));
    for (const std::string& path : {to(), to() + "/vault", data() + "/vault", data()}) {
        BackupPlaces where = places();
        where.vault_to = {.field = "vault-to", .path = path};
        const auto refused = run(where);
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.fault().field, "vault-to");
    }
    BackupPlaces where = places();
    where.vault_to = {.field = "vault-to", .path = directory_.file("keys")};
    const auto done = run(where);
    ASSERT_TRUE(done) << done.fault().detail;
    ASSERT_TRUE(done->vault);
    EXPECT_EQ(done->vault->live, 1U);
    EXPECT_FALSE(fs::exists(to() + "/vault"));
}

}  // namespace
}  // namespace carecard::backup
