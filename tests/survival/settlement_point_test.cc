#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/limits.h"
#include "services/settlement/data_directory.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"
#include "services/settlement/rocksdb_book.h"
#include "tests/settlement/fixture.h"
#include "tests/survival/disk.h"
#include "tests/survival/disk_env.h"
#include "tests/survival/extent.h"
#include "tests/survival/mounted_disk.h"

// The settlement service's own files: its book in RocksDB, and its batches.
namespace carecard::survival {
namespace {

using settlement::BatchFiles;
using settlement::ClosedBatch;

constexpr std::string_view programme = "care";
constexpr std::uint32_t batches = 2;

const std::string data = "/settlement";

/// Two days of a council, each closed, as the journal has them.
struct ClosedDays {
    ClosedDays() {
        settlement::SampleMonth month;
        month.close(0);
        month.second_day();
        month.close(1);
        recorder.record(month.world);
    }
    settlement::Recorder recorder{4};
};

/// One life of carecard-settlement on a simulated disk, without its RPCs. Destroying it is the end
/// of the process.
class Life {
   public:
    explicit Life(Disk& disk) : disk_(disk), mounted_(disk), env_(env_on(disk)) {}
    ~Life() {
        const bool ends_here = !disk_.is_stopped();
        if (ends_here) disk_.stop();
        settlement_.reset();
        book_.reset();
        if (ends_here) disk_.go_on();
    }
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    /// Starts as the service does, and follows the journal to its end.
    Result<Done> live(const journal::Store& journal) {
        const Result<Done> made =
            settlement::make_data_directory(directories_, MountedDisk::path(data));
        if (!made) return made.fault();
        auto book = settlement::RocksDbBook::open(
            {.field = "data", .directory = data + "/book", .env = env_.get()});
        if (!book) return book.fault();
        book_ = *std::move(book);
        auto opened = settlement::Settlement::open({.book = *book_,
                                                    .shelf = shelf_,
                                                    .signer = signer_,
                                                    .catalogue = catalogue_,
                                                    .currency_name = settlement::letters_of});
        if (!opened) return opened.fault();
        settlement_ = *std::move(opened);
        return settlement::follow_to_end(*settlement_, journal, settlement::ClockKind::system);
    }

    /// What callers may have been told is closed.
    [[nodiscard]] std::vector<ClosedBatch> closed() const {
        return catalogue_.list(programme, batches + 1, batches);
    }

    /// The files of a batch; nothing when it has no place yet.
    std::optional<BatchFiles> files(std::uint32_t number) {
        const Disk::Unwatched unwatched(disk_);
        const std::string place = settlement::batches_in(MountedDisk::path(data)) + "/care/00000" +
                                  std::to_string(number);
        const auto there = directories_.exists(place);
        if (!there || *there == settlement::Directories::Presence::absent) return std::nullopt;
        const std::vector<std::byte> signature = read(place, settlement::signature_file);
        return BatchFiles{.manifest = text(place, settlement::manifest_file),
                          .signature = signature,
                          .items = text(place, settlement::items_file),
                          .positions = text(place, settlement::positions_file)};
    }

   private:
    std::vector<std::byte> read(const std::string& place, std::string_view name) {
        auto bytes = directories_.read({.path = place + "/" + std::string(name),
                                        .offset = 0,
                                        .bytes_max = std::size_t{1} << 20});
        EXPECT_TRUE(bytes) << place << "/" << name;
        return bytes ? *std::move(bytes) : std::vector<std::byte>{};
    }
    std::string text(const std::string& place, std::string_view name) {
        const std::vector<std::byte> bytes = read(place, name);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    Disk& disk_;
    MountedDisk mounted_;
    settlement::PosixDirectories directories_;
    std::unique_ptr<rocksdb::Env> env_;
    settlement::Shelf shelf_{directories_, settlement::batches_in(MountedDisk::path(data))};
    settlement::Signer signer_ = settlement::Authority::one().signer();
    settlement::Catalogue catalogue_;
    std::unique_ptr<settlement::RocksDbBook> book_;
    std::unique_ptr<settlement::Settlement> settlement_;
};

class SettlementPoint : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        days_ = std::make_unique<ClosedDays>();
        Disk disk(1);
        Life life(disk);
        const Result<Done> lived = life.live(days_->recorder.store);
        EXPECT_TRUE(lived) << lived.fault().detail;
        calls_ = disk.operations();
        for (std::uint32_t number = 1; number <= batches; ++number) {
            undisturbed_.push_back(*life.files(number));
        }
    }
    static void TearDownTestSuite() { days_.reset(); }

    /// Lives once on `disk`, with what is to befall it, and then `restart`s on what is left.
    static void expect_survives(Disk& disk, const std::function<void()>& restart,
                                const std::string& what) {
        std::vector<ClosedBatch> told;
        {
            Life life(disk);
            (void)life.live(days_->recorder.store);  // as far as it comes
            told = life.closed();
        }
        restart();
        Life life(disk);
        expect_absent_or_whole(life, what);
        const Result<Done> lived = life.live(days_->recorder.store);
        ASSERT_TRUE(lived) << what << ": " << lived.fault().detail;
        expect_finished(life, what);
        const std::vector<ClosedBatch> closed = life.closed();
        ASSERT_EQ(closed.size(), batches) << what;
        for (const ClosedBatch& batch : told) {  // the newest first
            EXPECT_TRUE(closed[batches - batch.manifest.number] == batch)
                << what << ": batch " << batch.manifest.number << " was another when it was told";
        }
    }

    static void expect_absent_or_whole(Life& life, const std::string& what) {
        for (std::uint32_t number = 1; number <= batches; ++number) {
            const std::optional<BatchFiles> files = life.files(number);
            if (!files) continue;
            const auto verified =
                verify_batch(*files, settlement::Authority::one().trusted(), nullptr);
            EXPECT_TRUE(verified) << what << ": " << verified.fault().detail;
        }
    }

    /// The same batches as undisturbed, each following the one before. A signature is another each
    /// time, and the second manifest names the first one's.
    static void expect_finished(Life& life, const std::string& what) {
        const std::optional<BatchFiles> first = life.files(1);
        const std::optional<BatchFiles> second = life.files(2);
        ASSERT_TRUE(first && second) << what;
        EXPECT_EQ(first->manifest, undisturbed_[0].manifest) << what;
        EXPECT_EQ(first->items, undisturbed_[0].items) << what;
        EXPECT_EQ(second->items, undisturbed_[1].items) << what;
        EXPECT_EQ(second->positions, undisturbed_[1].positions) << what;
        const auto verified =
            verify_batch(*second, settlement::Authority::one().trusted(), &*first);
        EXPECT_TRUE(verified) << what << ": " << verified.fault().detail;
    }

    static std::unique_ptr<ClosedDays> days_;
    static std::vector<Operation> calls_;
    static std::vector<BatchFiles> undisturbed_;
};
std::unique_ptr<ClosedDays> SettlementPoint::days_;
std::vector<Operation> SettlementPoint::calls_;
std::vector<BatchFiles> SettlementPoint::undisturbed_;

TEST_F(SettlementPoint, LosesAndChangesNoBatchWhenKilledAtAnyCall) {
    EXPECT_GT(calls_.size(), 100U);
    EXPECT_LE(calls_.size(), 400U);
    for (std::uint64_t call = 0; call < calls_.size() && !HasFailure(); call += extent().share) {
        Disk disk(extent().seed + call);
        disk.cut_after(call);
        expect_survives(
            disk, [&] { disk.heal(); }, "killed at call " + std::to_string(call));
    }
}

TEST_F(SettlementPoint, LosesAndChangesNoBatchWhenThePowerIsCutAtAnyCall) {
    for (std::uint64_t call = 0; call < calls_.size() && !HasFailure(); call += extent().share) {
        Disk disk(extent().seed + call);
        disk.cut_after(call);
        expect_survives(
            disk, [&] { disk.restore_power(); }, "cut at call " + std::to_string(call));
    }
}

TEST_F(SettlementPoint, LosesAndChangesNoBatchWhenThePowerIsCutRightAfterItsLastOne) {
    for (std::uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
        Disk disk(seed);
        expect_survives(
            disk,
            [&] {
                disk.stop();
                disk.restore_power();
            },
            "cut at the end, seed " + std::to_string(seed));
    }
}

TEST_F(SettlementPoint, LosesAndChangesNoBatchWhateverTroubleACallMeets) {
    std::uint64_t met = 0;
    for (const Trouble trouble : {Trouble::io_error, Trouble::no_space, Trouble::short_write}) {
        for (std::uint64_t call = 0; call < calls_.size() && !HasFailure();
             call += extent().share) {
            if (!can_befall(trouble, calls_[call])) continue;
            Disk disk(extent().seed + call);
            disk.trouble_after(call, trouble);
            const bool power_goes = call % 2 == 0;
            expect_survives(
                disk,
                [&] {
                    if (power_goes) disk.restore_power();
                    disk.heal();
                },
                std::string(name_of(trouble)) + " at call " + std::to_string(call));
            if (disk.met()) ++met;
        }
    }
    EXPECT_GT(met, 100 / extent().share);
}

}  // namespace
}  // namespace carecard::survival
