#include "services/sequencer/repeats.h"

#include "services/journal/codec.h"
#include "services/journal/record.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {
namespace {

TEST_F(MachineTest, RecallsAnEventWithItsTextsByTheAccountsKey) {
    begin();
    rules::Authorise payment = parties_.pay(100);
    payment.merchant.name.text = InlineText<merchant_name_bytes_max>::of("CORNER SHOP");
    const Told told = machine_->ask(payment);
    Recall recall(store_);
    const Result<Recorded> recorded = recall.read(told.stamp.sequence, machine_->core().keys);
    ASSERT_TRUE(recorded);
    const auto& decided = std::get<rules::AuthorisationDecided>(recorded->event);
    EXPECT_TRUE(decided.request == payment);
    EXPECT_EQ(recorded->stamp.now_ns, told.stamp.now_ns);
}

TEST_F(MachineTest, RecallsAnEventWithoutTextsWhenTheKeyIsErased) {
    begin();
    rules::Authorise payment = parties_.pay(100);
    payment.merchant.name.text = InlineText<merchant_name_bytes_max>::of("CORNER SHOP");
    const Told told = machine_->ask(payment);
    Recall recall(store_);
    const Result<Recorded> recorded = recall.read(told.stamp.sequence, nullptr);
    ASSERT_TRUE(recorded);
    const auto& decided = std::get<rules::AuthorisationDecided>(recorded->event);
    EXPECT_TRUE(decided.request.merchant.name.text.empty());
    EXPECT_EQ(decided.request.amounts.billing.value, 100);
}

TEST_F(MachineTest, RefusesToRecallWithAnotherAccountsKey) {
    begin();
    const Told told = machine_->ask(parties_.load(5));
    rules::Load load = parties_.load(7);
    load.reason.text = decltype(load.reason.text)::of("agreed at the review");
    const Told with_text = machine_->ask(load);
    const Secret other = journal::random_secret(32);
    Recall recall(store_);
    const Result<Recorded> recorded = recall.read(with_text.stamp.sequence, &other);
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.fault().kind, FaultKind::corrupt);
    EXPECT_TRUE(recall.read(told.stamp.sequence, machine_->core().keys));
}

TEST_F(MachineTest, FindsNoEventBeyondTheTail) {
    begin();
    Recall recall(store_);
    const Result<Recorded> recorded = recall.read({store_.tail().value + 1}, machine_->core().keys);
    ASSERT_FALSE(recorded);
    EXPECT_EQ(recorded.fault().kind, FaultKind::corrupt);
}

/// A store that counts what is read of it, and fails on demand.
class CountingStore final : public journal::Store {
   public:
    explicit CountingStore(const journal::Store& store) : store_(store) {}
    Result<Sequence> commit(Sequence, const journal::Record&) override {
        return Fault{.kind = FaultKind::fenced};
    }
    Result<journal::ReadOutcome> read(Sequence after, std::vector<std::byte>& buffer,
                                      journal::Record& out) const override {
        ++reads;
        if (fails) return Fault{.kind = FaultKind::unavailable};
        return store_.read(after, buffer, out);
    }
    [[nodiscard]] Sequence tail() const override { return store_.tail(); }

    bool fails = false;
    mutable int reads = 0;

   private:
    const journal::Store& store_;
};

TEST_F(MachineTest, ReadsARecordOnceForAllItsEvents) {
    begin();
    std::vector<std::shared_ptr<Told>> group;
    for (int payment = 0; payment < 20; ++payment)
        group.push_back(machine_->submit(parties_.pay(1)));
    machine_->run();
    const CountingStore counting(store_);
    Recall recall(counting);
    for (const auto& told : group) {
        const Result<Recorded> recorded = recall.read(told->stamp.sequence, nullptr);
        ASSERT_TRUE(recorded);
        EXPECT_EQ(recorded->stamp.sequence, told->stamp.sequence);
    }
    EXPECT_EQ(counting.reads, 1);
    EXPECT_EQ(recall.read({1}, nullptr)->stamp.sequence, Sequence{1});
    EXPECT_EQ(counting.reads, 2);
}

TEST_F(MachineTest, SaysThatItsProjectionsHaveStopped) {
    begin();
    CountingStore store(store_);
    Handover handover;
    MemoryTables tables;
    Projector projector(store, tables, handover, fingerprint_key(), Progress{});
    ASSERT_TRUE(projector.step());
    EXPECT_FALSE(projector.stopped());
    store.fails = true;
    EXPECT_FALSE(projector.step());
    EXPECT_TRUE(projector.stopped());
}

class Compare : public testing::Test {
   protected:
    rules::World world_;
};

TEST_F(Compare, FindsTheSameCommandSame) {
    const rules::Authorise payment = world_.pay(100);
    const rules::Event event = rules::AuthorisationDecided{.request = payment};
    EXPECT_EQ(compare_by_key(payment, event), Likeness::same);
}

TEST_F(Compare, FindsAnyOtherFieldUnderTheSameKeyDifferent) {
    const rules::Authorise payment = world_.pay(100);
    const rules::Event event = rules::AuthorisationDecided{.request = payment};
    rules::Authorise other = payment;
    other.amounts.billing.value = 101;
    EXPECT_EQ(compare_by_key(other, event), Likeness::differs);
    other = payment;
    other.merchant.name.text = InlineText<merchant_name_bytes_max>::of("ELSEWHERE");
    EXPECT_EQ(compare_by_key(other, event), Likeness::differs);
}

TEST_F(Compare, TellsAnotherKeyFromAnotherRequest) {
    const rules::Authorise payment = world_.pay(100);
    const rules::Event event = rules::AuthorisationDecided{.request = payment};
    rules::Authorise other = payment;
    other.request.key = RequestKey::of("another");
    EXPECT_EQ(compare_by_key(other, event), Likeness::other_key);
    other = payment;
    other.request.caller = CallerId::of("gateway-2");
    EXPECT_EQ(compare_by_key(other, event), Likeness::other_key);
    other = payment;
    other.request.council = CouncilCode::of("hilltown");
    EXPECT_EQ(compare_by_key(other, event), Likeness::other_key);
}

TEST_F(Compare, FindsAnotherKindOfCommandDifferent) {
    const rules::Authorise payment = world_.pay(100);
    const rules::Event event = rules::AuthorisationDecided{.request = payment};
    rules::Reverse reverse{.request = payment.request};
    EXPECT_EQ(compare_by_key(reverse, event), Likeness::differs);
    EXPECT_EQ(compare_by_content(reverse, event), Likeness::differs);
}

TEST_F(Compare, LeavesOutTheVaultKeyThatEachAttemptMakesAnew) {
    rules::OpenAccount open = world_.open_account("B", {"own"});
    const rules::Event event = rules::AccountOpened{.request = open};
    open.vault_key.bytes[0] = std::byte{1};
    EXPECT_EQ(compare_by_key(open, event), Likeness::same);
}

TEST_F(Compare, LeavesOutKeyCallerAndTextWhenContentDecides) {
    const rules::Load load = world_.load(100, "own", "BACS 1");
    const rules::Event event = rules::Loaded{.request = load};
    rules::Load again = load;
    again.request = rules::asked_by("finance-2", "another");
    again.reason.text = decltype(again.reason.text)::of("once more");
    EXPECT_EQ(compare_by_content(again, event), Likeness::same);
    again.amount.value = 101;
    EXPECT_EQ(compare_by_content(again, event), Likeness::differs);
}

}  // namespace
}  // namespace carecard::sequencer
