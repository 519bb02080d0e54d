#include "services/settlement/settlement.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "common/sha256.h"
#include "tests/rules/purse_world.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

namespace fs = std::filesystem;

/// A month of two closed batches in a journal.
struct TwoBatches {
    explicit TwoBatches(std::size_t events_per_record = 1) : recorder(events_per_record) {
        month.close(0);
        month.second_day();
        month.close(1);
        recorder.record(month.world);
    }
    SampleMonth month;
    Recorder recorder;
};

void expect_same_canonical(const BatchFiles& a, const BatchFiles& b) {
    EXPECT_EQ(a.items, b.items);
    EXPECT_EQ(a.positions, b.positions);
    EXPECT_EQ(a.manifest, b.manifest);
}

TEST(Settlement, WritesTheGoldenBatch) {
    const TwoBatches batches;
    FreshRun run;
    run.follow(batches.recorder.store);
    const std::string golden = source_directory() + "/tests/golden/batch";
    const struct {
        const char* name;
        std::string bytes;
    } rows[] = {
        {"000001/items.csv", run.files(1).items},
        {"000001/closing_position.csv", run.files(1).positions},
        {"000001/manifest.json", run.files(1).manifest},
        {"000002/items.csv", run.files(2).items},
        {"000002/closing_position.csv", run.files(2).positions},
    };
    for (const auto& row : rows) {
        const std::string path = golden + "/" + row.name;
        if (std::getenv("CARECARD_GOLDEN_UPDATE") != nullptr) {
            fs::create_directories(fs::path(path).parent_path());
            write_text(path, row.bytes);
        }
        EXPECT_EQ(row.bytes, read_text(path)) << row.name;
    }
}

TEST(Settlement, CountsAPromiseAsExposureOnceItHasCleared) {
    SampleMonth month;
    rules::World& world = month.world;
    const std::int64_t beyond = world.account().available().value + 9'00;
    const auto advised = world.expect<rules::Advised>(
        world.advise(rules::AdviceKind::stand_in_approved, {}, beyond));
    world.advance(rules::utc(2024, 6, 4, 23));
    const rules::Present cleared = world.present(rules::by_id(advised.after.id), beyond);
    world.record(cleared);
    world.advance(rules::utc(2024, 6, 5, 23));
    world.record(world.take_back(cleared));
    world.record(world.take_back(cleared));
    world.advance(rules::utc(2024, 6, 6, 23));
    for (const int day : {0, 1, 2, 3}) month.close(day);
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const std::vector<ClosedBatch> listed = run.run.catalogue.list("care", 100, 10);
    ASSERT_EQ(listed.size(), 4U);
    const auto totals = [&](std::size_t number) { return listed[4 - number].manifest.totals; };
    const TotalMinor before = totals(1).closing_exposure;
    EXPECT_EQ(totals(2).closing_exposure, before) << "promised, and not cleared";
    EXPECT_EQ(totals(3).exposure, TotalMinor{9'00});
    EXPECT_EQ(totals(3).closing_exposure, TotalMinor{before.value + 9'00});
    EXPECT_EQ(totals(4).recovered, TotalMinor{9'00});
    EXPECT_EQ(totals(4).credits.count, 1U) << "the second moved nothing";
    EXPECT_EQ(totals(4).closing_exposure, before);
}

/// What two people agree to about the exposure of a payment, as the journal has it.
rules::ProposeResolution proposal_of(rules::World& world, const AuthorisationId& id,
                                     rules::ResolutionKind kind, std::int64_t pence) {
    rules::ProposeResolution command{.request = rules::asked_by("support", "propose"),
                                     .account = rules::account_name("A"),
                                     .authorisation = id,
                                     .kind = kind,
                                     .amount = {pence},
                                     .currency = rules::gbp,
                                     .notice_until = {},
                                     .reason = {}};
    const DayNumber today = rules::local_day(world.state.offsets, world.now_ns);
    if (kind == rules::ResolutionKind::recovery) command.notice_until = {today.value + 28};
    return command;
}

Sequence agree(rules::World& world, const rules::ProposeResolution& proposal) {
    world.record(proposal);
    const Sequence number = world.state.last;
    world.record(rules::DecideResolution{.request = rules::asked_by("finance", "decide"),
                                         .account = proposal.account,
                                         .proposal = number,
                                         .approve = true,
                                         .reason = {}});
    return number;
}

TEST(Settlement, TellsWhatTwoPeopleTookOffTheExposure) {
    rules::World world;
    world.record(world.load(100'00));
    const AuthorisationId id = world.approve(80'00).id;
    world.record(world.present(rules::by_id(id), 130'00));
    world.advance(rules::utc(2024, 6, 3, 23));
    agree(world, proposal_of(world, id, rules::ResolutionKind::write_off, 12'00));
    const Sequence recovery =
        agree(world, proposal_of(world, id, rules::ResolutionKind::recovery, 18'00));
    world.record(world.load(50'00));
    world.advance(rules::utc(2024, 7, 3, 9));
    world.record(rules::RecoverExposure{.request = rules::asked_by("finance", "recover"),
                                        .account = rules::account_name("A"),
                                        .proposal = recovery,
                                        .reason = {}});
    world.advance(rules::utc(2024, 7, 3, 23));
    world.record(close_day(first_day, "first"));
    world.record(close_day({first_day.value + 30}, "second"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const BatchFiles first = run.files(1);
    const BatchFiles second = run.files(2);
    EXPECT_EQ(first.manifest.find("resolved_minor"), std::string::npos);
    EXPECT_NE(first.manifest.find("\"format_version\": 1"), std::string::npos);
    const auto verified = verify_batch(second, Authority::one().trusted(), &first);
    ASSERT_TRUE(verified) << verified.fault().detail;
    const BatchTotals& totals = verified->manifest.totals;
    EXPECT_EQ(totals.write_offs, (CountAndSum{1, {12'00}}));
    EXPECT_EQ(totals.exposure_recoveries, (CountAndSum{1, {18'00}}));
    EXPECT_EQ(totals.opening_exposure, TotalMinor{30'00});
    EXPECT_EQ(totals.closing_exposure, TotalMinor{0});
    EXPECT_EQ(totals.closing_balance, TotalMinor{32'00});
    EXPECT_NE(second.items.find(",write_off,A,,"), std::string::npos) << second.items;
    EXPECT_NE(second.items.find(",exposure_recovery,A,,"), std::string::npos) << second.items;
}

TEST(Settlement, TellsWhatARefundRepaysOfAWriteOff) {
    rules::World world;
    world.record(world.load(100'00));
    const AuthorisationId id = world.approve(80'00).id;
    world.record(world.present(rules::by_id(id), 130'00));
    agree(world, proposal_of(world, id, rules::ResolutionKind::write_off, 12'00));
    world.advance(rules::utc(2024, 6, 3, 23));
    world.record(world.refund(rules::by_id(id), 35'00));
    world.advance(rules::utc(2024, 6, 4, 23));
    world.record(close_day(first_day, "first"));
    world.record(close_day({first_day.value + 1}, "second"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const BatchFiles first = run.files(1);
    BatchFiles second = run.files(2);
    const auto verified = verify_batch(second, Authority::one().trusted(), &first);
    ASSERT_TRUE(verified) << verified.fault().detail;
    const BatchTotals& totals = verified->manifest.totals;
    EXPECT_EQ(totals.recovered, TotalMinor{30'00}) << "18 pounds and the 12 written off";
    EXPECT_EQ(totals.write_offs_repaid, (CountAndSum{1, {12'00}}));
    EXPECT_EQ(totals.resolved(), TotalMinor{-12'00});
    EXPECT_EQ(totals.opening_exposure, TotalMinor{18'00});
    EXPECT_EQ(totals.closing_exposure, TotalMinor{0});
    EXPECT_EQ(totals.closing_balance, TotalMinor{5'00});
    EXPECT_NE(second.items.find(",write_off_repaid,A,,"), std::string::npos) << second.items;
}

/// Signs what was changed of the items and of what the manifest says of them.
void forge(BatchFiles& files, const std::function<void(BatchTotals&)>& change) {
    Manifest manifest = *parse_manifest(files.manifest);
    change(manifest.totals);
    manifest.items = {.size = files.items.size(), .sha256 = sha256(bytes_of(files.items))};
    files.manifest = render(manifest);
    files.signature = *Authority::one().signer().sign(files.manifest);
}

TEST(Settlement, IsRefusedWhenAWriteOffIsRepaidByNoCredit) {
    rules::World world;
    world.record(world.load(100'00));
    const AuthorisationId id = world.approve(80'00).id;
    world.record(world.present(rules::by_id(id), 130'00));
    agree(world, proposal_of(world, id, rules::ResolutionKind::write_off, 30'00));
    world.record(world.refund(rules::by_id(id), 30'00));
    world.advance(rules::utc(2024, 6, 3, 23));
    world.record(close_day(first_day, "first"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    BatchFiles files = run.files(1);
    ASSERT_TRUE(verify_batch(files, Authority::one().trusted(), nullptr));
    const std::size_t row = files.items.rfind('\n', files.items.find(",credit,")) + 1;
    files.items.erase(row, files.items.find('\n', row) + 1 - row);
    forge(files, [](BatchTotals& totals) {
        totals.credits = {};
        totals.recovered = {};
    });
    const auto refused = verify_batch(files, Authority::one().trusted(), nullptr);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.fault().detail.find("no presentment before it"), std::string::npos)
        << refused.fault().detail;
}

TEST(Settlement, ListsWhatTheCouncilPaysItself) {
    rules::World world;
    world.record(world.load(100'00));
    world.record(rules::SetEarmark{.request = rules::asked_by("worker", "rent"),
                                   .account = rules::account_name("A"),
                                   .reference = rules::EarmarkReference::of("rent June"),
                                   .amount = {40'00},
                                   .currency = rules::gbp,
                                   .due = {first_day.value + 1}});
    world.advance(rules::utc(2024, 6, 4, 23));
    world.record(close_day(first_day, "first"));
    world.record(close_day({first_day.value + 1}, "second"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const BatchFiles first = run.files(1);
    const BatchFiles second = run.files(2);
    EXPECT_EQ(first.manifest.find("council_payments"), std::string::npos);
    EXPECT_NE(second.manifest.find("\"format_version\": 3"), std::string::npos);
    const auto verified = verify_batch(second, Authority::one().trusted(), &first);
    ASSERT_TRUE(verified) << verified.fault().detail;
    const BatchTotals& totals = verified->manifest.totals;
    EXPECT_EQ(totals.council_payments, (CountAndSum{1, {40'00}}));
    EXPECT_EQ(totals.closing_balance, TotalMinor{60'00});
    EXPECT_NE(second.items.find(",council_payment,A,,,rent June,"), std::string::npos)
        << second.items;
}

/// A presentment of a dispute.
rules::Present of_kind(rules::Present command, rules::PresentmentKind kind) {
    command.kind = kind;
    return command;
}

TEST(Settlement, IsRefusedWhenACreditRepaysMoreOfADisputeThanCame) {
    rules::World world;
    world.record(world.load(100'00));
    const AuthorisationId id = world.approve(100'00).id;
    world.record(world.present(rules::by_id(id), 100'00));
    world.record(rules::OpenDispute{.request = rules::asked_by("support", "open"),
                                    .account = rules::account_name("A"),
                                    .authorisation = id,
                                    .amount = {80'00},
                                    .currency = rules::gbp,
                                    .provisional = true});
    world.record(
        of_kind(world.refund(rules::by_id(id), 80'00), rules::PresentmentKind::chargeback));
    world.advance(rules::utc(2024, 6, 3, 23));
    world.record(close_day(first_day, "first"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    BatchFiles files = run.files(1);
    ASSERT_TRUE(verify_batch(files, Authority::one().trusted(), nullptr));
    const std::size_t row = files.items.find(",dispute_repaid,");
    ASSERT_NE(row, std::string::npos) << files.items;
    files.items.replace(files.items.find(",8000,", row), 6, ",8001,");
    forge(files, [](BatchTotals& totals) { totals.disputes_repaid = {1, {80'01}}; });
    const auto refused = verify_batch(files, Authority::one().trusted(), nullptr);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.fault().detail.find("no presentment before it"), std::string::npos)
        << refused.fault().detail;
}

TEST(Settlement, TellsWhatWasLentRepaidAndPaidBackOfDisputes) {
    rules::World world;
    world.record(world.load(100'00));
    const AuthorisationId id = world.approve(100'00).id;
    world.record(world.present(rules::by_id(id), 100'00));
    const auto dispute = [&](std::int64_t pence) {
        world.record(rules::OpenDispute{
            .request = rules::asked_by("support", "open" + std::to_string(pence)),
            .account = rules::account_name("A"),
            .authorisation = id,
            .amount = {pence},
            .currency = rules::gbp,
            .provisional = true,
            .reason = {}});
    };
    dispute(80'00);
    world.record(world.present(rules::by_id(world.approve(50'00).id), 50'00));
    world.record(rules::CloseDispute{.request = rules::asked_by("support", "close"),
                                     .account = rules::account_name("A"),
                                     .authorisation = id,
                                     .outcome = rules::DisputeOutcome::lost,
                                     .reason = {}});
    world.advance(rules::utc(2024, 6, 3, 23));
    dispute(90'00);
    using enum rules::PresentmentKind;
    world.record(of_kind(world.refund(rules::by_id(id), 100'00), chargeback));
    world.record(world.refund(rules::by_id(id), 15'00));
    world.record(of_kind(world.present(rules::by_id(id), 20'00), second));
    world.advance(rules::utc(2024, 6, 4, 23));
    world.record(close_day(first_day, "first"));
    world.record(close_day({first_day.value + 1}, "second"));
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const BatchFiles first = run.files(1);
    const auto lost = verify_batch(first, Authority::one().trusted(), nullptr);
    ASSERT_TRUE(lost) << lost.fault().detail;
    EXPECT_EQ(lost->manifest.totals.provisional_credits, (CountAndSum{1, {80'00}}));
    EXPECT_EQ(lost->manifest.totals.provisional_debits, (CountAndSum{1, {80'00}}));
    EXPECT_EQ(lost->manifest.totals.closing_balance, TotalMinor{0});
    EXPECT_EQ(lost->manifest.totals.closing_exposure, TotalMinor{50'00});
    const auto verified = verify_batch(run.files(2), Authority::one().trusted(), &first);
    ASSERT_TRUE(verified) << verified.fault().detail;
    const BatchTotals& totals = verified->manifest.totals;
    EXPECT_EQ(totals.provisional_credits, (CountAndSum{1, {40'00}})) << "90, less the exposure";
    EXPECT_EQ(totals.disputes_repaid, (CountAndSum{2, {55'00}})) << "what was lent, and the refund";
    EXPECT_EQ(totals.disputes_paid_back, (CountAndSum{1, {15'00}}));
    EXPECT_EQ(totals.recovered, TotalMinor{105'00}) << "of it 50 of exposure";
    EXPECT_EQ(totals.closing_exposure, TotalMinor{0});
    EXPECT_EQ(totals.closing_balance, TotalMinor{45'00});
}

TEST(Settlement, KnowsTheCardThatTookAnothersPlace) {
    SampleMonth month;
    rules::World& world = month.world;
    const auto replaced =
        world.expect<rules::CardReplaced>(world.replace({1}, rules::ReplacedBecause::lost, 3));
    rules::Present with_the_new = world.present({}, 2'00);
    with_the_new.card_token = rules::token(3);
    EXPECT_EQ(world.expect<rules::Presented>(with_the_new).card, replaced.card);
    world.advance(rules::utc(2024, 6, 4, 23));
    for (const int day : {0, 1}) month.close(day);
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    ASSERT_EQ(run.run.catalogue.list("care", 100, 10).size(), 2U);
    const std::string cell = "," + replaced.request.last_four.str() + ",";
    EXPECT_NE(run.files(2).items.find(cell), std::string::npos) << run.files(2).items;
}

TEST(Settlement, ListsWhatLeavesPursesThatAreOver) {
    SampleMonth month;
    rules::World& world = month.world;
    rules::PurseSpec own{.name = PurseName::of("own"), .terms = {.persons_own = true}};
    own.terms.spend_until = rules::day_number(2024, 6, 4);
    const rules::PurseSpec grant{.name = PurseName::of("grant"), .priority = 2};
    open(world, "E", {own, grant}, 9);
    world.record(load_of(world, "E", "own", 10'00));
    world.record(load_of(world, "E", "grant", 20'00));
    const auto paid = world.authorise(pay_at(world, 9, 5'411, 15'00));
    rules::Present cleared = world.present(rules::by_id(paid.id), 15'00);
    cleared.card_token = rules::token(9);
    world.record(cleared);
    world.advance(rules::utc(2024, 6, 4, 12));
    world.record(rules::ClosePurse{.request = rules::asked_by("finance", "close"),
                                   .account = rules::account_name("E"),
                                   .purse = PurseName::of("grant")});
    world.advance(rules::utc(2024, 6, 5, 12));
    rules::Present back = world.refund(rules::by_id(paid.id), 15'00);
    back.card_token = rules::token(9);
    world.record(back);
    world.advance(rules::utc(2024, 6, 5, 23));
    for (const int day : {0, 1, 2}) month.close(day);
    Recorder recorder;
    recorder.record(world);
    FreshRun run;
    run.follow(recorder.store);
    const std::vector<ClosedBatch> listed = run.run.catalogue.list("care", 100, 10);
    ASSERT_EQ(listed.size(), 3U);
    const auto totals = [&](std::size_t number) { return listed[3 - number].manifest.totals; };
    EXPECT_FALSE(totals(1).has_sent_on());
    EXPECT_EQ(totals(2).returned, (CountAndSum{1, {15'00}}));
    EXPECT_EQ(totals(2).owed, CountAndSum{});
    EXPECT_EQ(totals(3).returned, (CountAndSum{1, {5'00}})) << "one event, two owners";
    EXPECT_EQ(totals(3).owed, (CountAndSum{1, {10'00}}));
    EXPECT_EQ(totals(3).closing_balance, totals(2).closing_balance);
    const std::string manifest = run.files(1).manifest;
    EXPECT_NE(manifest.find("\"format_version\": 1"), std::string::npos) << manifest;
    EXPECT_NE(run.files(3).manifest.find("\"format_version\": 3"), std::string::npos);
    BatchFiles before = run.files(2);
    EXPECT_TRUE(verify_batch(run.files(3), Authority::one().trusted(), &before));
}

TEST(Settlement, ListsABatchOnceItsFilesAreThere) {
    const TwoBatches batches;
    FreshRun run;
    run.follow(batches.recorder.store);
    const std::vector<ClosedBatch> listed = run.run.catalogue.list("care", 100, 10);
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].manifest.number, 2U);
    EXPECT_EQ(listed[1].manifest.number, 1U);
    EXPECT_EQ(listed[1].manifest_digest.sha256, sha256(bytes_of(run.files(1).manifest)));
    EXPECT_EQ(listed[1].signature_digest.sha256, sha256(run.files(1).signature));
    EXPECT_EQ(run.run.catalogue.as_of(), batches.recorder.store.tail());
    EXPECT_TRUE(run.run.catalogue.list("other", 100, 10).empty());
}

TEST(Settlement, GivesTheSameBytesHoweverLateADayIsClosed) {
    SampleMonth early;
    early.close(0);
    Recorder of_early;
    of_early.record(early.world);
    FreshRun early_run;
    early_run.follow(of_early.store);

    SampleMonth late;
    late.second_day();
    late.world.record(late.world.open_account("late", {"social"}));
    late.close(0);
    Recorder of_late(7);
    of_late.record(late.world);
    FreshRun late_run;
    late_run.follow(of_late.store);

    expect_same_canonical(early_run.files(1), late_run.files(1));
}

TEST(Settlement, TakesDaysThatWereLeftOutIntoTheNextBatch) {
    SampleMonth month;
    month.second_day();
    month.close(1);
    Recorder recorder;
    recorder.record(month.world);
    FreshRun run;
    run.follow(recorder.store);
    const auto verified = verify_batch(run.files(1), Authority::one().trusted(), nullptr);
    ASSERT_TRUE(verified) << verified.fault().detail;
    EXPECT_EQ(verified->manifest.totals.loads.count, 2U);
    EXPECT_EQ(verified->manifest.totals.debits.count, 3U);
    EXPECT_EQ(verified->manifest.totals.credits.count, 2U);
}

TEST(Settlement, DoesNotDependOnHowEventsAreGroupedInRecords) {
    const TwoBatches one_by_one(1);
    FreshRun run_one;
    run_one.follow(one_by_one.recorder.store);
    for (const std::size_t events_per_record : {2U, 5U, 1'000U}) {
        const TwoBatches grouped(events_per_record);
        FreshRun run;
        run.follow(grouped.recorder.store);
        expect_same_canonical(run_one.files(1), run.files(1));
        EXPECT_EQ(run_one.files(2).items, run.files(2).items);
        EXPECT_EQ(run_one.files(2).positions, run.files(2).positions);
    }
}

TEST(Settlement, NamesTheClockThatTheJournalWasKeptBy) {
    SampleMonth month;
    month.world.record(rules::AdvanceClock{.request = rules::asked_by("operator", "advance", ""),
                                           .to = month.world.now_ns});
    month.close(0);
    Recorder recorder;
    recorder.record(month.world);
    FreshRun run;
    run.follow(recorder.store);
    EXPECT_NE(run.files(1).manifest.find("\"clock\": \"simulated\""), std::string::npos);
    const TwoBatches batches;
    FreshRun of_system;
    of_system.follow(batches.recorder.store);
    EXPECT_NE(of_system.files(1).manifest.find("\"clock\": \"system\""), std::string::npos);
    FreshRun told;
    told.run.clock = ClockKind::simulated;
    told.follow(batches.recorder.store);
    EXPECT_NE(told.files(1).manifest.find("\"clock\": \"simulated\""), std::string::npos);
}

TEST(Settlement, MakesTheSameBatchesAgainWhenItsBookIsLost) {
    const TwoBatches batches;
    FreshRun run;
    run.follow(batches.recorder.store);
    const BatchFiles first = run.files(1);
    const BatchFiles second = run.files(2);
    MemoryBook empty;
    Follower again(empty, run.root.path(), run.directories);
    const Result<Done> followed = again.follow(batches.recorder.store);
    ASSERT_TRUE(followed) << followed.fault().detail;
    expect_same_canonical(first, run.files(1));
    expect_same_canonical(second, run.files(2));
    EXPECT_EQ(second.signature, run.files(2).signature);
    EXPECT_EQ(again.catalogue.list("care", 100, 10), run.run.catalogue.list("care", 100, 10));
}

TEST(Settlement, GoesOnFromItsBookAsIfItHadNeverStopped) {
    SampleMonth month;
    month.close(0);
    Recorder recorder(3);
    recorder.record(month.world);
    FreshRun run;
    run.follow(recorder.store);
    month.second_day();
    month.close(1);
    recorder.record(month.world);
    Follower resumed(run.book, run.root.path(), run.directories);
    ASSERT_TRUE(resumed.follow(recorder.store));
    FreshRun whole;
    whole.follow(recorder.store);
    EXPECT_EQ(run.files(2).items, whole.files(2).items);
    EXPECT_EQ(run.files(2).positions, whole.files(2).positions);
    EXPECT_EQ(resumed.catalogue.list("care", 9, 9).size(), 2U);
}

TEST(Settlement, RefusesAStoredBatchThatDoesNotFollowFromTheJournal) {
    const TwoBatches batches;
    FreshRun run;
    run.follow(batches.recorder.store);
    const std::string items = run.place(1) + "/items.csv";
    write_text(items, read_text(items) + "x");
    MemoryBook empty;
    Follower again(empty, run.root.path(), run.directories);
    const Result<Done> followed = again.follow(batches.recorder.store);
    ASSERT_FALSE(followed);
    EXPECT_EQ(followed.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(followed.fault().field, "batches");
    EXPECT_NE(followed.fault().detail.find("items.csv"), std::string::npos);
}

TEST(Settlement, RefusesAJournalThatContradictsWhatItHasFollowed) {
    SampleMonth followed_month;
    Recorder recorder;
    recorder.record(followed_month.world);
    FreshRun run;
    run.follow(recorder.store);

    SampleMonth another_month;
    another_month.second_day();
    Recorder of_another(2);
    of_another.record(another_month.world);
    Follower resumed(run.book, run.root.path(), run.directories);
    const Result<Done> followed = resumed.follow(of_another.store);
    ASSERT_FALSE(followed);
    EXPECT_EQ(followed.fault().kind, FaultKind::corrupt);
    EXPECT_EQ(followed.fault().field, "record");
}

TEST(Settlement, RefusesAClosingWhoseTotalsAreNotItsItems) {
    SampleMonth month;
    month.close(0);
    auto& closed = std::get<rules::SettlementClosed>(month.world.events.back().first);
    closed.cleared.debit.add({1});
    Recorder recorder;
    recorder.record(month.world);
    FreshRun run;
    const Result<Done> followed = run.run.follow(recorder.store);
    ASSERT_FALSE(followed);
    EXPECT_EQ(followed.fault().kind, FaultKind::corrupt);
    EXPECT_FALSE(fs::exists(run.place(1)));
}

TEST(Settlement, RefusesAClosingThatIsNotTheNext) {
    for (const int wrong : {0, 1, 2}) {
        SampleMonth month;
        month.close(0);
        auto& closed = std::get<rules::SettlementClosed>(month.world.events.back().first);
        if (wrong == 0) closed.number = 2;
        if (wrong == 1) closed.first = {2};
        if (wrong == 2) closed.last = {closed.last.value - 1};
        Recorder recorder;
        recorder.record(month.world);
        FreshRun run;
        const Result<Done> followed = run.run.follow(recorder.store);
        ASSERT_FALSE(followed) << wrong;
        EXPECT_EQ(followed.fault().kind, FaultKind::corrupt);
    }
}

TEST(Settlement, KeepsAClosedAccountInThePositionOnlyWhileItHasSomething) {
    SampleMonth month;
    month.world.record(rules::SetAccountStatus{.request = rules::asked_by("support", "closing"),
                                               .account = rules::account_name("B, \"the\" second"),
                                               .status = rules::AccountStatus::closed});
    month.second_day();
    month.close(0);
    month.close(1);
    Recorder recorder;
    recorder.record(month.world);
    FreshRun run;
    run.follow(recorder.store);
    EXPECT_NE(run.files(1).positions.find("second"), std::string::npos);
    EXPECT_EQ(run.files(2).positions.find("second"), std::string::npos);
}

}  // namespace
}  // namespace carecard::settlement
