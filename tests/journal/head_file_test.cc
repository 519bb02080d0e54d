#include "services/journal/head_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/sha256.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

Head head_at(std::uint64_t sequence) {
    return {.epoch = {2}, .sequence = {sequence}, .chain = sha256(bytes_of("chain"))};
}

/// A file system whose replacing of files can be made to fail.
class FailingFileSystem final : public FileSystem {
   public:
    Result<std::vector<std::byte>> read_all(const NamedPath& file) override {
        return target_.read_all(file);
    }
    Result<Secret> read_secret(const NamedPath& file) override { return target_.read_secret(file); }
    Result<Done> write_atomically(const NamedPath& file, std::span<const std::byte> bytes,
                                  FileMode mode) override {
        ++writes;
        if (failing) return Fault{FaultKind::unavailable, file.field, "injected", "Wait."};
        return target_.write_atomically(file, bytes, mode);
    }
    Result<Presence> exists(const NamedPath& file) override { return target_.exists(file); }
    Result<Done> remove(const NamedPath& file) override { return target_.remove(file); }
    Result<Done> make_directory(const NamedPath& directory) override {
        return target_.make_directory(directory);
    }
    Result<std::vector<std::string>> list(const NamedPath& directory) override {
        return target_.list(directory);
    }

    std::atomic<bool> failing{false};
    std::atomic<int> writes{0};

   private:
    PosixFileSystem target_;
};

class HeadFileTest : public ::testing::Test {
   protected:
    std::optional<Head> read() {
        const Result<std::optional<Head>> head = read_head(files_, file_);
        CHECK(head);
        return *head;
    }

    /// Waits, for at most ten seconds, until the file says `sequence`.
    bool shows(std::uint64_t sequence) {
        for (int turn = 0; turn < 1000; ++turn) {
            const std::optional<Head> head = read();
            if (head && head->sequence.value == sequence) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

    TemporaryDirectory directory_;
    NamedPath file_{.field = "head_file", .path = directory_.file("head")};
    FailingFileSystem files_;
    std::atomic<int> failures_{0};
    HeadWriter::OnFailure count_failures_ = [this](const Fault& fault) {
        CHECK(fault.field == "head_file");
        ++failures_;
    };
};

TEST_F(HeadFileTest, ReadsNothingWhenThereIsNoFile) { EXPECT_EQ(read(), std::nullopt); }

TEST_F(HeadFileTest, ReadsBackWhatWasWritten) {
    ASSERT_TRUE(write_head(files_, file_, head_at(41)));
    EXPECT_EQ(read(), head_at(41));
    ASSERT_TRUE(write_head(files_, file_, head_at(42)));
    EXPECT_EQ(read(), head_at(42));
}

TEST_F(HeadFileTest, RefusesEveryFlippedBitAndEveryOtherLength) {
    ASSERT_TRUE(write_head(files_, file_, head_at(41)));
    const std::vector<std::byte> good = *files_.read_all(file_);
    std::vector<std::vector<std::byte>> damaged;
    for (std::size_t bit = 0; bit < good.size() * 8; bit += 3) {
        damaged.push_back(good);
        damaged.back()[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    }
    damaged.emplace_back();
    damaged.emplace_back(good.begin(), good.end() - 1);
    damaged.push_back(good);
    damaged.back().push_back(std::byte{0});
    PosixFileSystem plain;
    for (const std::vector<std::byte>& bytes : damaged) {
        ASSERT_TRUE(plain.write_atomically(file_, bytes, FileMode::owner_only));
        const Result<std::optional<Head>> head = read_head(plain, file_);
        ASSERT_FALSE(head);
        EXPECT_EQ(head.fault().kind, FaultKind::corrupt);
        EXPECT_EQ(head.fault().field, "head_file");
    }
}

TEST_F(HeadFileTest, RefusesTheFileOfANewerRelease) {
    ASSERT_TRUE(write_head(files_, file_, head_at(41)));
    std::vector<std::byte> bytes = *files_.read_all(file_);
    bytes[4] = std::byte{2};
    const Hash32 hash = sha256(std::span(bytes).first(bytes.size() - sizeof(Hash32)));
    std::ranges::copy(hash, std::span(bytes).last(sizeof(Hash32)).begin());
    ASSERT_TRUE(files_.write_atomically(file_, bytes, FileMode::owner_only));
    const Result<std::optional<Head>> head = read_head(files_, file_);
    ASSERT_FALSE(head);
    EXPECT_EQ(head.fault().kind, FaultKind::conflict);
}

TEST_F(HeadFileTest, WriterWritesWhatChangedAndOnlyThat) {
    HeadWriter writer(files_, file_, count_failures_, DurationNs{1'000'000});
    writer.set(head_at(7));
    EXPECT_TRUE(shows(7));
    writer.set(head_at(8));
    EXPECT_TRUE(shows(8));
    const int writes = files_.writes;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_EQ(files_.writes, writes);
    EXPECT_EQ(failures_, 0);
}

TEST_F(HeadFileTest, WriterKeepsTheFileYoungByDefault) {
    HeadWriter writer(files_, file_, count_failures_);
    const auto start = std::chrono::steady_clock::now();
    writer.set(head_at(7));
    ASSERT_TRUE(shows(7));
    const std::chrono::nanoseconds age = std::chrono::steady_clock::now() - start;
    EXPECT_LT(age.count(), 2 * head_file_age_max.value);
}

TEST_F(HeadFileTest, WriterWritesTheLastHeadWhenItEnds) {
    {
        HeadWriter writer(files_, file_, count_failures_, hours(1));
        writer.set(head_at(7));
        writer.set(head_at(9));
    }
    EXPECT_EQ(read(), head_at(9));
    EXPECT_EQ(files_.writes, 1);
}

TEST_F(HeadFileTest, WriterReportsAFailureAndTriesAgain) {
    files_.failing = true;
    HeadWriter writer(files_, file_, count_failures_, DurationNs{1'000'000});
    writer.set(head_at(7));
    for (int turn = 0; turn < 1000 && failures_ < 2; ++turn) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_GE(failures_, 2);
    EXPECT_EQ(read(), std::nullopt);
    files_.failing = false;
    EXPECT_TRUE(shows(7));
}

}  // namespace
}  // namespace carecard::journal
