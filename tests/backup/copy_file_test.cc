#include "services/journal/copy_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/sha256.h"
#include "tests/journal/temporary_directory.h"

namespace carecard::journal {
namespace {

class CopyFile : public testing::Test {
   protected:
    void put(const std::vector<std::byte>& bytes) {
        ASSERT_TRUE(files_.write_atomically(file_, bytes, FileMode::owner_only));
    }

    const TemporaryDirectory directory_;
    PosixFileSystem files_;
    const NamedPath file_ = copy_file_of({.field = "to", .path = directory_.path()});
    const CopyNote note_{
        .kind = CopyKind::inspection,
        .head = {.epoch = {3}, .sequence = {1'000'000'007}, .chain = sha256(bytes_of("chain"))},
        .stamp = {1'700'000'000'000'000'001}};
};

TEST_F(CopyFile, IsReadBackAsItWasWritten) {
    for (const CopyKind kind : {CopyKind::backup, CopyKind::unfinished, CopyKind::inspection}) {
        CopyNote note = note_;
        note.kind = kind;
        ASSERT_TRUE(write_copy_note(files_, file_, note));
        const auto read = read_copy_note(files_, file_);
        ASSERT_TRUE(read);
        EXPECT_EQ(**read, note);
    }
}

TEST_F(CopyFile, IsMissedWithoutAFault) {
    const auto read = read_copy_note(files_, file_);
    ASSERT_TRUE(read);
    EXPECT_FALSE(*read);
}

TEST_F(CopyFile, HasTheBytesThatItsGrammarSays) {
    ASSERT_TRUE(write_copy_note(files_, file_, note_));
    const auto bytes = files_.read_all(file_);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(to_hex(*bytes),
              "43434346"
              "01"
              "03"
              "03000000"
              "07ca9a3b00000000" +
                  to_hex(note_.head.chain) + "01002a36fe9c9717" +
                  to_hex(sha256(std::span(*bytes).first(58))));
}

TEST_F(CopyFile, IsRefusedWithAnyBitFlippedAndAtAnyLength) {
    ASSERT_TRUE(write_copy_note(files_, file_, note_));
    const std::vector<std::byte> whole = *files_.read_all(file_);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::vector<std::byte> damaged = whole;
        damaged[at] ^= std::byte{0x10};
        put(damaged);
        EXPECT_EQ(read_copy_note(files_, file_).fault().kind, FaultKind::corrupt) << at;
        put({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)});
        EXPECT_EQ(read_copy_note(files_, file_).fault().kind, FaultKind::corrupt) << at;
    }
}

TEST_F(CopyFile, OfANewerReleaseIsToldFromADamagedOne) {
    ASSERT_TRUE(write_copy_note(files_, file_, note_));
    std::vector<std::byte> bytes = *files_.read_all(file_);
    bytes[4] = std::byte{2};
    const Hash32 hash = sha256(std::span(bytes).first(58));
    std::ranges::copy(hash, bytes.begin() + 58);
    put(bytes);
    EXPECT_EQ(read_copy_note(files_, file_).fault().kind, FaultKind::conflict);
}

}  // namespace
}  // namespace carecard::journal
