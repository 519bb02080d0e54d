#include "services/backup/restore.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "rules/apply.h"
#include "rules/decide.h"
#include "services/backup/backup.h"
#include "services/backup/places.h"
#include "services/journal/codec.h"
#include "services/journal/copy_file.h"
#include "services/journal/random.h"
#include "services/journal/rocksdb_store.h"
#include "services/journal/rocksdb_vault.h"
#include "services/journal/verify.h"
#include "tests/backup/faulty_ports.h"
#include "tests/journal/temporary_directory.h"
#include "tests/settlement/fixture.h"

namespace carecard::backup {
namespace {

namespace fs = std::filesystem;
using settlement::Recorder;
using settlement::SampleMonth;

constexpr std::size_t events_in_record = 3;

/// The journal of a month in small, in records of three events, with its backup: two days closed.
class Restore : public testing::Test {
   protected:
    Restore() {
        month_.close(0);
        first_batch_ = month_.world.state.last;
        month_.second_day();
        month_.close(1);
        fill_up();
        recorder_.record(month_.world);
        make_data();
        EXPECT_TRUE(back_up({.data = data_, .to = from_, .vault_to = vault_}, ports()));
    }

    /// Until the last record has all of its events.
    void fill_up() {
        while (month_.world.events.size() % events_in_record != 0) month_.world.approve(1);
    }

    void make_data() {
        fs::create_directory(data_.path);
        const auto store = stores_.open(journal_of(data_));
        ASSERT_TRUE(store);
        std::vector<std::byte> buffer;
        journal::Record record;
        for (Sequence at; at < recorder_.store.tail(); at = record.last) {
            ASSERT_TRUE(recorder_.store.read(at, buffer, record));
            ASSERT_TRUE((*store)->commit(at, record));
        }
        const auto vault =
            journal::RocksDbVault::open({.field = "data/vault", .directory = data_.path + "/vault"},
                                        journal::random_secret(32));
        ASSERT_TRUE(vault);
        ASSERT_TRUE((*vault)->put(journal::random_vault_key_id(), journal::random_secret(32)));
    }

    [[nodiscard]] Ports ports() { return {.files = files_, .stores = stores_}; }
    [[nodiscard]] RestorePlaces places() const { return {.from = from_, .to = to_}; }
    [[nodiscard]] RestorePlaces places_with_vault() const {
        return {.from = from_, .to = to_, .vault_from = vault_};
    }
    [[nodiscard]] static ToService to_service(std::string_view why = "the disk failed") {
        return {.request = {.seen = {1'800'000'000'000'000'000},
                            .reason = decltype(rules::RestoreToService::reason)::of(why)}};
    }
    Result<RestoredCopy> run(const Cut& cut = {}) { return restore(places(), cut, {}, ports()); }
    Result<RestoredCopy> run_to_service(const ToService& service, const Cut& cut = {}) {
        return restore(places_with_vault(), cut, service, ports());
    }

    [[nodiscard]] Sequence end() const { return recorder_.store.tail(); }
    [[nodiscard]] std::optional<journal::CopyNote> note() {
        return *journal::read_copy_note(files_, journal::copy_file_of(to_));
    }

    /// Reads what was restored: every record verified, the head file true, every event folded.
    rules::State folded() {
        rules::State state;
        const auto store = stores_.look_at(journal_of(to_));
        EXPECT_TRUE(store) << store.fault().detail;
        const auto head = journal::verify_chain(
            **store, journal::Head{}, [&](const journal::RecordView& record) -> Result<Done> {
                for (const journal::EventView event : record.events()) {
                    const auto decoded = journal::decode_clear(event.clear);
                    if (!decoded) return decoded.fault();
                    rules::apply(state, decoded->event, decoded->stamp);
                    last_ = decoded->event;
                }
                return Done{};
            });
        EXPECT_TRUE(head) << head.fault().detail;
        EXPECT_EQ(**journal::read_head(files_, head_of(to_)), *head);
        return state;
    }

    void expect_refused(const Result<RestoredCopy>& outcome, FaultKind kind,
                        const std::string& field) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.fault().kind, kind) << outcome.fault().detail;
        EXPECT_EQ(outcome.fault().field, field) << outcome.fault().detail;
        EXPECT_FALSE(fs::exists(to_.path)) << "something was made";
    }

    const journal::TemporaryDirectory directory_;
    const journal::NamedPath data_{.field = "data", .path = directory_.file("data")};
    const journal::NamedPath from_{.field = "from", .path = directory_.file("backup")};
    const journal::NamedPath vault_{.field = "vault-from", .path = directory_.file("keys")};
    const journal::NamedPath to_{.field = "to", .path = directory_.file("restored")};
    journal::PosixFileSystem files_;
    RocksDbStores stores_;
    SampleMonth month_;
    Recorder recorder_{events_in_record};
    Sequence first_batch_;
    rules::Event last_;
};

TEST_F(Restore, GivesBackTheWholeBackupToLookAt) {
    const auto done = run();
    ASSERT_TRUE(done) << done.fault().detail;
    EXPECT_EQ(done->end.head.sequence, end());
    EXPECT_FALSE(done->fork);
    const rules::State state = folded();
    EXPECT_EQ(state.last, end());
    EXPECT_EQ(state.programmes[0].ledger, month_.world.state.programmes[0].ledger);
    EXPECT_EQ(state.accounts[0].available(), month_.world.account().available());
    ASSERT_TRUE(note());
    EXPECT_EQ(note()->kind, journal::CopyKind::inspection);
    EXPECT_EQ(note()->head, done->end.head);
    EXPECT_FALSE(fs::exists(to_.path + "/vault"));
}

TEST_F(Restore, EndsWithTheLastWholeRecordAtOrBeforeASequence) {
    for (std::uint64_t sequence = events_in_record; sequence <= 4 * events_in_record; ++sequence) {
        fs::remove_all(to_.path);
        const auto done = run({.sequence = Sequence{sequence}});
        ASSERT_TRUE(done) << done.fault().detail;
        const std::uint64_t whole = sequence / events_in_record * events_in_record;
        EXPECT_EQ(done->end.head.sequence.value, whole);
        EXPECT_EQ(done->backup_end.head.sequence, end());
        EXPECT_EQ(folded().last.value, whole);
    }
}

TEST_F(Restore, EndsWithTheLastRecordAtOrBeforeATime) {
    std::vector<std::pair<Sequence, TimestampNs>> records;  // last sequence and stamp of each
    for (std::size_t last = events_in_record; last <= end().value; last += events_in_record) {
        records.emplace_back(Sequence{last}, month_.world.events[last - 1].second.now_ns);
    }
    for (const auto& [sequence, stamp] : records) {
        for (const std::int64_t off : {-1, 0}) {
            fs::remove_all(to_.path);
            Sequence expected;
            for (const auto& [last, at] : records) {
                if (at.value <= stamp.value + off) expected = last;
            }
            const auto done = run({.time = TimestampNs{stamp.value + off}});
            if (expected.value == 0) {
                expect_refused(done, FaultKind::malformed, "time");
                continue;
            }
            ASSERT_TRUE(done) << done.fault().detail;
            EXPECT_EQ(done->end.head.sequence, expected);
        }
    }
}

TEST_F(Restore, BringsTheVaultWhenItIsGiven) {
    const auto done = restore(places_with_vault(), {}, {}, ports());
    ASSERT_TRUE(done) << done.fault().detail;
    ASSERT_TRUE(done->vault);
    EXPECT_EQ(done->vault->live, 1U);
    EXPECT_TRUE(fs::exists(to_.path + "/vault/CURRENT"));
}

TEST_F(Restore, RefusesWhatTheBackupDoesNotHave) {
    expect_refused(run({.sequence = Sequence{end().value + 1}}), FaultKind::malformed, "sequence");
    expect_refused(run({.sequence = Sequence{0}}), FaultKind::malformed, "sequence");
    expect_refused(run({.sequence = Sequence{events_in_record - 1}}), FaultKind::malformed,
                   "sequence");
}

TEST_F(Restore, RefusesADirectoryThatIsNotEmptyAndTheBackupItself) {
    fs::create_directory(to_.path);
    std::ofstream(to_.path + "/letter") << "dear council";
    const auto refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::conflict);
    EXPECT_EQ(std::distance(fs::directory_iterator(to_.path), {}), 1);
    fs::remove_all(to_.path);

    RestorePlaces inside = places();
    inside.to.path = from_.path + "/inside";
    expect_refused(restore(inside, {}, {}, ports()), FaultKind::malformed, "to");
}

TEST_F(Restore, RefusesADataDirectoryAsABackupAndABackupThatWasCut) {
    RestorePlaces of_data = places();
    of_data.from = {.field = "from", .path = data_.path};
    expect_refused(restore(of_data, {}, {}, ports()), FaultKind::conflict, "from");

    auto known = **journal::read_head(files_, head_of(from_));
    ++known.sequence.value;
    ASSERT_TRUE(journal::write_head(files_, head_of(from_), known));
    expect_refused(run(), FaultKind::corrupt, "head_file");
}

TEST_F(Restore, RefusesToServeWithoutTheVaultOrAPlainReason) {
    expect_refused(restore(places(), {}, to_service(), ports()), FaultKind::malformed,
                   "vault-from");
    expect_refused(run_to_service(to_service("")), FaultKind::malformed, "because");
    expect_refused(run_to_service(to_service("line\nbreak")), FaultKind::malformed, "because");
    const std::string card_number = std::string("4111 1111 ") + "1111 1111";
    expect_refused(run_to_service(to_service("card " + card_number)), FaultKind::malformed,
                   "because");
}

TEST_F(Restore, LeavesAnUnusableDirectoryAfterAFaultAtAnyCall) {
    bool reached = true;
    int refused = 0;
    for (int call = 1; reached; ++call) {
        fs::remove_all(to_.path);
        FaultAt faults(call);
        FaultyFiles files(faults);
        FaultyStores stores(faults);
        const auto outcome =
            restore(places_with_vault(), {}, to_service(), {.files = files, .stores = stores});
        reached = faults.calls >= call;
        if (!reached) {
            EXPECT_TRUE(outcome);
            break;
        }
        if (outcome) continue;
        ++refused;
        if (!fs::exists(to_.path + "/journal")) continue;
        ASSERT_TRUE(note()) << "call " << call;
        EXPECT_EQ(note()->kind, journal::CopyKind::unfinished) << "call " << call;
    }
    EXPECT_GT(refused, 20);
}

TEST_F(Restore, GoesOnInTheNextEpochAndListsTheBatchesThatAreLost) {
    const std::uint64_t to = first_batch_.value / events_in_record * events_in_record +
                             (first_batch_.value % events_in_record == 0 ? 0 : events_in_record);
    const auto done = run_to_service(to_service(), {.sequence = Sequence{to}});
    ASSERT_TRUE(done) << done.fault().detail;
    ASSERT_TRUE(done->fork);
    EXPECT_FALSE(note()) << "a service could not start";

    rules::State state = folded();
    const auto* event = std::get_if<rules::Restored>(&last_);
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(*event, *done->fork);
    EXPECT_EQ(event->request.reason.view(), "the disk failed");
    EXPECT_EQ(event->epoch, Epoch{2});
    EXPECT_EQ(event->restored_to.value, to);
    EXPECT_EQ(event->lost_first.value, to + 1);
    EXPECT_EQ(event->lost_last, end());
    EXPECT_EQ(event->batches_lost,
              (std::vector<rules::LostBatches>{{.programme = {1}, .first = 2, .last = 2}}));
    EXPECT_EQ(state.epoch, Epoch{2});
    EXPECT_EQ(state.last.value, to + 1);
    EXPECT_EQ(state.programmes[0].batch_number, 2U);
    EXPECT_EQ(state.programmes[1].batch_number, 0U);
}

TEST_F(Restore, TakesTheHighestThatAnyoneKnows) {
    const journal::NamedPath head{.field = "known-head", .path = directory_.file("old-head")};
    ASSERT_TRUE(journal::write_head(files_, head, {.epoch = {4}, .sequence = {900}}));
    ToService service = to_service();
    service.known_heads.push_back(head);
    service.batches_known = {{"care", 7}, {"other", 1}, {"gone", 3}};
    const auto done = run_to_service(service);
    ASSERT_TRUE(done) << done.fault().detail;
    EXPECT_EQ(done->fork->epoch, Epoch{5});
    EXPECT_EQ(done->fork->lost_last, Sequence{900});
    EXPECT_EQ(done->fork->batches_lost,
              (std::vector<rules::LostBatches>{{.programme = {1}, .first = 3, .last = 7},
                                               {.programme = {2}, .first = 1, .last = 1}}));
    EXPECT_EQ(done->programmes_lost, std::vector<std::string>{"gone"});
    EXPECT_EQ(folded().programmes[0].batch_number, 7U);
}

TEST_F(Restore, MissesAHeadFileThatIsNotThere) {
    ToService service = to_service();
    service.known_heads.push_back({.field = "known-head", .path = directory_.file("absent")});
    const auto refused = run_to_service(service);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::not_found);
    EXPECT_EQ(refused.fault().field, "known-head");
}

TEST_F(Restore, CanBeBackedUpAndRestoredAgainInALaterEpoch) {
    ASSERT_TRUE(run_to_service(to_service(), {.sequence = Sequence{events_in_record * 2}}));
    const journal::NamedPath second_backup{.field = "to", .path = directory_.file("second")};
    ASSERT_TRUE(back_up({.data = to_, .to = second_backup}, ports()));
    const auto into_first = back_up({.data = to_, .to = from_}, ports());
    ASSERT_FALSE(into_first) << "the lost line would have been overwritten";
    EXPECT_EQ(into_first.fault().kind, FaultKind::conflict);

    const journal::NamedPath again{.field = "to", .path = directory_.file("again")};
    const auto done = restore({.from = second_backup, .to = again, .vault_from = vault_}, {},
                              to_service(), ports());
    ASSERT_TRUE(done) << done.fault().detail;
    EXPECT_EQ(done->fork->epoch, Epoch{3});
    EXPECT_EQ(done->fork->lost_last, done->fork->restored_to);
}

}  // namespace
}  // namespace carecard::backup
