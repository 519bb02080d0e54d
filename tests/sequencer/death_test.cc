// Real processes that die while they decide, over a real store and a real poison file.

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "services/journal/memory_store.h"
#include "services/journal/rocksdb_store.h"
#include "tests/sequencer/poison_life.h"

namespace carecard::sequencer {
namespace {

using namespace std::chrono_literals;

/// What came of one process.
struct Ended {
    std::string answers;
    int signal = 0;
    std::chrono::steady_clock::duration took{};
};

/// Accounts "A" with card 1 and money, and "B" with card 2.
void set_up(rules::World& parties, Life& life) {
    life.submit(rules::SetOffsetTable{.zone = InlineText<32>::of("Europe/London"),
                                      .table = rules::london()});
    life.submit(parties.programme("care", "riverdale"));
    life.submit(parties.open_account("A", {"social", "own"}));
    life.submit(parties.issue_card("A", 1));
    life.submit(parties.open_account("B", {"social"}));
    life.submit(parties.issue_card("B", 2));
    life.submit(parties.load(1'000'00));
}

class Death : public testing::Test {
   protected:
    Death() {
        const Ended first =
            live({}, Plant::nothing, [this](Life& life) { set_up(parties_, life); });
        EXPECT_EQ(first.answers, "eeeeeee");
    }

    using Before = std::function<void(Life&)>;

    /// One process over the store: takes `commands` together, and ends when it has nothing to do.
    Ended live(
        const std::vector<rules::Command>& commands, Plant plant = Plant::nothing,
        const Before& before = [](Life&) {}) {
        const auto began = std::chrono::steady_clock::now();
        Child child([&](int pipe) { be(commands, plant, before, pipe); });
        Ended ended;
        while (const char letter = child.next()) ended.answers += letter;
        ended.signal = child.wait();
        ended.took = std::chrono::steady_clock::now() - began;
        return ended;
    }

    void be(const std::vector<rules::Command>& commands, Plant plant, const Before& before,
            int pipe) {
        auto store = journal::RocksDbStore::open(
            {.field = "journal", .directory = directory_.file("journal")});
        CHECK(store);
        Life life(**store, directory_.path(), plant, pipe);
        const DeathWatch watch(life.page());
        before(life);
        for (const rules::Command& command : commands) life.submit(command);
        life.run();
    }

    rules::Load poison() { return parties_.load(1'00, "", "poison"); }

    /// A payment with the card of "B".
    rules::Authorise other_payment() {
        rules::Authorise payment = parties_.pay(1'00);
        payment.card_token = rules::token(2);
        return payment;
    }

    std::vector<QuarantineEntry> quarantined() {
        PoisonPage page;
        CHECK(prepare(page));
        journal::PosixFileSystem files;
        const auto list = Quarantine::open(
            files, {.field = "quarantine", .path = directory_.file("quarantine")}, page, {});
        CHECK(list);
        return (*list)->list();
    }

    journal::TemporaryDirectory directory_;
    rules::World parties_;
};

TEST_F(Death, OfACommandQuarantinesItAtItsSecondArrival) {
    const rules::Load poison = this->poison();
    const rules::Authorise payment = other_payment();
    EXPECT_EQ(live({poison, payment}, Plant::failed_check).signal, SIGABRT);
    const Ended second = live({poison, payment}, Plant::failed_check);
    EXPECT_EQ(second.answers, "qe");
    EXPECT_EQ(second.signal, 0);
    EXPECT_LT(second.took, 5s);

    const std::vector<QuarantineEntry> list = quarantined();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].kind, "Load");
    EXPECT_EQ(list[0].signal, SIGABRT);
    EXPECT_EQ(list[0].stage, PoisonStage::deciding);
    EXPECT_EQ(live({poison, other_payment()}, Plant::failed_check).answers, "qe");
}

TEST_F(Death, FoundByAnInvariantQuarantinesTheCommandAtItsThirdArrival) {
    const rules::Load poison = this->poison();
    const rules::Authorise before = other_payment();
    const rules::Authorise after = other_payment();
    const Ended first = live({before, poison, after}, Plant::spoilt_account);
    EXPECT_EQ(first.signal, SIGABRT);
    EXPECT_EQ(first.answers, "");
    EXPECT_TRUE(quarantined().empty());

    const Ended second = live({before, poison, after}, Plant::spoilt_account);
    EXPECT_EQ(second.signal, SIGABRT);
    EXPECT_EQ(second.answers, "e") << "the one before it is in a group of its own";

    const Ended third = live({before, poison, after}, Plant::spoilt_account);
    EXPECT_EQ(third.signal, 0);
    EXPECT_EQ(third.answers, "eqe");
    EXPECT_LT(first.took + second.took + third.took, 5s);
    ASSERT_EQ(quarantined().size(), 1U);
    EXPECT_EQ(quarantined()[0].stage, PoisonStage::checking);
}

TEST_F(Death, OfEachKindIsNoted) {
    for (const auto& [plant, signal] : {std::pair{Plant::bad_access, SIGSEGV},
                                        {Plant::bad_instruction, SIGILL},
                                        {Plant::endless_recursion, SIGSEGV}}) {
        rules::Load poison = parties_.load(1'00);
        poison.reference = LoadReference::of("poison-" + std::to_string(static_cast<int>(plant)));
        EXPECT_EQ(live({poison}, plant).signal, signal);
        EXPECT_EQ(live({poison, other_payment()}, plant).answers, "qe");
        EXPECT_EQ(quarantined().back().signal, signal);
    }
}

TEST_F(Death, InAReplyQuarantinesACommandThatIsRecorded) {
    const rules::Load poison = this->poison();
    EXPECT_EQ(live({other_payment(), poison}, Plant::failed_in_reply).signal, SIGABRT);
    EXPECT_EQ(live({poison, other_payment()}, Plant::failed_in_reply).answers, "qe");
    ASSERT_EQ(quarantined().size(), 1U);
    EXPECT_EQ(quarantined()[0].stage, PoisonStage::answering);
    const auto is_recorded = [](Life& life) {
        CHECK(life.core().state.find(rules::account_name("A"))->available() ==
              AmountMinor{1'001'00});
    };
    EXPECT_EQ(live({}, Plant::nothing, is_recorded).signal, 0);
}

TEST_F(Death, OfAnotherThreadBlamesNoCommand) {
    EXPECT_EQ(live({poison()}, Plant::other_thread).signal, SIGABRT);
    EXPECT_EQ(live({poison(), other_payment()}).answers, "ee");
    EXPECT_TRUE(quarantined().empty());
}

TEST_F(Death, BySomebodysSignalBlamesNoCommand) {
    EXPECT_EQ(live({poison()}, Plant::sent_abort).signal, SIGABRT);
    EXPECT_EQ(live({other_payment()}).answers, "e");
    EXPECT_TRUE(quarantined().empty());
}

TEST_F(Death, OfAHoldThatIsDueHasItPassedOver) {
    const auto plant_hold = [](Life& life) {
        life.core().state.holds_due.insert({rules::utc(2024, 1, 1), {.sequence = {4'711}}});
    };
    const rules::Authorise payment = other_payment();
    EXPECT_EQ(live({payment}, Plant::nothing, plant_hold).signal, SIGABRT);
    EXPECT_EQ(live({payment}, Plant::nothing, plant_hold).answers, "e");
    ASSERT_EQ(quarantined().size(), 1U);
    EXPECT_EQ(quarantined()[0].kind, "ExpireHold");
}

/// Killed at any moment, or in the very midst of deciding; over a store in memory, which each
/// process has as it was at the fork, since opening the real one takes longer than all the rest.
TEST(AThousandKills, WithARequestInFlightQuarantineNothing) {
    const std::uint64_t seed = std::random_device{}();
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);
    const journal::TemporaryDirectory directory;
    journal::MemoryStore store;
    rules::World parties;
    {
        Life life(store, directory.path());
        set_up(parties, life);
        life.run();
    }
    int in_hand = 0;
    for (int round = 0; round < 1'000; ++round) {
        const bool at_random = round % 2 == 0;
        const rules::Load request = parties.load(1, "", at_random ? "sound" : "poison");
        Child child([&](int pipe) {
            Life life(store, directory.path(), Plant::waits, pipe);
            const DeathWatch watch(life.page());
            CHECK(life.quarantine().list().empty());
            CHECK(life.page().suspects_count == 0);
            CHECK(::write(pipe, "r", 1) == 1);
            life.submit(request);
            life.run();
            ::pause();
        });
        ASSERT_EQ(child.next(), 'r') << "round " << round;
        if (at_random) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
        } else {
            ASSERT_EQ(child.next(), 'w') << "round " << round;
        }
        child.kill();
        const auto file =
            PosixPoisonFile::open({.field = "poison", .path = directory.file("poison")});
        ASSERT_TRUE(file);
        EXPECT_EQ((*file)->page().died, 0U);
        if ((*file)->page().stage != PoisonStage::none) ++in_hand;
    }
    Life life(store, directory.path());
    EXPECT_TRUE(life.quarantine().list().empty());
    EXPECT_GE(in_hand, 500);
    std::printf("1000 kills, %d of them with a command in hand\n", in_hand);
}

}  // namespace
}  // namespace carecard::sequencer
