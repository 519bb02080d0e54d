#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include "tests/end_to_end/kill_rounds.h"

namespace carecard::end_to_end {
namespace {

constexpr std::uint64_t installations = 10;
constexpr std::uint64_t rounds = 10;  // for each

std::uint64_t seed() {
    const char* const given = std::getenv("CARECARD_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "CARECARD_SEED=" << seed << '\n';
    return seed;
}

TEST(Kill, NeverLosesOrRepeatsWhatWasAnswered) {
    const std::uint64_t first_seed = seed();
    KillTally tally;
    for (std::uint64_t number = 0; number < installations && !HasFailure(); ++number) {
        KillRounds kills(first_seed + number);
        for (std::uint64_t round = 0; round < rounds && !HasFailure(); ++round) kills.run();
        EXPECT_TRUE(kills.all_answered()) << "seed " << first_seed + number;
        tally.add(kills.tally());
    }
    std::cout << tally.kills << " kills, " << tally.kills_in_recovery << " of them in recovery; "
              << tally.asked << " asked, " << tally.in_doubt << " in doubt, of which "
              << tally.in_doubt_done << " were done\n";
    EXPECT_EQ(tally.lost, 0U);
    EXPECT_GE(tally.kills, installations * rounds);
    EXPECT_GT(tally.kills_in_recovery, 0U);
    EXPECT_GT(tally.asked, installations * rounds * 10);
}

/// The control: what the test above would say of a service that loses, changes or invents.
class Judged : public testing::Test {
   protected:
    Judged() {
        Service service(installation_);
        open_accounts(service, 1, 100'00);
        ask(service, {.key = "bought", .card = 1, .pence = 12'00});
        ask(service, {.key = "also-bought", .card = 1, .pence = 8'00});
        v1::ReadAccountRequest request;
        request.mutable_account()->set_programme("care");
        request.mutable_account()->set_reference("A1");
        EXPECT_TRUE(
            call(*service.staff("support"), &v1::AdminService::Stub::ReadAccount, request, account_)
                .ok());
        EXPECT_EQ(service.stop(), 0);
    }

    void ask(Service& service, const Ask& ask) {
        Sender sender(service);
        oracle_.note(ask);
        oracle_.note(ask.key, sender.send(ask).answered);
    }

    const Installation installation_;
    Oracle oracle_{installation_.file("oracle")};
    v1::ReadAccountResponse account_;
    KillJudge judge_;
};

TEST_F(Judged, HasNothingToSayOfAnAnswerThatIsThere) {
    EXPECT_EQ(judge_.judge(installation_.data(), oracle_.entries()), 0U);
    judge_.expect_recounted(account_);
}

TEST_F(Judged, FailsForAnAnswerThatIsLost) {
    oracle_.note(Ask{.key = "lost", .card = 1, .pence = 1});
    oracle_.note("lost", {.event_id = "1-99", .pence = 1});
    std::uint64_t lost = 0;
    EXPECT_NONFATAL_FAILURE(lost = judge_.judge(installation_.data(), oracle_.entries()),
                            "lost was answered");
    EXPECT_EQ(lost, 1U);
}

TEST_F(Judged, FailsForAnAnswerThatIsAnother) {
    for (const auto change : {+[](Answered& answered) { ++answered.pence; },
                              +[](Answered& answered) { ++answered.decided_ns; },
                              +[](Answered& answered) { answered.code = "000000x"; },
                              +[](Answered& answered) { answered.declined = true; }}) {
        std::vector<Oracle::Entry> entries = oracle_.entries();
        change(*entries[0].answered);
        std::uint64_t lost = 0;
        EXPECT_NONFATAL_FAILURE(lost = judge_.judge(installation_.data(), entries),
                                "bought was answered");
        EXPECT_EQ(lost, 1U);
    }
}

TEST_F(Judged, FailsForAnEventThatNobodyAskedFor) {
    std::vector<Oracle::Entry> entries = oracle_.entries();
    entries.pop_back();
    EXPECT_NONFATAL_FAILURE(EXPECT_EQ(judge_.judge(installation_.data(), entries), 0U),
                            "also-bought was not asked for");
}

TEST_F(Judged, FailsForABalanceOrACounterThatIsNotTheRecount) {
    EXPECT_EQ(judge_.judge(installation_.data(), oracle_.entries()), 0U);
    v1::ReadAccountResponse other = account_;
    other.mutable_held()->set_minor_units(account_.held().minor_units() - 1);
    EXPECT_NONFATAL_FAILURE(judge_.expect_recounted(other), "A1");
    other = account_;
    other.mutable_counters(2)->set_count(account_.counters(2).count() + 1);
    EXPECT_NONFATAL_FAILURE(judge_.expect_recounted(other), "A1");
}

TEST_F(Judged, FailsForAJournalThatIsShorterThanBefore) {
    const std::string short_one = installation_.file("short");
    std::filesystem::create_directories(short_one);
    std::filesystem::copy(installation_.data() + "/journal", short_one + "/journal",
                          std::filesystem::copy_options::recursive);
    {
        Service service(installation_);
        ask(service, {.key = "later", .card = 1, .pence = 1});
        EXPECT_EQ(service.stop(), 0);
    }
    EXPECT_EQ(judge_.judge(installation_.data(), oracle_.entries()), 0U);
    std::vector<Oracle::Entry> entries = oracle_.entries();
    entries.pop_back();
    EXPECT_NONFATAL_FAILURE(EXPECT_EQ(judge_.judge(short_one, entries), 0U), "head file");
}

}  // namespace
}  // namespace carecard::end_to_end
