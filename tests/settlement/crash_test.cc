#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

/// Does `steps` steps, and then nothing more. When it goes, so does the power: a file that was not
/// synced loses half of its bytes, wherever it stands by then.
class StoppingDirectories final : public Directories {
   public:
    StoppingDirectories(Directories& directories, int steps)
        : directories_(directories), left_(steps) {}
    ~StoppingDirectories() override {
        for (const auto& file : unsynced_) {
            if (!std::filesystem::exists(file)) continue;
            std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
        }
    }

    Result<Presence> exists(const std::string& path) override { return directories_.exists(path); }
    Result<Done> make(const std::string& directory) override {
        return step([&] { return directories_.make(directory); });
    }
    Result<Done> write(const std::string& file, std::span<const std::byte> bytes) override {
        unsynced_.insert(file);
        return step([&] { return directories_.write(file, bytes); });
    }
    Result<Done> sync(const std::string& path) override {
        Result<Done> synced = step([&] { return directories_.sync(path); });
        if (synced) unsynced_.erase(path);
        return synced;
    }
    Result<Done> rename(const std::string& from, const std::string& to) override {
        const Result<Done> renamed = step([&] { return directories_.rename(from, to); });
        if (!renamed) return renamed.fault();
        std::set<std::string> moved;
        for (const std::string& file : unsynced_) {
            moved.insert(file.starts_with(from) ? to + file.substr(from.size()) : file);
        }
        unsynced_ = moved;
        return Done{};
    }
    Result<Done> remove_all(const std::string& directory) override {
        return step([&] { return directories_.remove_all(directory); });
    }
    Result<std::vector<std::byte>> read(const FilePart& part) override {
        return directories_.read(part);
    }

   private:
    template <class Step>
    Result<Done> step(Step take) {
        if (left_-- <= 0) {
            return Fault{FaultKind::unavailable, "batches", "stopped", "Start again."};
        }
        return take();
    }

    Directories& directories_;
    int left_;
    std::set<std::string> unsynced_;
};

/// Accepts `writes` writes and refuses the rest.
class StoppingBook final : public Book {
   public:
    StoppingBook(Book& book, int writes) : book_(book), left_(writes) {}
    Result<Done> write(std::span<const Change> changes) override {
        if (left_-- <= 0) return Fault{FaultKind::unavailable, "data", "stopped", "Start again."};
        return book_.write(changes);
    }
    Result<Done> scan(const KeyRange& range, const RowVisitor& visitor) const override {
        return book_.scan(range, visitor);
    }

   private:
    Book& book_;
    int left_;
};

struct Journal {
    explicit Journal(std::size_t events_per_record) : recorder(events_per_record) {
        SampleMonth month;
        month.close(0);
        month.second_day();
        month.close(1);
        recorder.record(month.world);
    }
    Recorder recorder;
};

/// Every batch that is in its place is whole.
void expect_absent_or_complete(const std::string& root) {
    const std::filesystem::path programme = root + "/care";
    if (!std::filesystem::exists(programme)) return;
    for (const auto& entry : std::filesystem::directory_iterator(programme)) {
        if (entry.path().extension() == ".unfinished") continue;
        const Result<BatchFiles> files = read_batch(entry.path().string());
        ASSERT_TRUE(files) << files.fault().field;
        const auto verified = verify_batch(*files, Authority::one().trusted(), nullptr);
        ASSERT_TRUE(verified) << verified.fault().detail;
    }
}

void expect_finished(const std::string& root, const FreshRun& undisturbed) {
    const Result<BatchFiles> first = read_batch(root + "/care/000001");
    const Result<BatchFiles> second = read_batch(root + "/care/000002");
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->manifest, undisturbed.files(1).manifest);
    EXPECT_EQ(second->items, undisturbed.files(2).items);
    EXPECT_EQ(second->positions, undisturbed.files(2).positions);
    const auto verified = verify_batch(*second, Authority::one().trusted(), &*first);
    EXPECT_TRUE(verified) << verified.fault().detail;
    EXPECT_FALSE(std::filesystem::exists(root + "/care/000001.unfinished"));
}

TEST(SettlementCrash, LeavesABatchAbsentOrCompleteAtEveryStepOfItsDirectory) {
    const Journal journal(4);
    FreshRun undisturbed;
    undisturbed.follow(journal.recorder.store);
    int steps = 0;
    for (bool stopped = true; stopped; ++steps) {
        ASSERT_LT(steps, 100);
        TemporaryDirectory root;
        MemoryBook book;
        PosixDirectories posix;
        {
            StoppingDirectories stopping(posix, steps);
            stopped = !Follower(book, root.path(), stopping).follow(journal.recorder.store);
        }
        expect_absent_or_complete(root.path());
        const Result<Done> resumed =
            Follower(book, root.path(), posix).follow(journal.recorder.store);
        ASSERT_TRUE(resumed) << steps << ": " << resumed.fault().detail;
        expect_finished(root.path(), undisturbed);
    }
    EXPECT_GT(steps, 26);  // two batches of thirteen steps
}

/// Keeps the order of what was made durable, and of what was put in its place.
class RecordingDirectories final : public Directories {
   public:
    Result<Presence> exists(const std::string& path) override { return posix_.exists(path); }
    Result<Done> make(const std::string& directory) override { return posix_.make(directory); }
    Result<Done> write(const std::string& file, std::span<const std::byte> bytes) override {
        return posix_.write(file, bytes);
    }
    Result<Done> sync(const std::string& path) override {
        steps.push_back("sync " + path);
        return posix_.sync(path);
    }
    Result<Done> rename(const std::string& from, const std::string& to) override {
        steps.push_back("rename " + to);
        return posix_.rename(from, to);
    }
    Result<Done> remove_all(const std::string& directory) override {
        return posix_.remove_all(directory);
    }
    Result<std::vector<std::byte>> read(const FilePart& part) override { return posix_.read(part); }

    std::vector<std::string> steps;

   private:
    PosixDirectories posix_;
};

TEST(SettlementCrash, MakesAProgrammesDirectoryDurableThatAnEarlierRunOnlyMade) {
    const Journal journal(4);
    TemporaryDirectory root;
    MemoryBook book;
    PosixDirectories posix;
    {
        StoppingDirectories stopping(posix, 1);
        ASSERT_FALSE(Follower(book, root.path(), stopping).follow(journal.recorder.store));
    }
    ASSERT_TRUE(std::filesystem::exists(root.path() + "/care"));
    RecordingDirectories recording;
    ASSERT_TRUE(Follower(book, root.path(), recording).follow(journal.recorder.store));
    const auto synced = std::ranges::find(recording.steps, "sync " + root.path());
    const auto placed =
        std::ranges::find(recording.steps, "rename " + root.path() + "/care/000001");
    ASSERT_NE(placed, recording.steps.end());
    EXPECT_LT(synced - recording.steps.begin(), placed - recording.steps.begin());
}

TEST(SettlementCrash, AcceptsAStoredBatchOnlyWithItsSignersSignature) {
    const Journal journal(4);
    FreshRun run;
    run.follow(journal.recorder.store);
    const std::string path = run.place(1) + "/" + std::string(signature_file);
    const std::string own = read_text(path);
    const auto by_another =
        Authority::another().signer().sign(read_text(run.place(1) + "/manifest.json"));
    ASSERT_TRUE(by_another);
    const std::string another(reinterpret_cast<const char*>(by_another->data()),
                              by_another->size());
    const auto follow_again = [&] {
        MemoryBook book;
        return Follower(book, run.root.path(), run.directories).follow(journal.recorder.store);
    };
    for (const std::string& signature : {std::string(), own.substr(1), own + "x", another}) {
        write_text(path, signature);
        const Result<Done> followed = follow_again();
        ASSERT_FALSE(followed);
        EXPECT_EQ(followed.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(read_text(path), signature);
    }
    write_text(path, own);
    EXPECT_TRUE(follow_again());
}

TEST(SettlementCrash, AcceptsAStoredBatchThatItsSignersEarlierCertificateSigned) {
    const Journal journal(4);
    FreshRun run;
    run.follow(journal.recorder.store);
    const auto follow_again = [&](const Signer& signer) {
        MemoryBook book;
        Shelf shelf(run.directories, run.root.path());
        Catalogue catalogue;
        auto settlement = Settlement::open({.book = book,
                                            .shelf = shelf,
                                            .signer = signer,
                                            .catalogue = catalogue,
                                            .currency_name = letters_of});
        return follow_to_end(**settlement, journal.recorder.store, ClockKind::system);
    };
    Signer renewed = Authority::another().signer();
    EXPECT_FALSE(follow_again(renewed));
    EXPECT_FALSE(renewed.add_earlier("no certificate"));
    ASSERT_TRUE(renewed.add_earlier(read_text(Authority::one().file("batch-signer.pem"))));
    const Result<Done> followed = follow_again(renewed);
    EXPECT_TRUE(followed) << followed.fault().detail;
}

TEST(SettlementCrash, GoesOnFromEveryWriteOfItsBook) {
    for (const std::size_t events_per_record : {1U, 4U, 1'000U}) {
        const Journal journal(events_per_record);
        FreshRun undisturbed;
        undisturbed.follow(journal.recorder.store);
        bool stopped = true;
        for (int writes = 0; stopped; ++writes) {
            ASSERT_LT(writes, 200);
            TemporaryDirectory root;
            MemoryBook book;
            PosixDirectories posix;
            StoppingBook stopping(book, writes);
            stopped = !Follower(stopping, root.path(), posix).follow(journal.recorder.store);
            const Result<Done> resumed =
                Follower(book, root.path(), posix).follow(journal.recorder.store);
            ASSERT_TRUE(resumed) << writes << ": " << resumed.fault().detail;
            expect_finished(root.path(), undisturbed);
        }
    }
}

TEST(SettlementCrash, GoesOnFromABookThatLostItsLastWrites) {
    const Journal journal(2);
    FreshRun undisturbed;
    undisturbed.follow(journal.recorder.store);
    for (int writes = 0; writes < 12; ++writes) {
        TemporaryDirectory root;
        MemoryBook book;
        PosixDirectories posix;
        StoppingBook stopping(book, writes);
        (void)Follower(stopping, root.path(), posix).follow(journal.recorder.store);
        const MemoryBook as_it_was(book);
        ASSERT_TRUE(Follower(book, root.path(), posix).follow(journal.recorder.store));
        MemoryBook older(as_it_was);
        const Result<Done> resumed =
            Follower(older, root.path(), posix).follow(journal.recorder.store);
        ASSERT_TRUE(resumed) << writes << ": " << resumed.fault().detail;
        expect_finished(root.path(), undisturbed);
    }
}

}  // namespace
}  // namespace carecard::settlement
