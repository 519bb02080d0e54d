#include "services/sequencer/sequencer.h"

#include "tests/rules/state_summary.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

using rules::AuthorisationDecided;

/// A store whose commits can be made to fail, or to be looked at.
class WatchedStore final : public journal::Store {
   public:
    Result<Sequence> commit(Sequence tail, const journal::Record& record) override {
        records.push_back(record.last.value - record.first.value + 1);
        bytes_max = std::max(bytes_max, record.bytes.size());
        on_commit();
        if (failing) {
            return Fault{.kind = FaultKind::unavailable,
                         .field = "record",
                         .detail = "the disk failed",
                         .remedy = "start again"};
        }
        return store_.commit(tail, record);
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        return store_.read(after, buffer, out);
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

    bool failing = false;
    std::function<void()> on_commit = [] {};
    std::vector<std::uint64_t> records;  // events in each
    std::size_t bytes_max = 0;

   private:
    journal::MemoryStore store_;
};

class Watched : public testing::Test {
   protected:
    Watched() { machine_.set_up(parties_, 1'000'00); }

    WatchedStore store_;
    MemoryVault vault_;
    MemoryTables tables_;
    HandClock clock_;
    rules::World parties_;
    Machine machine_{store_, vault_, tables_, clock_};
};

TEST_F(Watched, DecidesInTheOrderOfComingAndCommitsOneRecordForAGroup) {
    store_.records.clear();
    std::vector<std::shared_ptr<Told>> told;
    for (int payment = 1; payment <= 5; ++payment) {
        told.push_back(machine_.submit(parties_.pay(payment * 100)));
    }
    machine_.run();
    EXPECT_EQ(store_.records, (std::vector<std::uint64_t>{5}));
    std::int64_t left = 1'000'00;
    for (std::size_t index = 0; index < told.size(); ++index) {
        left -= (static_cast<std::int64_t>(index) + 1) * 100;
        EXPECT_EQ(told[index]->as<AuthorisationDecided>().available.value, left);
        EXPECT_EQ(told[index]->stamp.now_ns, told[0]->stamp.now_ns);
        EXPECT_EQ(told[index]->stamp.sequence.value, told[0]->stamp.sequence.value + index);
    }
}

TEST_F(Watched, RepliesOnlyAfterTheCommit) {
    const auto told = machine_.submit(parties_.pay(100));
    int times_at_commit = -1;
    store_.on_commit = [&] { times_at_commit = told->times; };
    machine_.run();
    EXPECT_EQ(times_at_commit, 0);
    EXPECT_EQ(told->times, 1);
}

TEST_F(Watched, GivesNoReplyWhenTheCommitFails) {
    const auto told = machine_.submit(parties_.pay(100));
    const auto refused = machine_.submit(parties_.pay(100));
    store_.records.clear();
    store_.failing = true;
    const auto turned = machine_.sequencer().turn();
    ASSERT_FALSE(turned);
    EXPECT_EQ(store_.records.size(), 1U) << "it is not tried again";
    EXPECT_EQ(turned.fault().kind, FaultKind::unavailable);
    EXPECT_EQ(told->times, 0);
    EXPECT_EQ(refused->times, 0);
    EXPECT_LT(machine_.sequencer().watermarks().durable, machine_.sequencer().watermarks().decided);
}

TEST_F(Watched, PutsWhatDoesNotFitIntoTheNextRecord) {
    store_.records.clear();
    // Agreements of the largest size: a group of them is more than one record may hold.
    constexpr std::uint64_t count = group_commands_max;
    rules::SpendingRules rules;
    for (std::uint16_t mcc = 0; rules.mcc_refused.size() < mcc_ranges_per_list_max; ++mcc) {
        rules.mcc_refused.push_back(rules::range(static_cast<std::uint16_t>(100 * mcc + 1),
                                                 static_cast<std::uint16_t>(100 * mcc + 2)));
    }
    rules.mcc_allowed = rules.mcc_refused;
    std::vector<std::shared_ptr<Told>> told;
    for (std::uint64_t number = 0; number < count; ++number) {
        rules::SetAgreement agree = parties_.agree(rules);
        agree.rules.single_max = AmountMinor{static_cast<std::int64_t>(number) + 1};
        agree.reason.text = decltype(agree.reason.text)::of(std::string(reason_bytes_max, 'x'));
        told.push_back(machine_.submit(agree));
    }
    machine_.run();
    std::uint64_t events = 0;
    for (const std::uint64_t in_record : store_.records) events += in_record;
    EXPECT_EQ(events, count);
    EXPECT_LE(store_.bytes_max, record_bytes_max);
    for (std::uint64_t number = 0; number < count; ++number) {
        ASSERT_EQ(told[number]->times, 1);
        ASSERT_EQ(told[number]->as<rules::AgreementSet>().version, number + 1);
        ASSERT_EQ(told[number]->stamp.sequence.value, told[0]->stamp.sequence.value + number);
    }
}

TEST_F(Watched, KeepsItsWatermarksInOrder) {
    machine_.submit(parties_.pay(100));
    machine_.submit(parties_.pay(100));
    const auto in_order = [this] {
        const Watermarks marks = machine_.sequencer().watermarks();
        EXPECT_GE(marks.received, marks.decided.value);
        EXPECT_GE(marks.decided, marks.durable);
        EXPECT_GE(marks.durable, marks.replied);
        return marks;
    };
    const Watermarks before = in_order();
    EXPECT_EQ(before.received, before.decided.value + 2);
    store_.on_commit = [&] { EXPECT_EQ(in_order().decided.value, before.decided.value + 2); };
    machine_.run();
    const Watermarks after = in_order();
    EXPECT_EQ(after.replied.value, before.decided.value + 2);
    EXPECT_EQ(after.replied, store_.tail());
}

TEST_F(Watched, AnswersQueriesFromDurableStateOnly) {
    machine_.submit(parties_.pay(100));
    Sequence seen;
    Sequence durable;
    ASSERT_TRUE(machine_.sequencer().inbox().push(Query{.run = [&](const rules::State& state) {
        seen = state.last;
        durable = store_.tail();
    }}));
    machine_.run();
    EXPECT_NE(seen.value, 0U);
    EXPECT_EQ(seen, durable);
}

TEST_F(MachineTest, AnswersARepeatInTheSameGroupAndInALaterOneAndAfterARestart) {
    begin();
    const rules::Authorise payment = parties_.pay(100);
    const auto first = machine_->submit(payment);
    const auto second = machine_->submit(payment);
    machine_->run();
    const auto same_answer = [&](const Told& repeat) {
        EXPECT_TRUE(repeat.replay);
        EXPECT_EQ(repeat.stamp.sequence, first->stamp.sequence);
        EXPECT_EQ(repeat.stamp.now_ns, first->stamp.now_ns);
        EXPECT_TRUE(repeat.as<AuthorisationDecided>() == first->as<AuthorisationDecided>());
    };
    EXPECT_FALSE(first->replay);
    same_answer(*second);
    EXPECT_EQ(machine_->sequencer().counters().recalls, 0U);
    same_answer(machine_->ask(payment));
    EXPECT_EQ(machine_->sequencer().counters().recalls, 1U);
    EXPECT_EQ(machine_->sequencer().counters().replays, 2U);
    restart();
    same_answer(machine_->ask(payment));
    EXPECT_EQ(machine_->available(), 1'000'00 - 100);
}

/// Formance issue 364: one id, sent 64 times at once, was posted more than once.
TEST_F(MachineTest, DecidesOnceWhatIsSent64TimesAtOnceFormance364) {
    begin();
    const rules::Authorise payment = parties_.pay(500);
    std::vector<std::shared_ptr<Told>> answers;
    while (answers.size() < 64) answers.push_back(machine_->submit(payment));
    machine_->run();
    std::size_t replays = 0;
    for (const auto& told : answers) {
        ASSERT_TRUE(told->event);
        EXPECT_EQ(told->stamp.sequence, answers.front()->stamp.sequence);
        if (told->replay) ++replays;
    }
    EXPECT_EQ(replays, 63U);
    EXPECT_EQ(machine_->available(), 1'000'00 - 500);
}

TEST_F(MachineTest, RefusesAKeyUsedWithOtherFields) {
    begin();
    rules::Authorise payment = parties_.pay(100);
    machine_->ask(payment);
    payment.amounts.billing.value = 101;
    for (int life = 0; life < 2; ++life) {
        const Told told = machine_->ask(payment);
        ASSERT_TRUE(told.fault);
        EXPECT_EQ(told.fault->kind, FaultKind::conflict);
        EXPECT_EQ(told.fault->field, "request_key");
        restart();
    }
    rules::Reverse reverse{.request = payment.request, .card_token = rules::token(1)};
    EXPECT_EQ(machine_->ask(reverse).fault->kind, FaultKind::conflict);
    EXPECT_EQ(machine_->available(), 1'000'00 - 100);
}

TEST_F(MachineTest, TakesAnotherCallersSameKeyForAnotherRequest) {
    begin();
    rules::Authorise payment = parties_.pay(100);
    const Told first = machine_->ask(payment);
    payment.request.caller = CallerId::of("gateway-2");
    const Told second = machine_->ask(payment);
    EXPECT_FALSE(second.replay);
    EXPECT_GT(second.stamp.sequence, first.stamp.sequence);
    EXPECT_EQ(machine_->available(), 1'000'00 - 200);
}

TEST_F(MachineTest, TakesAnotherCouncilsSameCallerAndKeyForAnotherRequest) {
    begin();
    machine_->ask(parties_.programme("hill", "hilltown"));
    rules::OpenAccount open = parties_.open_account("B", {"own"});
    EXPECT_TRUE(machine_->ask(open).event);
    open.request.council = CouncilCode::of("hilltown");
    open.account.programme = ProgrammeCode::of("hill");
    const Told neighbours = machine_->ask(open);
    ASSERT_FALSE(neighbours.fault) << neighbours.fault->detail;
    EXPECT_FALSE(neighbours.replay);
}

TEST_F(MachineTest, TakesAnAuthoriseForANewOneAfterTheWindow) {
    begin();
    const rules::Authorise payment = parties_.pay(100);
    machine_->ask(payment);
    clock_.pass(request_window);
    EXPECT_TRUE(machine_->ask(payment).replay);
    clock_.pass(minutes(3));
    EXPECT_FALSE(machine_->ask(payment).replay);
    EXPECT_EQ(machine_->available(), 1'000'00 - 200);
}

TEST_F(MachineTest, AppliesALoadOnceForItsReference) {
    begin();
    rules::Load load = parties_.load(500, "own", "BACS 1");
    const auto first = machine_->submit(load);
    load.request = rules::asked_by("finance-2", "other-key");
    const auto in_group = machine_->submit(load);
    machine_->run();
    EXPECT_TRUE(in_group->replay);
    EXPECT_EQ(in_group->stamp.sequence, first->stamp.sequence);
    clock_.pass(request_window);
    clock_.pass(hours(1));
    restart();
    const Told later = machine_->ask(load);
    EXPECT_TRUE(later.replay);
    EXPECT_EQ(later.stamp.sequence, first->stamp.sequence);
    load.request.key = RequestKey::of("third-key");
    load.amount.value = 501;
    const Told other = machine_->ask(load);
    ASSERT_TRUE(other.fault);
    EXPECT_EQ(other.fault->kind, FaultKind::conflict);
    EXPECT_EQ(other.fault->field, "reference");
    EXPECT_EQ(machine_->available(), 1'000'00 + 500);
}

TEST_F(MachineTest, PostsAPresentmentOnceForItsId) {
    begin();
    rules::Present present = parties_.present({}, 300);
    const Told first = machine_->ask(present);
    present.request.key = RequestKey::of("other-key");
    const Told again = machine_->ask(present);
    EXPECT_TRUE(again.replay);
    EXPECT_EQ(again.stamp.sequence, first.stamp.sequence);
    present.request.key = RequestKey::of("third-key");
    present.amounts.billing.value = 301;
    const Told other = machine_->ask(present);
    ASSERT_TRUE(other.fault);
    EXPECT_EQ(other.fault->field, "presentment_id");
    EXPECT_EQ(machine_->available(), 1'000'00 - 300);
}

TEST_F(MachineTest, DropsWhatIsPastItsDeadlineUndecided) {
    begin();
    const Sequence before = machine_->state().last;
    const auto late = machine_->submit(parties_.pay(100), monotonic_ns() - 1);
    const auto in_time = machine_->submit(parties_.pay(200), monotonic_ns() + hours(1).value);
    machine_->run();
    ASSERT_TRUE(late->fault);
    EXPECT_EQ(late->fault->kind, FaultKind::overloaded);
    EXPECT_TRUE(in_time->event);
    EXPECT_EQ(machine_->state().last.value, before.value + 1);
    EXPECT_EQ(machine_->sequencer().counters().dropped_late, 1U);
}

TEST_F(MachineTest, AnswersAnUnknownCardWithoutRecordingIt) {
    begin();
    const Sequence before = machine_->state().last;
    rules::Authorise payment = parties_.pay(100);
    payment.card_token = rules::token(99);
    const Told told = machine_->ask(payment);
    ASSERT_TRUE(told.unrecorded);
    EXPECT_EQ(told.unrecorded->reason, rules::DeclineReason::card_unknown);
    EXPECT_EQ(machine_->state().last, before);
}

TEST_F(MachineTest, CommitsNothingForFaultsAlone) {
    begin();
    const int before = machine_->commits;
    rules::Load load = parties_.load(100);
    load.account = rules::account_name("nobody");
    EXPECT_EQ(machine_->ask(load).fault->kind, FaultKind::not_found);
    EXPECT_EQ(machine_->commits, before);
}

/// A machine's disks, looked at as a copy for inspection.
class Inspected : public MachineTest {
   protected:
    Inspected() {
        begin();
        machine_->ask(parties_.pay(10'00));
        machine_.reset();
        EXPECT_TRUE(recover(store_, vault_, {}, disks_.tables, core_));
        clock_.pass(days(8));  // holds have expired and days have ended meanwhile
    }

    Core core_{fingerprint_key()};
    const Archive archive_{disks_.tables};
    Handover handover_;
    Sequencer sequencer_{core_,
                         {.store = store_,
                          .archive = archive_,
                          .handover = handover_,
                          .clock = clock_,
                          .refuse_all = Fault{FaultKind::conflict, "", "only looked at", "go"}}};
};

TEST_F(Inspected, RefusesEveryCommandAndWritesNothing) {
    const Sequence tail = store_.tail();
    std::vector<std::string> said;
    const auto keep = [&said](const Answer& answer) {
        said.push_back(std::get<Fault>(answer.outcome).detail);
    };
    ASSERT_TRUE(sequencer_.inbox().push(Submission{.command = parties_.pay(1'00), .reply = keep}));
    ASSERT_TRUE(sequencer_.inbox().push(Submission{.command = parties_.load(1'00), .reply = keep}));
    std::int64_t seen = 0;
    ASSERT_TRUE(sequencer_.inbox().push(Query{.run = [&seen](const rules::State& state) {
        seen = state.find(rules::account_name("A"))->available().value;
    }}));
    for (int turns = 0; turns < 10; ++turns) ASSERT_TRUE(sequencer_.turn());
    EXPECT_EQ(said, (std::vector<std::string>{"only looked at", "only looked at"}));
    EXPECT_EQ(seen, 990'00);
    EXPECT_EQ(store_.tail(), tail);
    EXPECT_EQ(sequencer_.counters().groups_committed, 0U);
}

}  // namespace
}  // namespace carecard::sequencer
