#include <gtest/gtest.h>

#include <string>

#include "common/sha256.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "tests/survival/mounted_disk.h"

namespace carecard::survival {
namespace {

using journal::FileMode;
using journal::Head;
using journal::NamedPath;

const NamedPath file{.field = "head_file", .path = MountedDisk::path("/data/head")};
const NamedPath directory{.field = "data", .path = MountedDisk::path("/data")};

Head head(std::uint64_t sequence) { return {.epoch = {1}, .sequence = {sequence}}; }

/// The product's own file system on a simulated disk that holds the first head.
class PlainFile : public testing::Test {
   protected:
    PlainFile() {
        EXPECT_TRUE(files_.make_directory(directory));
        EXPECT_TRUE(write_head(files_, file, head(1)));
        const std::uint64_t before = disk_.calls();
        EXPECT_TRUE(write_head(files_, file, head(2)));
        calls_of_a_write_ = disk_.calls() - before;
        EXPECT_TRUE(write_head(files_, file, head(1)));
    }

    std::uint64_t sequence_on(Disk& disk) {
        const Disk::Unwatched unwatched(disk);
        const auto read = journal::read_head(files_, file);
        EXPECT_TRUE(read && *read);
        return read && *read ? (*read)->sequence.value : 0;
    }

    Disk disk_{7};
    MountedDisk mounted_{disk_};
    journal::PosixFileSystem files_;
    std::uint64_t calls_of_a_write_ = 0;
};

TEST_F(PlainFile, IsTheOldOrTheNewOneAfterAPowerCutAtEveryCall) {
    int kept_new = 0;
    for (int round = 0; round < 50; ++round) {
        for (std::uint64_t call = 0; call < calls_of_a_write_; ++call) {
            ASSERT_TRUE(write_head(files_, file, head(1)));
            disk_.cut_after(call);
            EXPECT_FALSE(write_head(files_, file, head(2)));
            disk_.restore_power();
            const std::uint64_t sequence = sequence_on(disk_);
            EXPECT_TRUE(sequence == 1 || sequence == 2) << "call " << call;
            if (sequence == 2) ++kept_new;
        }
    }
    EXPECT_GT(kept_new, 0);
}

TEST_F(PlainFile, IsTheNewOneAfterAPowerCutOnceTheWriteReturned) {
    for (std::uint64_t round = 2; round < 200; ++round) {
        ASSERT_TRUE(write_head(files_, file, head(round)));
        disk_.restore_power();
        EXPECT_EQ(sequence_on(disk_), round);
    }
}

TEST_F(PlainFile, IsTheOldOrTheNewOneAfterATroubleAtEveryCall) {
    int failed = 0;
    for (const Trouble trouble : {Trouble::io_error, Trouble::no_space, Trouble::short_write}) {
        for (std::uint64_t call = 0; call < calls_of_a_write_; ++call) {
            ASSERT_TRUE(write_head(files_, file, head(1)));
            disk_.trouble_after(call, trouble);
            const Result<Done> written = write_head(files_, file, head(2));
            disk_.restore_power();
            const std::uint64_t sequence = sequence_on(disk_);
            EXPECT_TRUE(sequence == 2 || (!written && sequence == 1))
                << name_of(trouble) << " at call " << call;
            if (written) continue;
            ++failed;
            EXPECT_EQ(written.fault().kind, FaultKind::unavailable);
            EXPECT_EQ(written.fault().field, "head_file");
        }
    }
    EXPECT_GT(failed, 0);
}

TEST_F(PlainFile, IsRefusedWithAFlippedBit) {
    disk_.trouble_after(0, Trouble::flipped_bit);
    ASSERT_TRUE(write_head(files_, file, head(2)));
    const auto read = journal::read_head(files_, file);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.fault().kind, FaultKind::corrupt);
}

TEST_F(PlainFile, StandsInADirectoryThatSurvivesAlthoughItsMakerDiedBeforeTheSync) {
    const NamedPath later{.field = "data", .path = MountedDisk::path("/later")};
    for (int round = 0; round < 20; ++round) {
        disk_.trouble_after(1, Trouble::io_error);
        EXPECT_FALSE(files_.make_directory(later));
        disk_.heal();
        EXPECT_TRUE(files_.make_directory(later));
        disk_.restore_power();
        const auto there = files_.exists(later);
        ASSERT_TRUE(there);
        EXPECT_EQ(*there, journal::Presence::present);
        ASSERT_EQ(disk_.remove("/later"), 0);
    }
}

}  // namespace
}  // namespace carecard::survival
