#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/journal/file_system.h"
#include "services/settlement/seen.h"
#include "tests/settlement/fixture.h"

namespace carecard::settlement {
namespace {

/// A journal of three batches; and the one that was restored to right after the first of them, in
/// which the same days are closed again, with other payments.
class Fork : public testing::Test {
   protected:
    explicit Fork(std::vector<rules::LostBatches> lost = {
                      {.programme = {1}, .first = 2, .last = 3}}) {
        lost_line.close(0);
        present_line.close(0);
        shared = lost_line.world.state.last;

        lost_line.second_day();
        lost_line.close(1);
        end_third_day(lost_line);
        before.record(lost_line.world);

        present_line.world.take({.epoch = {2},
                                 .restored_to = shared,
                                 .lost_first = {shared.value + 1},
                                 .lost_last = lost_line.world.state.last,
                                 .batches_lost = std::move(lost)});
        present_line.world.record(present_line.world.load(5'00, "social", "again"));
        present_line.second_day();
        present_line.close(1);
        end_third_day(present_line);
        after.record(present_line.world);
    }

    static void end_third_day(SampleMonth& month) {
        month.world.advance(rules::utc(2024, 6, 5, 23));
        month.close(2);
    }

    /// Follows the lost line to its end, and then the present one from its beginning.
    void follow_both() {
        run.follow(before.store);
        ASSERT_TRUE(run.run.begin_again());
        run.follow(after.store);
    }

    /// The numbers there are, and whether each is lost.
    static std::map<std::uint64_t, bool> listed(const Catalogue& catalogue) {
        std::map<std::uint64_t, bool> numbers;
        for (const ClosedBatch& batch : catalogue.list("care", 100, 100)) {
            numbers[batch.manifest.number] = batch.lost;
        }
        return numbers;
    }

    static Result<VerifiedBatch> verify(const BatchFiles& files, const BatchFiles* previous) {
        return verify_batch(files, Authority::one().trusted(), previous);
    }
    static void expect_refused(const BatchFiles& files, const BatchFiles* previous,
                               std::string_view words) {
        const auto verified = verify(files, previous);
        ASSERT_FALSE(verified) << words;
        EXPECT_NE(verified.fault().detail.find(words), std::string::npos)
            << verified.fault().detail;
    }

    SampleMonth lost_line;
    SampleMonth present_line;
    Sequence shared;
    Recorder before;
    Recorder after;
    FreshRun run;
};

TEST_F(Fork, KeepsEveryBatchAndGoesOnAboveThem) {
    run.follow(before.store);
    std::map<int, BatchFiles> published;
    for (const int number : {1, 2, 3}) published[number] = run.files(number);
    ASSERT_TRUE(run.run.begin_again());
    run.follow(after.store);
    for (const auto& [number, files] : published) {
        EXPECT_EQ(run.files(number).manifest, files.manifest) << number;
        EXPECT_EQ(run.files(number).signature, files.signature) << number;
    }
    EXPECT_EQ(
        listed(run.run.catalogue),
        (std::map<std::uint64_t, bool>{{1, false}, {2, true}, {3, true}, {4, false}, {5, false}}));
    EXPECT_EQ(run.run.catalogue.as_of(), present_line.world.state.last);
}

TEST_F(Fork, IsNamedByTheFirstManifestAfterItAndByNoOther) {
    follow_both();
    const auto first = parse_manifest(run.files(4).manifest);
    ASSERT_TRUE(first) << first.fault().detail;
    EXPECT_EQ(first->epoch, Epoch{2});
    EXPECT_EQ(first->fork,
              (settlement::Fork{.restored_to = shared, .lost_first = 2, .lost_last = 3}));
    const auto kept = verify(run.files(1), nullptr);
    ASSERT_TRUE(kept);
    EXPECT_EQ(first->previous, kept->self);
    const auto second = parse_manifest(run.files(5).manifest);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->fork);
    EXPECT_NE(run.files(4).manifest.find("\"format_version\": 2"), std::string::npos);
    EXPECT_NE(run.files(5).manifest.find("\"format_version\": 1"), std::string::npos);
}

TEST_F(Fork, IsProvedFromTheLastSharedBatchOn) {
    follow_both();
    const BatchFiles shared_batch = run.files(1);
    const BatchFiles first = run.files(4);
    const auto proved = verify(first, &shared_batch);
    ASSERT_TRUE(proved) << proved.fault().detail;
    const BatchFiles second = run.files(5);
    EXPECT_TRUE(verify(second, &first));
    EXPECT_TRUE(verify(first, nullptr));
    const BatchFiles lost = run.files(3);
    expect_refused(first, &lost, "its number is 4, after 3");
    expect_refused(second, &shared_batch, "its number is 5, after 1");
}

TEST_F(Fork, IsRefusedWithAnyOtherNumbersEvenFromTheSigner) {
    follow_both();
    const BatchFiles shared_batch = run.files(1);
    const struct {
        const char* words;
        std::function<void(Manifest&)> change;
    } rows[] = {
        {"its fork cannot be", [](Manifest& m) { m.fork->lost_last = 2; }},
        {"its number is 4, after 1", [](Manifest& m) { m.fork->lost_first = 3; }},
        {"its fork cannot be", [](Manifest& m) { m.fork->lost_first = 4; }},
        {"its fork cannot be", [](Manifest& m) { m.fork->lost_first = 0; }},
        {"its number is 4, after 1",
         [](Manifest& m) { m.fork->lost_first = m.fork->lost_last = 0; }},
        {"its number is 4, after 1", [](Manifest& m) { m.fork.reset(); }},
        {"its fork cannot be", [](Manifest& m) { m.fork->restored_to = {1}; }},
        {"its fork cannot be", [](Manifest& m) { m.epoch = {1}; }},
        {"no previous one", [](Manifest& m) { m.previous.reset(); }},
        {"no previous one", [](Manifest& m) { m.fork->lost_first = 1; }},
    };
    for (const auto& row : rows) {
        BatchFiles files = run.files(4);
        Manifest manifest = *parse_manifest(files.manifest);
        row.change(manifest);
        files.manifest = render(manifest);
        files.signature = *Authority::one().signer().sign(files.manifest);
        expect_refused(files, &shared_batch, row.words);
    }
    // An epoch that rises without a fork.
    const BatchFiles first = run.files(4);
    BatchFiles files = run.files(5);
    Manifest manifest = *parse_manifest(files.manifest);
    manifest.epoch = {3};
    files.manifest = render(manifest);
    files.signature = *Authority::one().signer().sign(files.manifest);
    expect_refused(files, &first, "its epoch");
}

TEST_F(Fork, SurvivesARestartAfterAnyRecord) {
    run.follow(before.store);
    ASSERT_TRUE(run.run.begin_again());
    std::vector<std::byte> buffer;
    journal::Record record;
    for (Sequence at; at < after.store.tail(); at = record.last) {
        ASSERT_TRUE(after.store.read(at, buffer, record));
        journal::MemoryStore part;
        std::vector<std::byte> copied;
        journal::Record each;
        for (Sequence done; done < record.last; done = each.last) {
            ASSERT_TRUE(after.store.read(done, copied, each));
            ASSERT_TRUE(part.commit(done, each));
        }
        Follower restarted(run.book, run.root.path(), run.directories);
        const Result<Done> followed = restarted.follow(part);
        ASSERT_TRUE(followed) << "up to " << record.last.value << ": " << followed.fault().detail;
        EXPECT_TRUE(restarted.catalogue.find("care", 3)) << "evidence is not at hand";
    }
    const Follower last(run.book, run.root.path(), run.directories);
    EXPECT_EQ(
        listed(last.catalogue),
        (std::map<std::uint64_t, bool>{{1, false}, {2, true}, {3, true}, {4, false}, {5, false}}));
}

TEST_F(Fork, IsFollowedWithoutBeginningAgainFromAPlaceBeforeIt) {
    journal::MemoryStore part;
    std::vector<std::byte> buffer;
    journal::Record record;
    for (Sequence at; at < shared; at = record.last) {
        ASSERT_TRUE(before.store.read(at, buffer, record));
        ASSERT_TRUE(part.commit(at, record));
    }
    run.follow(part);
    run.follow(after.store);
    EXPECT_EQ(listed(run.run.catalogue),
              (std::map<std::uint64_t, bool>{{1, false}, {4, false}, {5, false}}));
    const BatchFiles shared_batch = run.files(1);
    EXPECT_TRUE(verify(run.files(4), &shared_batch));
}

TEST_F(Fork, IsSeenFromTheBookAndFromTheShelf) {
    run.follow(before.store);
    journal::PosixFileSystem files;
    const journal::NamedPath shelf{.field = "settlement", .path = run.root.path()};
    const auto seen = look_back(run.book, shelf, files);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->head.sequence, lost_line.world.state.last);
    EXPECT_EQ(seen->batches, (std::map<std::string, std::uint32_t>{{"care", 3}}));

    const MemoryBook lost_book;
    std::filesystem::create_directory(run.root.path() + "/care/000009.unfinished");
    const auto from_shelf = look_back(lost_book, shelf, files);
    ASSERT_TRUE(from_shelf);
    EXPECT_EQ(from_shelf->batches, (std::map<std::string, std::uint32_t>{{"care", 3}}));

    const TemporaryDirectory empty;
    const auto from_book =
        look_back(run.book, {.field = "settlement", .path = empty.path() + "/absent"}, files);
    ASSERT_TRUE(from_book);
    EXPECT_EQ(from_book->batches, seen->batches);
}

/// The second day had ended before the place that was restored to, and is closed after it.
TEST(ForkAfterADaysEnd, IsNamedByABatchThatEndsBeforeIt) {
    SampleMonth month;
    month.close(0);
    month.second_day();
    const Sequence shared = month.world.state.last;
    month.world.take({.epoch = {2},
                      .restored_to = shared,
                      .lost_first = {shared.value + 1},
                      .lost_last = {shared.value + 9},
                      .batches_lost = {{.programme = {1}, .first = 2, .last = 2}}});
    month.close(1);
    Recorder recorder;
    recorder.record(month.world);
    FreshRun run;
    run.follow(recorder.store);
    const BatchFiles before = run.files(1);
    const auto proved = verify_batch(run.files(3), Authority::one().trusted(), &before);
    ASSERT_TRUE(proved) << proved.fault().detail;
    EXPECT_LT(proved->manifest.last, shared);
    EXPECT_TRUE(proved->manifest.fork);
}

class ForkWithoutItsBatches : public Fork {
   protected:
    ForkWithoutItsBatches() : Fork({{.programme = {1}, .first = 2, .last = 2}}) {}
};

TEST_F(ForkWithoutItsBatches, IsRefusedWhenItWouldGiveAPublishedNumberAgain) {
    run.follow(before.store);
    ASSERT_TRUE(run.run.begin_again());
    const Result<Done> refused = run.run.follow(after.store);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.fault().kind, FaultKind::corrupt);
    EXPECT_NE(refused.fault().detail.find("batch 3 of care was published"), std::string::npos)
        << refused.fault().detail;
}

class ForkThatLostNoBatch : public Fork {
   protected:
    ForkThatLostNoBatch() : Fork(std::vector<rules::LostBatches>{}) {}
};

TEST_F(ForkThatLostNoBatch, IsNamedAllTheSame) {
    run.follow(after.store);
    const auto first = parse_manifest(run.files(2).manifest);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->fork, (settlement::Fork{.restored_to = shared}));
    const BatchFiles before_it = run.files(1);
    const auto proved = verify(run.files(2), &before_it);
    EXPECT_TRUE(proved) << proved.fault().detail;
}

}  // namespace
}  // namespace carecard::settlement
