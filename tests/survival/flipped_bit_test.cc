#include <gtest/gtest.h>

#include <string>

#include "tests/survival/extent.h"
#include "tests/survival/history.h"

namespace carecard::survival {
namespace {

constexpr std::size_t flips_per_file = 40;

bool holds_records(const std::string& path) {
    return path.starts_with("/data/journal/") && (path.ends_with(".log") || path.ends_with(".sst"));
}

/// A stopped installation with tables and logs of journal and vault, and what was answered.
class FlippedBit : public testing::Test {
   protected:
    FlippedBit() {
        history_.start();
        history_.live(6);
        history_.stop_in_order();
        history_.start();
        history_.live(30);
        // A last write that is torn is lost without a word, unless somebody needs what it held.
        EXPECT_TRUE(history_.open_last_account());
        history_.stop_in_order();
    }

    /// Starts on a damaged copy: it is refused, or shows everything as it was.
    /// @return the refusal.
    std::optional<Fault> start_on(Disk& copy, const std::string& what) {
        auto service = Service::start(copy);
        if (!service) return service.fault();
        Oracle oracle = history_.oracle();
        const Oracle::Verdict verdict = oracle.judge(**service);
        for (const std::string& breach : verdict.breaches) ADD_FAILURE() << what << ": " << breach;
        return std::nullopt;
    }

    Disk disk_{extent().seed};
    History history_{disk_, extent().seed};
};

TEST_F(FlippedBit, IsNeverSilentlyAcceptedInAnyFile) {
    std::uint64_t flips = 0;
    std::uint64_t refused = 0;
    for (const std::string& path : disk_.files()) {
        const std::size_t bytes = disk_.size_of(path);
        const std::size_t step = 1 + bytes / flips_per_file;
        for (std::size_t at = 0; at < bytes; at += step * extent().share) {
            const auto copy = disk_.copy(at);
            copy->flip(path, at, static_cast<unsigned>(at % 8));
            const std::string what = path + ", byte " + std::to_string(at);
            const std::optional<Fault> fault = start_on(*copy, what);
            ++flips;
            if (!fault) continue;
            ++refused;
            if (!holds_records(path)) continue;
            // Of a table's own index the file is named: no record is in it.
            EXPECT_EQ(fault->kind, FaultKind::corrupt) << what << ": " << fault->detail;
            EXPECT_TRUE(fault->detail.find("sequence") != std::string::npos ||
                        fault->detail.find(path) != std::string::npos)
                << what << ": " << fault->detail;
        }
    }
    EXPECT_GT(refused, flips / 10);
}

TEST_F(FlippedBit, IsNoticedInEveryByteOfTheHeadFileAndTheMasterKey) {
    for (const std::string path : {"/data/head", "/master.key"}) {
        for (std::size_t at = 0; at < disk_.size_of(path); at += extent().share) {
            const auto copy = disk_.copy(at);
            copy->flip(path, at, static_cast<unsigned>(at % 8));
            EXPECT_TRUE(start_on(*copy, path)) << path << ", byte " << at;
        }
    }
}

TEST_F(FlippedBit, IsNoticedInEveryByteOfTheVaultsLog) {
    std::string log;
    for (const std::string& path : disk_.files()) {
        if (path.starts_with("/data/vault/") && path.ends_with(".log")) log = path;
    }
    ASSERT_GT(disk_.size_of(log), 0U);
    for (std::size_t at = 0; at < disk_.size_of(log); at += extent().share) {
        const auto copy = disk_.copy(at);
        copy->flip(log, at, static_cast<unsigned>(at % 8));
        EXPECT_TRUE(start_on(*copy, log)) << log << ", byte " << at;
    }
}

}  // namespace
}  // namespace carecard::survival
