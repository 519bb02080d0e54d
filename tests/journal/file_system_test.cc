#include "services/journal/file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/limits.h"
#include "common/sha256.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

class PosixFileSystemTest : public ::testing::Test {
   protected:
    NamedPath named(const std::string& name) {
        return {.field = "some_file", .path = directory_.file(name)};
    }

    void write(const std::string& name, std::string_view text, FileMode mode) {
        const Result<Done> written = files_.write_atomically(named(name), bytes_of(text), mode);
        ASSERT_TRUE(written) << written.fault().detail;
    }

    std::string text_in(const std::string& name) {
        const Result<std::vector<std::byte>> bytes = files_.read_all(named(name));
        CHECK(bytes);
        return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
    }

    mode_t mode_of(const std::string& name) {
        struct stat status {};
        CHECK(::stat(directory_.file(name).c_str(), &status) == 0);
        return status.st_mode & 07777;
    }

    PosixFileSystem files_;
    TemporaryDirectory directory_;
};

TEST_F(PosixFileSystemTest, ReadsBackWhatItWroteAndReplaces) {
    write("a", "first", FileMode::everyone_reads);
    EXPECT_EQ(text_in("a"), "first");
    write("a", "", FileMode::everyone_reads);
    EXPECT_EQ(text_in("a"), "");
    const std::string large(3'000'000, 'x');
    write("a", large, FileMode::everyone_reads);
    EXPECT_EQ(text_in("a"), large);
}

TEST_F(PosixFileSystemTest, GivesTheModeWhateverTheUmask) {
    const mode_t before = ::umask(0027);
    write("public", "x", FileMode::everyone_reads);
    write("private", "x", FileMode::owner_only);
    ::umask(before);
    EXPECT_EQ(mode_of("public"), 0644U);
    EXPECT_EQ(mode_of("private"), 0600U);
}

TEST_F(PosixFileSystemTest, ReplacesALeftoverOfAnInterruptedWrite) {
    write("a.tmp", "a longer leftover", FileMode::everyone_reads);
    write("a", "new", FileMode::owner_only);
    EXPECT_EQ(text_in("a"), "new");
    EXPECT_EQ(mode_of("a"), 0600U);
    const Result<std::vector<std::string>> names =
        files_.list({.field = "directory", .path = directory_.path()});
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, std::vector<std::string>{"a"});
}

TEST_F(PosixFileSystemTest, NamesFieldPathAndReasonOfAFault) {
    const Result<std::vector<std::byte>> bytes = files_.read_all(named("absent"));
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.fault().kind, FaultKind::not_found);
    EXPECT_EQ(bytes.fault().field, "some_file");
    EXPECT_NE(bytes.fault().detail.find(directory_.file("absent")), std::string::npos);
    EXPECT_FALSE(bytes.fault().remedy.empty());
    write("file", "x", FileMode::owner_only);
    EXPECT_EQ(files_.read_all(named("file/below")).fault().kind, FaultKind::unavailable);
    EXPECT_FALSE(files_.write_atomically(named("no/such"), {}, FileMode::owner_only));
    EXPECT_FALSE(files_.read_all({.field = "some_file", .path = directory_.path()}));
}

TEST_F(PosixFileSystemTest, KnowsWhatExistsAndRemovesIt) {
    EXPECT_EQ(*files_.exists(named("a")), Presence::absent);
    EXPECT_TRUE(files_.remove(named("a")));
    write("a", "x", FileMode::owner_only);
    EXPECT_EQ(*files_.exists(named("a")), Presence::present);
    EXPECT_TRUE(files_.remove(named("a")));
    EXPECT_EQ(*files_.exists(named("a")), Presence::absent);
}

TEST_F(PosixFileSystemTest, ListsADirectoryInOrder) {
    ASSERT_TRUE(files_.make_directory(named("d")));
    ASSERT_TRUE(files_.make_directory(named("d")));
    for (const char* const name : {"d/c", "d/a", "d/b"}) write(name, "x", FileMode::owner_only);
    EXPECT_EQ(*files_.list(named("d")), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(files_.list(named("e")).fault().kind, FaultKind::not_found);
    write("plain", "x", FileMode::owner_only);
    EXPECT_FALSE(files_.make_directory(named("plain")));
}

TEST_F(PosixFileSystemTest, ReadsASecretOfTheOwnerOnly) {
    write("key", "secret", FileMode::owner_only);
    const Result<Secret> secret = files_.read_secret(named("key"));
    ASSERT_TRUE(secret);
    EXPECT_TRUE(std::ranges::equal(secret->bytes(), bytes_of("secret")));
}

TEST_F(PosixFileSystemTest, RefusesASecretThatOthersMayUse) {
    write("key", "secret", FileMode::owner_only);
    for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U}) {
        ASSERT_EQ(::chmod(directory_.file("key").c_str(), mode), 0);
        const Result<Secret> secret = files_.read_secret(named("key"));
        ASSERT_FALSE(secret) << mode;
        EXPECT_EQ(secret.fault().kind, FaultKind::denied) << mode;
        EXPECT_EQ(secret.fault().field, "some_file");
        EXPECT_NE(secret.fault().remedy.find("0600"), std::string::npos);
        EXPECT_EQ(secret.fault().detail.find("secret"), std::string::npos);
    }
}

TEST_F(PosixFileSystemTest, RefusesASecretThatIsAbsentEmptyHugeOrNoFile) {
    EXPECT_EQ(files_.read_secret(named("absent")).fault().kind, FaultKind::not_found);
    write("empty", "", FileMode::owner_only);
    EXPECT_EQ(files_.read_secret(named("empty")).fault().kind, FaultKind::malformed);
    write("huge", std::string(secret_file_bytes_max + 1, 'x'), FileMode::owner_only);
    EXPECT_EQ(files_.read_secret(named("huge")).fault().kind, FaultKind::malformed);
    ASSERT_TRUE(files_.make_directory(named("directory")));
    EXPECT_EQ(files_.read_secret(named("directory")).fault().kind, FaultKind::denied);
}

}  // namespace
}  // namespace carecard::journal
