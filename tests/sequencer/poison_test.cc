#include "services/sequencer/poison.h"

#include <gtest/gtest.h>

#include "common/sha256.h"
#include "services/journal/memory_store.h"
#include "services/sequencer/quarantine.h"
#include "tests/journal/one_file.h"
#include "tests/sequencer/poison_life.h"

namespace carecard::sequencer {
namespace {

constexpr Marked a_load{.fingerprint = 11, .kind = "Load"};
constexpr Marked a_payment{.fingerprint = 22, .kind = "Authorise"};

class Page : public testing::Test {
   protected:
    Page() { EXPECT_TRUE(prepare(page_)); }

    PoisonPage page_;
    Poison poison_{&page_};
};

TEST_F(Page, BlamesTheCommandInHand) {
    poison_.begin_group();
    poison_.begin(a_load);
    poison_.begin(a_payment);
    page_.died = SIGABRT;
    const std::optional<Death> death = read_death(page_);
    ASSERT_TRUE(death);
    EXPECT_EQ(death->fingerprint, a_payment.fingerprint);
    EXPECT_EQ(death->kind, "Authorise");
    EXPECT_EQ(death->signal, std::uint32_t{SIGABRT});
    EXPECT_EQ(death->stage, PoisonStage::deciding);
    clear_death(page_);
    EXPECT_FALSE(read_death(page_));
    EXPECT_FALSE(poison_.is_suspect(a_payment.fingerprint));
}

TEST_F(Page, BlamesNobodyWithoutAMark) {
    poison_.begin_group();
    poison_.begin(a_load);
    EXPECT_FALSE(read_death(page_));
}

TEST_F(Page, BlamesNobodyBetweenTheChecksAndTheReplies) {
    poison_.begin_group();
    poison_.begin(a_load);
    poison_.begin_checks();
    poison_.end_group();
    page_.died = SIGSEGV;
    EXPECT_FALSE(read_death(page_));
    poison_.begin_answer(a_load);
    EXPECT_TRUE(read_death(page_));
    poison_.end_answers();
    EXPECT_FALSE(read_death(page_));
}

TEST_F(Page, SuspectsAWholeGroupThatDiesInItsChecks) {
    poison_.begin_group();
    poison_.begin(a_load);
    poison_.begin(a_payment);
    poison_.begin_checks();
    page_.died = SIGABRT;
    EXPECT_EQ(read_death(page_)->fingerprint, 0U);
    clear_death(page_);
    EXPECT_TRUE(poison_.is_suspect(a_load.fingerprint));
    EXPECT_TRUE(poison_.is_suspect(a_payment.fingerprint));

    poison_.begin_group();
    poison_.begin(a_load);
    poison_.begin_checks();
    poison_.end_group();
    EXPECT_FALSE(poison_.is_suspect(a_load.fingerprint)) << "it passed alone";
    EXPECT_TRUE(poison_.is_suspect(a_payment.fingerprint));
}

TEST_F(Page, BlamesTheOneThatDiesAloneInItsChecks) {
    poison_.begin_group();
    poison_.begin(a_load);
    poison_.begin_checks();
    page_.died = SIGABRT;
    EXPECT_EQ(read_death(page_)->fingerprint, a_load.fingerprint);
}

TEST_F(Page, KeepsTheLargestGroupAndNoMore) {
    poison_.begin_group();
    for (std::uint64_t number = 1; number <= group_suspects_max + 1; ++number) {
        poison_.begin({.fingerprint = number, .kind = "Load"});
    }
    EXPECT_EQ(poison_.group_size(), group_suspects_max);
    poison_.begin_checks();
    page_.died = SIGABRT;
    clear_death(page_);
    EXPECT_EQ(page_.suspects_count, group_suspects_max);
    EXPECT_TRUE(poison_.is_suspect(group_suspects_max));
}

TEST_F(Page, IsBegunAnewWhenItIsNotWhole) {
    for (const auto spoil : {+[](PoisonPage& page) { page.magic[0] = 'X'; },
                             +[](PoisonPage& page) { page.version = 0; },
                             +[](PoisonPage& page) { page.group_count = group_suspects_max + 1; },
                             +[](PoisonPage& page) { page.suspects_count = ~0U; },
                             +[](PoisonPage& page) { page.stage = PoisonStage{4}; },
                             +[](PoisonPage& page) { page.kind.fill('x'); }}) {
        PoisonPage page;
        ASSERT_TRUE(prepare(page));
        page.died = SIGABRT;
        page.stage = PoisonStage::deciding;
        page.in_hand = 1;
        ASSERT_TRUE(read_death(page));
        spoil(page);
        ASSERT_TRUE(prepare(page));
        EXPECT_FALSE(read_death(page));
    }
}

TEST_F(Page, OfANewerReleaseIsRefused) {
    page_.version = 2;
    const Result<Done> prepared = prepare(page_);
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.fault().kind, FaultKind::conflict);
}

TEST(Fingerprint, IsOfTheCallerTheKeyAndTheContent) {
    Fingerprints fingerprints(fingerprint_key());
    rules::World parties;
    const rules::Authorise payment = parties.pay(1'00);
    const std::uint64_t first = fingerprints.of(rules::Command{payment});
    EXPECT_EQ(fingerprints.of(rules::Command{payment}), first);
    for (const auto change :
         {+[](rules::Authorise& one) { one.request.key = RequestKey::of("other"); },
          +[](rules::Authorise& one) { one.request.caller = CallerId::of("other"); },
          +[](rules::Authorise& one) { one.request.council = CouncilCode::of("other"); },
          +[](rules::Authorise& one) { one.amounts.billing.value += 1; },
          +[](rules::Authorise& one) { one.recurring = true; },
          +[](rules::Authorise& one) { one.merchant.name.text = InlineText<80>::of("Other"); },
          +[](rules::Authorise& one) { one.merchant.city.text = InlineText<40>::of("Other"); }}) {
        rules::Authorise other = payment;
        change(other);
        EXPECT_NE(fingerprints.of(rules::Command{other}), first);
    }
    const std::vector<std::byte> other_key(Fingerprints::key_bytes, std::byte{1});
    EXPECT_NE(Fingerprints(Secret::copy_of(other_key)).of(rules::Command{payment}), first);
}

TEST(Fingerprint, IsTheSameForARepeatOfAnOpening) {
    Fingerprints fingerprints(fingerprint_key());
    rules::World parties;
    rules::OpenAccount open = parties.open_account("C", {"social"});
    open.vault_key = journal::random_vault_key_id();
    const std::uint64_t first = fingerprints.of(rules::Command{open});
    open.vault_key = journal::random_vault_key_id();
    EXPECT_EQ(fingerprints.of(rules::Command{open}), first);
}

class QuarantineFile : public testing::Test {
   protected:
    QuarantineFile() { EXPECT_TRUE(prepare(page_)); }

    Result<std::unique_ptr<Quarantine>> open() {
        return Quarantine::open(file_, {.field = "quarantine", .path = "quarantine"}, page_, {7});
    }
    void die(const Marked& command) {
        Poison poison(&page_);
        poison.begin_group();
        poison.begin(command);
        page_.died = SIGABRT;
    }

    journal::OneFile file_;
    PoisonPage page_;
};

TEST_F(QuarantineFile, KeepsWhatWasSetAsideUntilItIsReleased) {
    EXPECT_TRUE((*open())->list().empty());
    die(a_payment);
    const QuarantineEntry expected{.fingerprint = a_payment.fingerprint,
                                   .since = {7},
                                   .stage = PoisonStage::deciding,
                                   .signal = SIGABRT,
                                   .kind = "Authorise"};
    EXPECT_EQ((*open())->found().added, expected);
    const auto again = open();
    EXPECT_FALSE((*again)->found().death) << "the mark was taken away";
    EXPECT_EQ((*again)->list(), std::vector{expected});
    EXPECT_TRUE((*again)->holds(a_payment.fingerprint));
    EXPECT_FALSE((*again)->holds(a_load.fingerprint));

    EXPECT_EQ((*again)->release("0000000000000017").fault().kind, FaultKind::not_found);
    EXPECT_EQ(*(*again)->release("0000000000000016"), expected);
    EXPECT_FALSE((*again)->holds(a_payment.fingerprint));
    EXPECT_EQ((*again)->releases(), 1U);
    EXPECT_TRUE((*open())->list().empty());
}

TEST_F(QuarantineFile, HasTheBytesOfItsGrammar) {
    die(a_payment);
    ASSERT_TRUE(open());
    const std::string grammar = std::string("CCQU\x01\x01\0", 7) +      // version, count
                                std::string("\x16\0\0\0\0\0\0\0", 8) +  // fingerprint
                                std::string("\x07\0\0\0\0\0\0\0", 8) +  // since
                                std::string("\x01\x06\x09", 3) +
                                "Authorise";  // stage, signal, kind
    const auto bytes = std::as_bytes(std::span(grammar));
    const Hash32 hash = sha256(bytes);
    std::vector<std::byte> expected(bytes.begin(), bytes.end());
    expected.insert(expected.end(), hash.begin(), hash.end());
    EXPECT_EQ(*file_.bytes, expected);
}

TEST_F(QuarantineFile, LeavesTheMarkWhereTheListCannotBeWritten) {
    die(a_load);
    file_.is_full = true;
    EXPECT_EQ(open().fault().kind, FaultKind::unavailable);
    EXPECT_TRUE(read_death(page_));
}

TEST_F(QuarantineFile, ForgetsTheOldestWhenItIsFull) {
    for (std::uint64_t number = 1; number <= quarantine_entries_max + 1; ++number) {
        die({.fingerprint = number, .kind = "Load"});
        ASSERT_TRUE(open());
    }
    const std::vector<QuarantineEntry> list = (*open())->list();
    EXPECT_EQ(list.size(), quarantine_entries_max);
    EXPECT_EQ(list.front().fingerprint, 2U);
    EXPECT_EQ(list.back().fingerprint, quarantine_entries_max + 1);
}

TEST_F(QuarantineFile, IsRefusedWithEachOfItsBytesChangedOrLeftOut) {
    die(a_load);
    ASSERT_TRUE(open());
    const std::vector<std::byte> sound = *file_.bytes;
    for (std::size_t at = 0; at < sound.size(); ++at) {
        file_.bytes = sound;
        (*file_.bytes)[at] ^= std::byte{1};
        EXPECT_EQ(open().fault().kind, FaultKind::corrupt) << at;
        file_.bytes->assign(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(at));
        EXPECT_EQ(open().fault().kind, FaultKind::corrupt) << at;
    }
}

TEST_F(QuarantineFile, OfANewerReleaseIsRefused) {
    die(a_load);
    ASSERT_TRUE(open());
    std::vector<std::byte>& bytes = *file_.bytes;
    bytes[4] = std::byte{2};
    bytes.resize(bytes.size() - sizeof(Hash32));
    const Hash32 hash = sha256(bytes);
    bytes.insert(bytes.end(), hash.begin(), hash.end());
    EXPECT_EQ(open().fault().kind, FaultKind::conflict);
}

/// The sequencer over a store in memory, as after a death.
class AfterADeath : public testing::Test {
   protected:
    AfterADeath() {
        Life life(store_, directory_.path());
        for (const rules::Command& command : std::vector<rules::Command>{
                 rules::SetOffsetTable{.zone = InlineText<32>::of("Europe/London"),
                                       .table = rules::london()},
                 parties_.programme("care", "riverdale"), parties_.programme("day", "riverdale"),
                 parties_.open_account("A", {"social"}), parties_.issue_card("A", 1),
                 parties_.load(1'000'00)}) {
            life.submit(command);
        }
        life.run();
        EXPECT_EQ(life.answers, "eeeeee");
    }

    Marked mark(const rules::Command& command) {
        return {.fingerprint = fingerprints_.of(command), .kind = kind_name(command)};
    }
    /// Leaves what a process leaves that dies with these as its group.
    void die(const std::vector<rules::Command>& group, PoisonStage stage) {
        auto file = PosixPoisonFile::open({.field = "poison", .path = directory_.file("poison")});
        ASSERT_TRUE(file);
        Poison poison(&(*file)->page());
        poison.begin_group();
        for (const rules::Command& command : group) poison.begin(mark(command));
        (*file)->page().stage = stage;
        (*file)->page().died = SIGABRT;
    }

    journal::TemporaryDirectory directory_;
    journal::MemoryStore store_;
    rules::World parties_;
    Fingerprints fingerprints_{fingerprint_key()};
};

TEST_F(AfterADeath, EachSuspectIsDecidedInAGroupOfItsOwn) {
    std::vector<rules::Command> commands;
    for (int count = 0; count < 6; ++count) commands.emplace_back(parties_.pay(1));
    die({commands[1], commands[3], commands[4]}, PoisonStage::checking);
    Life life(store_, directory_.path());
    for (const rules::Command& command : commands) life.submit(command);
    life.run();
    EXPECT_EQ(life.answers, "eeeeee");
    EXPECT_EQ(life.commits, 6) << "0 | 1 | 2 | 3 | 4 | 5";
    EXPECT_EQ(life.page().suspects_count, 0U);

    commands.clear();
    for (int count = 0; count < 6; ++count) commands.emplace_back(parties_.pay(1));
    for (const rules::Command& command : commands) life.submit(command);
    life.run();
    EXPECT_EQ(life.commits, 7) << "they are through: one group takes all";
}

TEST_F(AfterADeath, ASuspectThatIsDueByItselfHasAGroupOfItsOwn) {
    const rules::Authorise held = parties_.pay(1'00);
    const rules::Authorise other = parties_.pay(2'00);
    {
        Life life(store_, directory_.path());
        life.submit(held);
        life.submit(other);
        life.run();
        const auto due = rules::next_expiry(life.core().state, rules::utc(2024, 7, 1));
        ASSERT_TRUE(due);
        die({due->command, parties_.pay(1)}, PoisonStage::checking);
    }
    Life life(store_, directory_.path());
    life.clock.pass(hours(6 * 24 + 23));
    life.run();
    const int commits = life.commits;
    life.clock.pass(hours(2));
    life.submit(parties_.pay(1));
    life.run();
    EXPECT_EQ(life.answers, "e");
    EXPECT_EQ(life.commits, commits + 2) << "the suspect | the other hold and the command";
    EXPECT_EQ(life.core().state.holds_due.size(), 1U) << "the new payment";
}

TEST_F(AfterADeath, ABusinessDayThatCannotEndGoesOnAndEverybodyElseIsServed) {
    const rules::EndBusinessDay end{.programme = {1}, .day = rules::day_number(2024, 6, 3)};
    die({end}, PoisonStage::deciding);
    Life life(store_, directory_.path());
    life.clock.pass(days(1));
    life.submit(parties_.pay(1'00));
    life.run();
    EXPECT_EQ(life.answers, "e");
    EXPECT_EQ(life.refused, std::vector<std::string>{"EndBusinessDay"}) << "said once";
    EXPECT_EQ(life.core().state.at(ProgrammeId{1}).business_day, end.day);
    EXPECT_EQ(life.core().state.at(ProgrammeId{2}).business_day, rules::day_number(2024, 6, 4));

    ASSERT_TRUE(life.quarantine().release(quarantine_id(mark(end).fingerprint)));
    life.run();
    EXPECT_EQ(life.core().state.at(ProgrammeId{1}).business_day, rules::day_number(2024, 6, 4));
}

TEST_F(AfterADeath, AReleasedCommandIsDecidedAgain) {
    const rules::Authorise payment = parties_.pay(1'00);
    die({payment}, PoisonStage::deciding);
    Life life(store_, directory_.path());
    life.submit(payment);
    life.run();
    EXPECT_EQ(life.answers, "q");
    EXPECT_EQ(life.counters().quarantined, 1U);
    ASSERT_TRUE(life.quarantine().release(quarantine_id(mark(payment).fingerprint)));
    life.submit(payment);
    life.run();
    EXPECT_EQ(life.answers, "qe");
}

TEST_F(AfterADeath, AQuarantinedAcceptanceOfTheClockDoesNotMoveIt) {
    const rules::AcceptClock accept{.request = rules::asked_by("operator", "accept", ""),
                                    .seen = rules::utc(2025, 1, 1)};
    die({accept}, PoisonStage::deciding);
    Life life(store_, directory_.path());
    life.clock.now.wall = rules::utc(2025, 1, 1);
    life.submit(accept);
    life.run();
    EXPECT_EQ(life.answers, "f");
    EXPECT_EQ(life.core().state.at(ProgrammeId{1}).business_day, rules::day_number(2024, 6, 3));
}

}  // namespace
}  // namespace carecard::sequencer
