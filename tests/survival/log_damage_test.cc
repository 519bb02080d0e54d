#include <gtest/gtest.h>

#include <string>

#include "services/journal/rocksdb_store.h"
#include "tests/journal/record_chain.h"
#include "tests/survival/disk.h"
#include "tests/survival/disk_env.h"

namespace carecard::survival {
namespace {

using journal::RocksDbStore;

/// A journal of a few records, each of one commit, all of them in the log.
class LogDamage : public testing::Test {
   protected:
    static constexpr std::uint64_t records = 5;

    LogDamage() {
        const auto store = RocksDbStore::open(place_);
        journal::RecordChain chain;
        for (std::uint64_t record = 0; record < records; ++record) {
            log_bytes_.push_back(disk_.size_of(log()));
            chain.commit_to(**store, {});
        }
    }

    [[nodiscard]] std::string log() const {
        std::string last;
        for (const std::string& path : disk_.files()) {
            if (path.ends_with(".log")) last = path;
        }
        return last;
    }

    Disk disk_{1};
    std::unique_ptr<rocksdb::Env> env_ = env_on(disk_);
    journal::RocksDbPlace place_{.field = "journal", .directory = "/journal", .env = env_.get()};
    std::vector<std::size_t> log_bytes_;  // before each record
};

TEST_F(LogDamage, IsRefusedWhereverAWriteFollowsAndLeavesTheLogAsItIs) {
    for (std::uint64_t record = 0; record + 1 < records; ++record) {
        for (std::size_t at = log_bytes_[record]; at < log_bytes_[record + 1]; at += 5) {
            const auto copy = disk_.copy(1);
            copy->flip(log(), at, 3);
            const auto env = env_on(*copy);
            const std::size_t bytes = copy->size_of(log());
            for (int start = 0; start < 2; ++start) {
                const auto store = RocksDbStore::open(
                    {.field = "journal", .directory = "/journal", .env = env.get()});
                ASSERT_FALSE(store) << "byte " << at;
                EXPECT_EQ(store.fault().kind, FaultKind::corrupt);
                EXPECT_NE(store.fault().detail.find("up to sequence " + std::to_string(record)),
                          std::string::npos)
                    << store.fault().detail;
            }
            EXPECT_EQ(copy->size_of(log()), bytes);
        }
    }
}

TEST_F(LogDamage, OfTheLastWriteIsCutAsATornEnd) {
    for (std::size_t at = log_bytes_.back(); at < disk_.size_of(log()); at += 3) {
        const auto copy = disk_.copy(1);
        copy->flip(log(), at, 3);
        const auto env = env_on(*copy);
        const auto store =
            RocksDbStore::open({.field = "journal", .directory = "/journal", .env = env.get()});
        ASSERT_TRUE(store) << "byte " << at << ": " << store.fault().detail;
        EXPECT_EQ((*store)->tail().value, records - 1);
    }
}

TEST_F(LogDamage, OfAShortenedLogIsCutAsATornEnd) {
    const std::size_t whole = disk_.size_of(log());
    for (std::size_t bytes = log_bytes_.back() + 1; bytes < whole; ++bytes) {
        const auto copy = disk_.copy(1);
        copy->shorten(log(), bytes);
        const auto env = env_on(*copy);
        const auto store =
            RocksDbStore::open({.field = "journal", .directory = "/journal", .env = env.get()});
        ASSERT_TRUE(store) << bytes << ": " << store.fault().detail;
        EXPECT_EQ((*store)->tail().value, records - 1);
    }
}

TEST_F(LogDamage, IsSeenByALookThatChangesNothing) {
    disk_.flip(log(), log_bytes_[1] + 20, 0);
    const auto store = RocksDbStore::open_read_only(place_);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.fault().kind, FaultKind::corrupt);
}

}  // namespace
}  // namespace carecard::survival
