#include "tests/survival/disk.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <string>

namespace carecard::survival {
namespace {

void write(Disk& disk, const Disk::File& file, std::string_view bytes) {
    std::size_t stored = 0;
    ASSERT_EQ(disk.append(file, bytes, stored), 0);
    ASSERT_EQ(stored, bytes.size());
}

std::string read(Disk& disk, std::string_view path) {
    Disk::File file;
    std::string bytes;
    if (disk.open(path, file) != 0) return "(absent)";
    EXPECT_EQ(disk.read(file, 0, 1'000, bytes), 0);
    return bytes;
}

/// A disk with "old" in a file "/f", all of it synced.
std::unique_ptr<Disk> disk_with_a_file(std::uint64_t seed, Disk::File& file) {
    auto disk = std::make_unique<Disk>(seed);
    Disk::File root;
    EXPECT_EQ(disk->create("/f", file), 0);
    write(*disk, file, "old");
    EXPECT_EQ(disk->sync(file), 0);
    EXPECT_EQ(disk->open("/", root), 0);
    EXPECT_EQ(disk->sync(root), 0);
    return disk;
}

TEST(SimulatedDisk, KeepsWhatWasSyncedAndOfTheRestAllNothingOrAPart) {
    std::set<std::string> left;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        Disk::File file;
        const auto disk = disk_with_a_file(seed, file);
        write(*disk, file, "NEW");
        disk->restore_power();
        left.insert(read(*disk, "/f"));
    }
    for (const std::string& bytes : left) EXPECT_TRUE(bytes.starts_with("old")) << bytes;
    for (const char* const bytes : {"old", "oldN", "oldNE", "oldNEW"}) {
        EXPECT_TRUE(left.contains(bytes)) << bytes;
    }
    EXPECT_GT(left.size(), 4U);  // torn ones
}

TEST(SimulatedDisk, DropsNamesWhoseDirectoryWasNotSynced) {
    std::set<std::string> left;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Disk::File file;
        const auto disk = disk_with_a_file(seed, file);
        ASSERT_EQ(disk->create("/g", file), 0);
        ASSERT_EQ(disk->rename("/g", "/f"), 0);
        disk->restore_power();
        left.insert(read(*disk, "/f") + read(*disk, "/g"));
    }
    EXPECT_EQ(left, (std::set<std::string>{"old(absent)", "old", "(absent)"}));
}

TEST(SimulatedDisk, MayGiveBackWhatAnUnsyncedTruncationTook) {
    std::set<std::string> left;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Disk::File file;
        const auto disk = disk_with_a_file(seed, file);
        ASSERT_EQ(disk->create("/f", file), 0);
        EXPECT_EQ(read(*disk, "/f"), "");
        disk->restore_power();
        left.insert(read(*disk, "/f"));
    }
    EXPECT_EQ(left, (std::set<std::string>{"old", ""}));
}

TEST(SimulatedDisk, BringsNothingToTheDiskAfterASyncThatFailed) {
    std::set<std::string> left;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Disk::File file;
        const auto disk = disk_with_a_file(seed, file);
        write(*disk, file, "N");
        disk->trouble_after(0, Trouble::io_error);
        EXPECT_EQ(disk->sync(file), EIO);
        EXPECT_EQ(disk->sync(file), 0);
        disk->restore_power();
        left.insert(read(*disk, "/f"));
    }
    EXPECT_TRUE(left.contains("old"));
    EXPECT_TRUE(left.contains("oldN"));
}

TEST(SimulatedDisk, DoesNothingMoreOnceThePowerIsOff) {
    Disk::File file;
    const auto disk = disk_with_a_file(1, file);
    disk->cut_after(1);
    write(*disk, file, "a");
    EXPECT_EQ(disk->sync(file), EIO);
    EXPECT_TRUE(disk->is_stopped());
    std::size_t stored = 0;
    EXPECT_EQ(disk->append(file, "b", stored), EIO);
    EXPECT_EQ(disk->remove("/f"), EIO);
    disk->heal();
    EXPECT_EQ(read(*disk, "/f"), "olda");
}

TEST(SimulatedDisk, MeetsEachTroubleOnceAndStaysFullUntilItIsHealed) {
    Disk::File file;
    const auto disk = disk_with_a_file(1, file);
    std::size_t stored = 0;
    disk->trouble_after(0, Trouble::short_write);
    EXPECT_EQ(disk->append(file, "123456789", stored), 0);
    EXPECT_LT(stored, 9U);
    EXPECT_EQ(disk->append(file, "1", stored), 0);
    EXPECT_EQ(stored, 1U);
    disk->trouble_after(0, Trouble::no_space);
    EXPECT_EQ(disk->append(file, "1", stored), ENOSPC);
    EXPECT_EQ(disk->make_directory("/d"), ENOSPC);
    EXPECT_EQ(disk->remove("/f"), 0);
    disk->heal();
    EXPECT_EQ(disk->make_directory("/d"), 0);
}

}  // namespace
}  // namespace carecard::survival
