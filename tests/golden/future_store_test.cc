// A store that a later release wrote is refused, whichever of its formats has a higher version:
// the format, the version found and the newest known are named, with what to do, and nothing in it
// is changed.

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/journal/aes_gcm.h"
#include "services/journal/file_system.h"
#include "services/journal/head_file.h"
#include "services/journal/random.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/journal/sealer.h"
#include "services/sequencer/core.h"
#include "services/settlement/rocksdb_book.h"
#include "tests/fsck/planted.h"
#include "tests/journal/temporary_directory.h"
#include "tests/sequencer/life.h"
#include "tests/settlement/fixture.h"

namespace carecard {
namespace {

/// Any version that is not known yet.
constexpr std::uint8_t future = 99;

void expect_refused(const Fault& fault, const std::string& format, std::uint32_t known) {
    EXPECT_EQ(fault.kind, FaultKind::conflict) << fault.detail;
    EXPECT_NE(fault.detail.find(format), std::string::npos) << fault.detail;
    EXPECT_NE(fault.detail.find("format version 9"), std::string::npos) << fault.detail;
    EXPECT_NE(fault.detail.find("versions up to " + std::to_string(known)), std::string::npos)
        << fault.detail;
    EXPECT_NE(fault.remedy.find("Use the program of the release that wrote it"), std::string::npos)
        << fault.remedy;
}

/// A record of one event, as a later release would write it: whole, linked and with its checksum.
///
/// @param at     which byte of it is another than this release would write.
std::vector<std::byte> record_with(std::size_t at, std::uint8_t value) {
    std::vector<std::byte> clear;
    journal::encode_clear(rules::ClockAdvanced{}, {.sequence = {1}, .now_ns = {1}}, {}, clear);
    journal::RecordBuilder builder;
    builder.begin({.epoch = {}, .first = {1}, .stamp = {1}});
    builder.append_event(clear, {});
    const journal::RecordBuilder::Built built = builder.finish();
    std::vector<std::byte> bytes(built.record.bytes.begin(), built.record.bytes.end());
    bytes[at] = std::byte{value};
    const std::size_t hashed = bytes.size() - sizeof(Hash32);
    std::ranges::copy(sha256(std::span(bytes).first(hashed)),
                      std::span(bytes).last(sizeof(Hash32)).begin());
    return bytes;
}

constexpr std::size_t record_version_at = 4;
constexpr std::size_t event_kind_at = journal::record_header_bytes + journal::event_header_bytes;
constexpr std::size_t event_version_at = event_kind_at + 1;

class FutureStore : public testing::Test {
   protected:
    [[nodiscard]] journal::RocksDbPlace place(const std::string& name) const {
        return {.field = "data/" + name, .directory = directory_.file(name)};
    }
    void put_raw(const std::string& name, const std::string& key, const std::string& value) const {
        rocksdb::DB* raw = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open({}, place(name).directory, &raw).ok());
        const std::unique_ptr<rocksdb::DB> database(raw);
        ASSERT_TRUE(database->Put({}, key, value).ok());
    }
    /// What the check and the service say of a journal with this one record.
    static Fault fault_of(const std::vector<std::byte>& bytes) {
        journal::MemoryStore store;
        EXPECT_TRUE(store.commit({}, {.first = {1}, .last = {1}, .bytes = bytes}));
        const fsck::Report report = fsck::check(store, {}, fsck::quiet);
        EXPECT_TRUE(report.journal);
        EXPECT_EQ(report.journal->sequence.value, 1U);

        sequencer::MemoryVault vault;
        sequencer::MemoryTables tables;
        sequencer::Core core(sequencer::fingerprint_key());
        const auto recovered = sequencer::recover(store, vault, {}, tables, core);
        EXPECT_FALSE(recovered);
        EXPECT_EQ(recovered.fault().detail, report.journal->fault.detail);
        return report.journal->fault;
    }

    const journal::TemporaryDirectory directory_;
};

TEST_F(FutureStore, IsRefusedForItsRecords) {
    expect_refused(fault_of(record_with(record_version_at, future)), "the journal's record",
                   journal::record_version);
}

TEST_F(FutureStore, IsRefusedForItsEvents) {
    expect_refused(fault_of(record_with(event_version_at, future)), "the event",
                   journal::event_version);
}

TEST_F(FutureStore, IsRefusedForAKindOfEventThatIsNotKnown) {
    const Fault fault = fault_of(record_with(event_kind_at, 255));
    EXPECT_EQ(fault.kind, FaultKind::conflict);
    EXPECT_NE(fault.detail.find("kind 255, and this program knows kinds up to "), std::string::npos)
        << fault.detail;
    EXPECT_NE(fault.remedy.find("Use the program"), std::string::npos) << fault.remedy;
}

TEST_F(FutureStore, IsRefusedForItsSealedParts) {
    journal::Sealer sealer;
    const Secret key = journal::random_secret(journal::aes_key_bytes);
    const std::vector<std::string_view> texts{"CORNER SHOP"};
    std::vector<journal::Salt> salts(1);
    journal::make_salts(salts);
    std::vector<std::byte> sealed;
    sealer.seal(key, {1}, {7}, texts, salts, sealed);
    sealed[0] = std::byte{future};
    const auto opened = sealer.open(key, {1}, {7}, sealed);
    ASSERT_FALSE(opened);
    expect_refused(opened.fault(), "the sealed part of sequence 7", 1);
}

TEST_F(FutureStore, IsRefusedForItsJournalsRows) {
    ASSERT_TRUE(journal::RocksDbStore::open(place("journal")));
    put_raw("journal", std::string(8, '\0'), std::string(1, char{future}));
    for (const auto& opened : {journal::RocksDbStore::open(place("journal")).fault(),
                               journal::RocksDbStore::open_read_only(place("journal")).fault()}) {
        expect_refused(opened, "the journal " + place("journal").directory, 1);
    }
}

TEST_F(FutureStore, IsRefusedForItsVault) {
    ASSERT_TRUE(journal::RocksDbVault::open(place("vault"), Secret(journal::aes_key_bytes)));
    put_raw("vault", "format", std::string(1, char{future}));
    const auto opened = journal::RocksDbVault::open(place("vault"), Secret(journal::aes_key_bytes));
    ASSERT_FALSE(opened);
    expect_refused(opened.fault(), "the vault " + place("vault").directory, 1);
}

TEST_F(FutureStore, IsRefusedForItsHeadFile) {
    journal::PosixFileSystem files;
    const journal::NamedPath file{.field = "head_file", .path = directory_.file("head")};
    ASSERT_TRUE(journal::write_head(files, file, {.sequence = {41}}));
    std::vector<std::byte> bytes = *files.read_all(file);
    bytes[4] = std::byte{future};
    const std::size_t hashed = bytes.size() - sizeof(Hash32);
    std::ranges::copy(sha256(std::span(bytes).first(hashed)),
                      std::span(bytes).last(sizeof(Hash32)).begin());
    ASSERT_TRUE(files.write_atomically(file, bytes, journal::FileMode::owner_only));
    const auto read = journal::read_head(files, file);
    ASSERT_FALSE(read);
    expect_refused(read.fault(), "the head file " + file.path, 1);
}

TEST_F(FutureStore, IsRefusedForItsSettlementBook) {
    const auto book = settlement::RocksDbBook::open(place("book"));
    ASSERT_TRUE(book);
    const std::vector<settlement::Change> cursor{
        {settlement::cursor_key(), std::string(1, char{future}) + "anything"}};
    ASSERT_TRUE((*book)->write(cursor));
    settlement::Period period(settlement::letters_of);
    const auto loaded = period.load(**book);
    ASSERT_FALSE(loaded);
    expect_refused(loaded.fault(), "the settlement's book", settlement::book_version);
}

/// A batch's tables have no version of their own: the manifest's is for all of its files.
TEST_F(FutureStore, IsRefusedForItsBatches) {
    settlement::Manifest manifest;
    std::string text = settlement::render(manifest);
    const std::string known = "\"format_version\": 1";
    text.replace(text.find(known), known.size(), "\"format_version\": 9");
    const auto parsed = settlement::parse_manifest(text);
    ASSERT_FALSE(parsed);
    expect_refused(parsed.fault(), "the batch", settlement::manifest_version);
}

/// Projections are a cache: those of any other release, a later one as well, are made anew.
class FutureProjections : public sequencer::MachineTest {};

TEST_F(FutureProjections, AreMadeAnew) {
    begin();
    live(*machine_, parties_, clock_);
    machine_->sweep();
    const std::int64_t available = machine_->available();
    const Sequence last = machine_->state().last;
    sequencer::TableBatch batch;
    batch.put(sequencer::Table::progress, "format", std::string(1, char{future}));
    ASSERT_TRUE(disks_.tables.write(batch));
    ASSERT_TRUE(disks_.tables.flush());
    sequencer::Machine& machine = restart();
    EXPECT_EQ(machine.began_at, Sequence{});
    EXPECT_EQ(machine.state().last, last);
    EXPECT_EQ(machine.available(), available);
    machine.sweep();
    EXPECT_EQ(**sequencer::read_version(disks_.tables), sequencer::projections_version);
}

}  // namespace
}  // namespace carecard
