#include "rules/residence.h"

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

class Residence : public testing::Test {
   protected:
    Residence() { world_.record(world_.load(1'000'00)); }

    Presented clear(const AuthorisationDecided& decided, std::int64_t pence) {
        return world_.expect<Presented>(world_.present(by_id(decided.id), pence));
    }
    void let_all_go() {
        while (let_go(world_.state, world_.state.last, 1)) {
        }
    }

    World world_;
};

TEST_F(Residence, LetsGoOfWhatIsOverAndOfAllItsNames) {
    const auto open = world_.approve(100);
    const std::size_t names = world_.state.authorisation_by_name.size();
    const auto cleared = world_.approve(200);
    clear(cleared, 200);
    let_all_go();
    EXPECT_EQ(world_.state.find(cleared.id), nullptr);
    EXPECT_NE(world_.state.find(open.id), nullptr);
    EXPECT_EQ(world_.state.authorisation_by_name.size(), names);
    EXPECT_TRUE(world_.state.applied_once.empty());
    EXPECT_TRUE(world_.state.leaving.empty());
}

TEST_F(Residence, KeepsWhatTheArchiveDoesNotHaveYet) {
    const auto decided = world_.approve(200);
    const Sequence before = world_.state.last;
    clear(decided, 200);
    while (let_go(world_.state, before, 100)) {
    }
    EXPECT_NE(world_.state.find(decided.id), nullptr);
}

TEST_F(Residence, KeepsWhatChangedAgainUntilTheArchiveHasThatToo) {
    const auto decided = world_.approve(200);
    clear(decided, 200);
    const Sequence cleared = world_.state.last;
    world_.expect<Presented>(world_.refund(by_id(decided.id), 50));
    while (let_go(world_.state, cleared, 100)) {
    }
    ASSERT_NE(world_.state.find(decided.id), nullptr);
    EXPECT_EQ(world_.at(decided.id).presented_credit.value, 50);
    let_all_go();
    EXPECT_EQ(world_.state.find(decided.id), nullptr);
}

TEST_F(Residence, LooksAtNoMoreThanItIsAskedTo) {
    for (int payment = 0; payment < 5; ++payment) clear(world_.approve(100), 100);
    const std::size_t listed = world_.state.leaving.size();
    EXPECT_TRUE(let_go(world_.state, world_.state.last, 2));
    EXPECT_EQ(world_.state.leaving.size(), listed - 2);
}

TEST_F(Residence, ChangesNoBalance) {
    clear(world_.approve(300), 250);
    const std::int64_t available = world_.account().available().value;
    let_all_go();
    EXPECT_EQ(world_.account().available().value, available);
    check_invariants(world_.state, world_.account().id);
}

TEST_F(Residence, BringsBackSoThatTheNextChangeIsFolded) {
    const auto decided = world_.approve(200);
    const Authorisation after = clear(decided, 200).after;
    const Sequence changed = world_.state.last;
    let_all_go();
    remember(world_.state, after, changed);
    remember(world_.state,
             {.kind = NaturalKey::Kind::presentment, .account = after.account, .name = {}},
             {.at = changed});
    const auto refunded = world_.expect<Presented>(world_.refund(by_id(decided.id), 50));
    EXPECT_EQ(refunded.after.presented_debit.value, 200);
    EXPECT_EQ(refunded.unmatched.value, 0);
}

/// Recovery folds events that speak of what has left memory: they carry it whole.
TEST_F(Residence, IsNotNeededToFoldALaterEvent) {
    const auto decided = world_.approve(200);
    clear(decided, 1'500'00);  // beyond the money: an exposure
    World without = world_;
    while (let_go(without.state, without.state.last, 100)) {
    }
    world_.expect<Presented>(world_.refund(by_id(decided.id), 700'00));
    const auto& [event, stamp] = world_.events.back();
    apply(without.state, event, stamp);
    check_invariants(without.state, without.account().id);
    EXPECT_EQ(without.account().exposure, world_.account().exposure);
    EXPECT_EQ(without.account().available(), world_.account().available());
    EXPECT_EQ(without.at(decided.id), world_.at(decided.id));
}

}  // namespace
}  // namespace carecard::rules
