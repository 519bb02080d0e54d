#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "services/fsck/projections.h"
#include "services/sequencer/table_bytes.h"
#include "tests/fsck/planted.h"
#include "tests/sequencer/life.h"

namespace carecard::fsck {
namespace {

using sequencer::MemoryTables;
using sequencer::Table;

using Row = sequencer::TableBatch::Row;

/// A journal and its projections after a life of payments, with a sweep of images in the midst.
class ProjectionsCheck : public sequencer::MachineTest {
   protected:
    void SetUp() override {
        begin();
        live(*machine_, parties_, clock_);
        machine_->sweep();
        machine_->ask(parties_.load(1'00));
        machine_->archive();
    }

    [[nodiscard]] Report check_tables(const MemoryTables& tables) const {
        const sequencer::Fingerprints fingerprints(sequencer::fingerprint_key());
        return check(store_, {.projections = &tables, .fingerprints = &fingerprints}, quiet);
    }

    [[nodiscard]] std::vector<Row> rows(Table table) const {
        std::vector<Row> found;
        EXPECT_TRUE(
            disks_.tables.scan(table, {}, {}, [&](std::string_view key, std::string_view value) {
                found.push_back({table, std::string(key), std::string(value)});
                return true;
            }));
        return found;
    }

    /// A copy in which one row is gone.
    [[nodiscard]] MemoryTables without(const Row& gone) const {
        MemoryTables copy;
        sequencer::TableBatch batch;
        for (std::size_t table = 0; table < sequencer::table_count; ++table) {
            for (const Row& row : rows(static_cast<Table>(table))) {
                if (row.table == gone.table && row.key == gone.key) continue;
                batch.put(row.table, row.key, row.value);
            }
        }
        EXPECT_TRUE(copy.write(batch));
        return copy;
    }
    /// A copy with one row more, or with another value.
    [[nodiscard]] MemoryTables with(const Row& row) const {
        MemoryTables copy = disks_.tables;
        sequencer::TableBatch batch;
        batch.put(row.table, row.key, row.value);
        EXPECT_TRUE(copy.write(batch));
        return copy;
    }

    static void expect_flaw(const Report& report, Sequence sequence, const std::string& part) {
        EXPECT_FALSE(report.journal) << told(report.journal);
        ASSERT_TRUE(report.cache);
        EXPECT_EQ(report.cache->sequence, sequence) << told(report.cache);
        EXPECT_EQ(report.cache->fault.field, "projections");
        EXPECT_NE(report.cache->fault.detail.find(part), std::string::npos) << told(report.cache);
        EXPECT_NE(report.cache->fault.remedy.find("delete the directory \"projections\""),
                  std::string::npos);
    }
};

Sequence second_number(const std::string& value) {
    sequencer::RowReader row(value);
    row.number<std::uint64_t>();
    return {row.number<std::uint64_t>()};
}

Sequence sequence_of(const Row& activity) {
    sequencer::RowReader row(activity.key);
    row.number<std::uint32_t>();
    return {~row.number<std::uint64_t>()};
}

std::string flipped(std::string bytes, std::size_t from_end = 1) {
    bytes[bytes.size() - from_end] = static_cast<char>(bytes[bytes.size() - from_end] ^ 1);
    return bytes;
}

TEST_F(ProjectionsCheck, FindsWhatTheServiceMadeSound) {
    const Report report = check_tables(disks_.tables);
    EXPECT_TRUE(report.sound()) << told(report.journal) << "; " << told(report.cache);
    EXPECT_EQ(report.projections, Report::Checked::checked);
    EXPECT_EQ(report.projected, store_.tail());
    EXPECT_EQ(report.images, rows(Table::image).size());
    std::size_t all = 0;
    for (const Table table :
         {Table::archive, Table::name, Table::once, Table::activity, Table::request_key}) {
        EXPECT_FALSE(rows(table).empty());
        if (table != Table::request_key) all += rows(table).size();
    }
    EXPECT_GT(report.rows, all);
}

TEST_F(ProjectionsCheck, NamesTheSequenceOfAnAlteredImage) {
    const Row account = rows(Table::image).back();
    const auto as_of = machine_->state().accounts.back().as_of;
    const Report report = check_tables(with({Table::image, account.key, flipped(account.value)}));
    // The load after the sweep is in no image: the image is of the event before it.
    expect_flaw(report, {as_of.value - 1}, "image");
}

TEST_F(ProjectionsCheck, FindsAMissingImage) {
    for (const Row& row : rows(Table::image)) {
        const Report report = check_tables(without(row));
        ASSERT_TRUE(report.cache) << static_cast<int>(row.key[0]);
        EXPECT_NE(report.cache->fault.detail.find("image"), std::string::npos);
    }
}

TEST_F(ProjectionsCheck, FindsAnImageOfAnAccountThatIsNot) {
    Row row = rows(Table::image).back();
    row.key.back() = 9;
    const Report report = check_tables(with(row));
    ASSERT_TRUE(report.cache);
    EXPECT_NE(report.cache->fault.detail.find("account 9"), std::string::npos);
}

TEST_F(ProjectionsCheck, NamesTheSequenceOfAnAlteredArchiveRow) {
    const Row row = rows(Table::archive).front();
    const Report report = check_tables(with({row.table, row.key, flipped(row.value)}));
    expect_flaw(report, second_number(row.value), "archive");
}

TEST_F(ProjectionsCheck, NamesTheSequenceOfAMissingRow) {
    const Row listed = rows(Table::activity).back();  // of the account's first event
    expect_flaw(check_tables(without(listed)), sequence_of(listed), "activity");
}

TEST_F(ProjectionsCheck, FindsAnyRowThatIsMissing) {
    for (const Table table :
         {Table::archive, Table::name, Table::once, Table::activity, Table::request_key}) {
        const std::vector<Row> all = rows(table);
        for (const Row& row : {all[all.size() - 2], all.back()}) {
            const Report report = check_tables(without(row));
            ASSERT_TRUE(report.cache) << static_cast<int>(table);
            EXPECT_FALSE(report.journal);
            EXPECT_NE(report.cache->fault.detail.find("missing"), std::string::npos)
                << told(report.cache);
        }
    }
}

TEST_F(ProjectionsCheck, FindsAnyRowThatIsAltered) {
    for (const Table table : {Table::archive, Table::name, Table::once, Table::request_key}) {
        const Row row = rows(table).back();
        const Report report = check_tables(with({row.table, row.key, flipped(row.value)}));
        ASSERT_TRUE(report.cache) << static_cast<int>(table);
    }
}

TEST_F(ProjectionsCheck, FindsAnyRowThatIsTooMuch) {
    for (const Table table :
         {Table::archive, Table::name, Table::once, Table::activity, Table::request_key}) {
        const Row row = rows(table).back();
        const Report report =
            check_tables(with({row.table, flipped(row.key, row.key.size()), row.value}));
        ASSERT_TRUE(report.cache) << static_cast<int>(table);
        EXPECT_NE(report.cache->fault.detail.find("that the journal has"), std::string::npos)
            << told(report.cache);
    }
}

TEST_F(ProjectionsCheck, ComparesRequestKeysByPlaceWhenThereIsNoMasterKey) {
    const Row block = rows(Table::request_key).back();
    std::string other = block.value;
    other[8] = static_cast<char>(other[8] ^ 1);  // of the first fingerprint
    const MemoryTables tables = with({block.table, block.key, other});
    EXPECT_FALSE(check_tables(tables).sound());
    EXPECT_TRUE(check(store_, {.projections = &tables}, quiet).sound());
}

TEST_F(ProjectionsCheck, SaysThatAnotherVersionIsNotChecked) {
    const MemoryTables tables = with({Table::progress, "format", "\x63"});
    const Report report = check_tables(tables);
    EXPECT_TRUE(report.sound());
    EXPECT_EQ(report.projections, Report::Checked::other_version);
}

TEST_F(ProjectionsCheck, FindsThoseOfAnotherJournal) {
    const Row projected = rows(Table::progress)[2];
    ASSERT_EQ(projected.key, "projected");
    const Report report =
        check_tables(with({projected.table, projected.key, flipped(projected.value)}));
    expect_flaw(report, {1}, "this journal");
}

}  // namespace
}  // namespace carecard::fsck
