#include "rules/local_time.h"
#include "services/journal/codec.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

using Verdict = ClockGuard::Verdict;

/// Every event of a store with its stamp, in order.
std::vector<journal::DecodedEvent> events_of(const journal::Store& store, Sequence after = {}) {
    std::vector<journal::DecodedEvent> events;
    std::vector<std::byte> buffer;
    journal::Record record;
    for (Sequence at = after; *store.read(at, buffer, record) == journal::ReadOutcome::record;
         at = record.last) {
        for (const journal::EventView view : journal::parse_record(record.bytes)->events()) {
            events.push_back(*journal::decode_clear(view.clear));
        }
    }
    return events;
}

template <class Fact>
bool is(const journal::DecodedEvent& decoded) {
    return std::holds_alternative<Fact>(decoded.event);
}

TEST_F(MachineTest, StampsEachGroupLaterThanTheOneBeforeOnAClockThatStands) {
    begin();
    const Told first = machine_->ask(parties_.pay(1));
    const Told second = machine_->ask(parties_.pay(1));
    EXPECT_EQ(second.stamp.now_ns.value, first.stamp.now_ns.value + 1);
    clock_.now.wall = clock_.now.wall - seconds(3);  // a step that is believed
    const Told third = machine_->ask(parties_.pay(1));
    EXPECT_EQ(third.stamp.now_ns.value, second.stamp.now_ns.value + 1);
}

TEST_F(MachineTest, EndsEveryDayThatPassedBeforeAnythingElse) {
    begin();
    const Sequence before = machine_->state().last;
    clock_.pass(days(3));
    const auto told = machine_->submit(parties_.pay(100));
    machine_->run();
    const auto events = events_of(store_, before);
    ASSERT_EQ(events.size(), 4U);
    for (int day = 0; day < 3; ++day) {
        const auto& event = events[static_cast<std::size_t>(day)].event;
        ASSERT_TRUE(std::holds_alternative<rules::BusinessDayEnded>(event));
        EXPECT_EQ(std::get<rules::BusinessDayEnded>(event).request.day.value,
                  rules::day_number(2024, 6, 3).value + day);
    }
    EXPECT_TRUE(is<rules::AuthorisationDecided>(events[3]));
    EXPECT_EQ(told->stamp.sequence.value, before.value + 4);
}

TEST_F(MachineTest, EndsADayWithoutAnyCommand) {
    begin();
    clock_.pass(days(1));
    machine_->run();
    EXPECT_TRUE(is<rules::BusinessDayEnded>(events_of(store_).back()));
}

TEST_F(MachineTest, ExpiresABoundedNumberOfHoldsInATurn) {
    begin();
    constexpr std::size_t holds = due_items_per_turn_max + 500;
    for (std::size_t hold = 0; hold < holds; ++hold) machine_->submit(parties_.pay(1));
    machine_->run();
    clock_.pass(days(6));
    machine_->run();  // ends six days
    clock_.pass(hours(25));
    machine_->run();
    EXPECT_EQ(machine_->available(), 1'000'00);
    std::map<TimestampNs, std::size_t> expired;
    for (const auto& event : events_of(store_)) {
        if (is<rules::HoldExpired>(event)) ++expired[event.stamp.now_ns];
    }
    ASSERT_EQ(expired.size(), 2U);
    EXPECT_LE(expired.begin()->second, due_items_per_turn_max);
    EXPECT_EQ(expired.begin()->second + expired.rbegin()->second, holds);
}

TEST_F(MachineTest, DecidesNothingWhileTheClockIsNotBelieved) {
    begin();
    const Sequence before = machine_->state().last;
    clock_.now.wall = clock_.now.wall + hours(2);
    const Told refused = machine_->ask(parties_.pay(100));
    ASSERT_TRUE(refused.fault);
    EXPECT_EQ(refused.fault->kind, FaultKind::overloaded);
    EXPECT_FALSE(machine_->sequencer().clock_is_believed());
    EXPECT_EQ(machine_->state().last, before);
    clock_.now.wall = clock_.now.wall - hours(2);
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).event);
    EXPECT_EQ(machine_->verdicts, (std::vector<Verdict>{Verdict::jumped, Verdict::believed}));
}

/// Commands keep coming while the wall clock steps away from the monotonic clock and comes back.
TEST_F(MachineTest, TakesNothingThatAJumpMadeDueAndAnswersNothingOnIt) {
    begin();
    const auto hold = machine_->ask(parties_.pay(100)).as<rules::AuthorisationDecided>();
    ASSERT_LT(hold.expires_ns, clock_.now.wall + days(8));
    for (const DurationNs jump : {hours(1), hours(-1), days(1), days(-1), days(365), days(-365)}) {
        const Sequence before = machine_->state().last;
        const TimestampNs right = clock_.now.wall;
        clock_.now.wall = right + jump;
        for (int payment = 0; payment < 20; ++payment) {
            const Told told = machine_->ask(parties_.pay(1));
            ASSERT_TRUE(told.fault) << jump.value;
            EXPECT_EQ(told.fault->kind, FaultKind::overloaded);
            clock_.pass(seconds(1));
            machine_->run();
        }
        EXPECT_EQ(machine_->state().last, before) << jump.value;
        EXPECT_EQ(machine_->state().holds_due.size(), 1U) << jump.value;
        clock_.now.wall = right + seconds(20);
        EXPECT_TRUE(machine_->ask(parties_.pay(1)).event) << jump.value;
        EXPECT_EQ(machine_->state().last.value, before.value + 1) << "a payment, and no day's end";
        const rules::OriginalReference last =
            rules::by_id({.epoch = {1}, .sequence = machine_->state().last});
        machine_->ask(parties_.reverse(last, 0));
    }
}

TEST_F(MachineTest, DisbelievesAStartLongAfterTheLastStamp) {
    begin();
    clock_.pass(clock_gap_max);
    clock_.pass(hours(1));
    restart();
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).fault);
    EXPECT_FALSE(machine_->sequencer().clock_is_believed());
}

TEST_F(MachineTest, DisbelievesAStartBeforeTheLastStamp) {
    begin();
    clock_.now.wall = clock_.now.wall - minutes(1);
    restart();
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).fault);
    clock_.pass(minutes(1));
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).fault) << "both halves went on";
    clock_.now.wall = clock_.now.wall + minutes(1);
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).event);
}

rules::AcceptClock accept(const char* key) {
    return {.request = rules::asked_by("operator", key, "")};
}

TEST_F(MachineTest, BelievesAClockThatAnOperatorAccepts) {
    begin();
    clock_.now.wall = clock_.now.wall + hours(2);
    const auto before = machine_->submit(parties_.pay(100));
    const auto accepted = machine_->submit(accept("accept-1"));
    const auto after = machine_->submit(parties_.pay(100));
    machine_->run();
    ASSERT_EQ(before->times, 1) << "what stood before the operator's word is answered too";
    EXPECT_TRUE(before->fault);
    EXPECT_TRUE(accepted->event);
    EXPECT_TRUE(after->event);
    EXPECT_TRUE(machine_->sequencer().clock_is_believed());
}

TEST_F(MachineTest, DoesNotTakeARepeatedAcceptanceForOneOfANewJump) {
    begin();
    clock_.now.wall = clock_.now.wall + hours(2);
    EXPECT_TRUE(machine_->ask(accept("accept-1")).event);
    clock_.now.wall = clock_.now.wall + hours(2);
    EXPECT_TRUE(machine_->ask(accept("accept-1")).fault);
    EXPECT_TRUE(machine_->ask(parties_.pay(100)).fault);
    EXPECT_TRUE(machine_->ask(accept("accept-2")).event);
}

TEST_F(MachineTest, RefusesToAcceptAClockThatIsBelieved) {
    begin();
    const Sequence before = machine_->state().last;
    const Told told = machine_->ask(accept("accept-1"));
    ASSERT_TRUE(told.fault);
    EXPECT_EQ(told.fault->kind, FaultKind::conflict);
    EXPECT_EQ(machine_->state().last, before);
    clock_.now.wall = clock_.now.wall + hours(2);
    const auto first = machine_->submit(accept("accept-2"));
    const auto second = machine_->submit(accept("accept-3"));
    machine_->run();
    EXPECT_TRUE(first->event);
    EXPECT_TRUE(second->fault) << "the first was enough";
}

TEST_F(MachineTest, RefusesToMoveTheMachinesOwnClock) {
    begin();
    const Told told = machine_->ask(rules::AdvanceClock{
        .request = rules::asked_by("operator", "advance", ""), .to = clock_.now.wall + hours(1)});
    ASSERT_TRUE(told.fault);
    EXPECT_EQ(told.fault->kind, FaultKind::conflict);
    EXPECT_EQ(told.fault->field, "to");
}

class Simulated : public testing::Test {
   protected:
    Simulated() {
        advance("start", start_);
        machine_.set_up(parties_, 1'000'00);
    }

    Told advance(const std::string& key, TimestampNs to) {
        return machine_.ask(to_command(key, to));
    }
    static rules::AdvanceClock to_command(const std::string& key, TimestampNs to) {
        return {.request = rules::asked_by("operator", key, ""), .to = to};
    }

    const TimestampNs start_ = rules::utc(2024, 6, 3, 9);
    Disks disks_;
    journal::MemoryStore& store_ = disks_.store;
    SimulatedClock clock_;
    rules::World parties_;
    Machine machine_{disks_, clock_, &clock_};
};

TEST_F(Simulated, GoesThroughEachDueInstantWithItsOwnStampAndThenAnswers) {
    machine_.ask(parties_.pay(100));
    const Sequence before = machine_.state().last;
    const TimestampNs to = start_ + days(8);
    const Told told = advance("advance", to);
    EXPECT_TRUE(told.as<rules::ClockAdvanced>().request.to == to);
    const auto events = events_of(store_, before);
    // The cut-offs of 3 June to 10 June at 23:00 in London, the hold after seven days, the command.
    ASSERT_EQ(events.size(), 10U);
    int ended = 0;
    int expired = 0;
    for (std::size_t index = 0; index + 1 < events.size(); ++index) {
        EXPECT_LT(events[index].stamp.now_ns, events[index + 1].stamp.now_ns);
        if (is<rules::BusinessDayEnded>(events[index])) {
            EXPECT_EQ(events[index].stamp.now_ns, rules::utc(2024, 6, 3, 22) + days(ended));
            ++ended;
        }
        if (is<rules::HoldExpired>(events[index])) {
            EXPECT_GE(events[index].stamp.now_ns, start_ + days(7));
            EXPECT_LT(events[index].stamp.now_ns, start_ + days(7) + seconds(1));
            ++expired;
        }
    }
    EXPECT_EQ(ended, 8);
    EXPECT_EQ(expired, 1);
    EXPECT_EQ(told.stamp.now_ns, to);
    EXPECT_EQ(machine_.sequencer().clock_now(), to);
}

TEST_F(Simulated, EndsADayAtItsLocalCutOffThroughEveryDayOfTwoYears) {
    const Sequence before = machine_.state().last;
    advance("two years", rules::utc(2026, 6, 3, 9));
    std::map<std::int64_t, int> lengths;  // of days, in hours
    TimestampNs last{0};
    DayNumber day{0};
    for (const journal::DecodedEvent& event : events_of(store_, before)) {
        const auto* ended = std::get_if<rules::BusinessDayEnded>(&event.event);
        if (ended == nullptr) continue;
        const std::int32_t offset =
            rules::offset_seconds_at(machine_.state().offsets, event.stamp.now_ns);
        const std::int64_t local_seconds = event.stamp.now_ns.value / ns_per_second + offset;
        EXPECT_EQ(local_seconds % 86'400, 23 * 3'600) << ended->request.day.value;
        EXPECT_EQ(local_seconds / 86'400, ended->request.day.value);
        if (last.value != 0) {
            EXPECT_EQ(ended->request.day.value, day.value + 1) << "no day twice, none left out";
            ++lengths[(event.stamp.now_ns.value - last.value) / hours(1).value];
        }
        last = event.stamp.now_ns;
        day = ended->request.day;
    }
    EXPECT_EQ(lengths, (std::map<std::int64_t, int>{{23, 2}, {24, 725}, {25, 2}}));
}

TEST_F(Simulated, StandsStillBetweenAdvances) {
    const Told first = machine_.ask(parties_.pay(1));
    const Told second = machine_.ask(parties_.pay(1));
    EXPECT_EQ(second.stamp.now_ns.value, first.stamp.now_ns.value + 1);
}

TEST_F(Simulated, KeepsItsPlaceAmongTheCommandsAroundIt) {
    const auto before = machine_.submit(parties_.pay(100));
    const auto told = machine_.submit(to_command("advance", start_ + days(2)));
    const auto after = machine_.submit(parties_.pay(100));
    machine_.run();
    EXPECT_LT(before->stamp.now_ns, start_ + seconds(1));
    EXPECT_EQ(told->stamp.now_ns, start_ + days(2));
    EXPECT_GT(after->stamp.now_ns, start_ + days(2));
}

TEST_F(Simulated, HasNothingToAccept) {
    const Told told = machine_.ask(accept("accept-1"));
    ASSERT_TRUE(told.fault);
    EXPECT_EQ(told.fault->kind, FaultKind::conflict);
}

TEST_F(Simulated, RefusesToGoBack) {
    const Told told = advance("back", start_ - hours(1));
    ASSERT_TRUE(told.fault);
    EXPECT_EQ(told.fault->kind, FaultKind::conflict);
    EXPECT_GE(machine_.sequencer().clock_now(), start_);
}

TEST_F(Simulated, MovesOnceForARepeatAndNotForARefusal) {
    const Told first = advance("advance", start_ + hours(1));
    const Told again = advance("advance", start_ + hours(1));
    EXPECT_TRUE(again.replay);
    EXPECT_EQ(again.stamp.sequence, first.stamp.sequence);
    const Told other = advance("advance", start_ + days(30));
    ASSERT_TRUE(other.fault);
    EXPECT_EQ(other.fault->field, "request_key");
    EXPECT_EQ(machine_.sequencer().clock_now(), start_ + hours(1));
    const auto late = machine_.submit(to_command("late", start_ + days(30)), monotonic_ns() - 1);
    machine_.run();
    EXPECT_TRUE(late->fault);
    EXPECT_EQ(machine_.sequencer().clock_now(), start_ + hours(1));
}

TEST_F(Simulated, StandsAtTheLastStampAfterARestart) {
    advance("advance", start_ + days(3));
    SimulatedClock clock;
    Machine again(disks_, clock, &clock);
    EXPECT_EQ(again.sequencer().clock_now(), again.state().last_ns);
    EXPECT_TRUE(again.ask(parties_.pay(1)).event);
}

}  // namespace
}  // namespace carecard::sequencer
