#include "services/backup/places.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/journal/temporary_directory.h"

namespace carecard::backup {
namespace {

namespace fs = std::filesystem;

TEST(Places, OverlapWhenOneIsTheOtherOrLiesInIt) {
    const journal::TemporaryDirectory directory;
    const std::string root = directory.path();
    fs::create_directories(root + "/a/b");
    EXPECT_TRUE(overlap(root + "/a", root + "/a"));
    EXPECT_TRUE(overlap(root + "/a", root + "/a/"));
    EXPECT_TRUE(overlap(root + "/a/b", root + "/a"));
    EXPECT_TRUE(overlap(root + "/a", root + "/a/absent/deep"));
    EXPECT_TRUE(overlap(root + "/a/b/../b", root + "/a/./b"));
    EXPECT_FALSE(overlap(root + "/a", root + "/ab"));
    EXPECT_FALSE(overlap(root + "/a/b", root + "/a/c"));
}

TEST(Places, OverlapThroughALink) {
    const journal::TemporaryDirectory directory;
    const std::string root = directory.path();
    fs::create_directory(root + "/real");
    fs::create_directory_symlink(root + "/real", root + "/link");
    EXPECT_TRUE(overlap(root + "/link/inside", root + "/real"));
}

TEST(Places, ThatOverlapAreRefusedWithTheReason) {
    const Result<Done> refused = keep_apart({.field = "to", .path = "/srv/a/b"},
                                            {.field = "data", .path = "/srv/a"}, "for a reason");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().field, "to");
    EXPECT_NE(refused.fault().detail.find("for a reason"), std::string::npos);
}

}  // namespace
}  // namespace carecard::backup
