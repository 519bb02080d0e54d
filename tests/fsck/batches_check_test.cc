#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "services/fsck/batches.h"
#include "tests/fsck/planted.h"
#include "tests/settlement/fixture.h"

namespace carecard::fsck {
namespace {

namespace fs = std::filesystem;
using settlement::Authority;

/// A journal with two batches of one programme, and the files that the settlement service made.
class BatchesCheck : public testing::Test {
   protected:
    void SetUp() override {
        month_.close(0);
        month_.second_day();
        month_.close(1);
        month_.world.approve(1'00);
        Scribe().commit(store_, month_.world.events);
        settled_.follow(store_);
        closed_ = {closing(1), closing(2)};
    }

    [[nodiscard]] Sequence closing(std::uint32_t number) const {
        for (const auto& [event, stamp] : month_.world.events) {
            const auto* closed = std::get_if<rules::SettlementClosed>(&event);
            if (closed != nullptr && closed->number == number) return stamp.sequence;
        }
        return {};
    }

    [[nodiscard]] Report check_batches(const std::vector<settlement::TrustedSigner>& signers = {
                                           Authority::one().trusted()}) const {
        settlement::MemoryBook book;
        Beside beside;
        beside.batches.emplace(Batches::Parts{.book = book,
                                              .directory = settled_.root.path(),
                                              .currency_name = settlement::letters_of,
                                              .signers = signers});
        return check(store_, std::move(beside), quiet);
    }

    static void expect_flaw(const Report& report, Sequence sequence, const std::string& part) {
        EXPECT_FALSE(report.journal) << told(report.journal);
        ASSERT_TRUE(report.batch);
        EXPECT_EQ(report.batch->sequence, sequence) << told(report.batch);
        EXPECT_EQ(report.batch->fault.field, "batches");
        EXPECT_NE(report.batch->fault.detail.find(part), std::string::npos) << told(report.batch);
    }

    settlement::SampleMonth month_;
    journal::MemoryStore store_;
    settlement::FreshRun settled_;
    std::vector<Sequence> closed_;
};

TEST_F(BatchesCheck, FindsWhatTheSettlementServiceMadeSound) {
    const Report report = check_batches();
    EXPECT_TRUE(report.sound()) << told(report.journal) << "; " << told(report.batch);
    EXPECT_EQ(report.batches_agreed, 2U);
    EXPECT_TRUE(report.signatures_checked);
    EXPECT_FALSE(check_batches({}).signatures_checked);
}

TEST_F(BatchesCheck, NamesTheClosingOfABatchWithOneByteAltered) {
    for (const int number : {1, 2}) {
        for (const char* const file : {"items.csv", "closing_position.csv", "manifest.json"}) {
            const std::string path = settled_.place(number) + "/" + file;
            const std::string whole = settlement::read_text(path);
            for (const std::size_t at : {whole.size() / 2, whole.size() - 2}) {
                std::string bytes = whole;
                bytes[at] = static_cast<char>(bytes[at] ^ 1);
                settlement::write_text(path, bytes);
                expect_flaw(check_batches({}), closed_[static_cast<std::size_t>(number) - 1], file);
            }
            settlement::write_text(path, whole);
        }
    }
    EXPECT_TRUE(check_batches().sound());
}

TEST_F(BatchesCheck, NamesTheClosingOfABatchWithAnAlteredSignature) {
    const std::string path = settled_.place(1) + "/manifest.cms";
    std::string bytes = settlement::read_text(path);
    bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
    settlement::write_text(path, bytes);
    expect_flaw(check_batches(), closed_[0], "manifest.cms");
    // Without certificates the next batch tells, which names the signature's hash.
    expect_flaw(check_batches({}), closed_[1], "manifest.json");
}

TEST_F(BatchesCheck, TakesASignatureOfAnyCertificateThatIsNamed) {
    EXPECT_FALSE(check_batches({Authority::another().trusted()}).sound());
    EXPECT_TRUE(
        check_batches({Authority::another().trusted(), Authority::one().trusted()}).sound());
}

TEST_F(BatchesCheck, NamesTheClosingOfAMissingBatch) {
    fs::rename(settled_.place(2), settled_.place(2) + ".away");
    expect_flaw(check_batches(), closed_[1], "missing");
    fs::remove(settled_.place(1) + "/items.csv");
    expect_flaw(check_batches(), closed_[0], "items.csv");
}

TEST_F(BatchesCheck, FindsABatchThatTheJournalNeverClosed) {
    fs::copy(settled_.place(2), settled_.place(3));
    expect_flaw(check_batches(), {store_.tail().value + 1}, "never closed");
}

TEST_F(BatchesCheck, PassesOverABatchThatWasNeverFinished) {
    fs::create_directory(settled_.place(3) + ".unfinished");
    EXPECT_TRUE(check_batches().sound());
}

TEST_F(BatchesCheck, SaysWhenTheDirectoryCannotBeRead) {
    fs::remove_all(settled_.root.path());
    const Report report = check_batches();
    ASSERT_TRUE(report.batch);
    EXPECT_EQ(report.batch->sequence, closed_[0]);
}

}  // namespace
}  // namespace carecard::fsck
