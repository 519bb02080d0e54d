#include "rules/matching.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/rules/fixture.h"

namespace carecard::rules {
namespace {

/// Two approved payments of account A that differ in every name, and one of account B with the
/// same network names as the first.
class TwoAccounts : public ::testing::Test {
   protected:
    TwoAccounts() {
        world_.record(world_.load(1000));
        world_.record(world_.open_account("B", {"social"}));
        world_.record(world_.issue_card("B", 2));
        Load load = world_.load(1000);
        load.account = account_name("B");
        world_.record(load);
        first_ = pay("1", 1);
        second_ = pay("2", 1);
        foreign_ = pay("1", 2);
    }

    AuthorisationDecided pay(const char* name, std::uint8_t card) {
        Authorise payment = world_.pay(10);
        payment.card_token = token(card);
        payment.request.key = RequestKey::of(name);
        payment.identity = {.network_transaction_id = InlineText<15>::of(name),
                            .acquirer = InlineText<11>::of(name),
                            .stan = InlineText<6>::of("000001"),
                            .transmission_time = InlineText<10>::of("0603090000"),
                            .rrn = InlineText<12>::of("000000000001")};
        payment.local_date = InlineText<4>::of("0603");
        return world_.authorise(payment);
    }

    [[nodiscard]] Match find(const OriginalReference& reference) const {
        return find(reference, first_.card, 10);
    }
    [[nodiscard]] Match find(const OriginalReference& reference, CardId card,
                             std::int64_t amount) const {
        return find_original(
            world_.state, {.account = first_.account, .card = card, .amount = {amount}}, reference);
    }

    void expect_found(const OriginalReference& reference, MatchedBy by,
                      const AuthorisationDecided& expected) const {
        const Match match = find(reference);
        ASSERT_NE(match.authorisation, nullptr);
        EXPECT_EQ(match.authorisation->id, expected.id);
        EXPECT_EQ(match.by, by);
        EXPECT_FALSE(match.ambiguous);
    }

    World world_;
    AuthorisationDecided first_;
    AuthorisationDecided second_;
    AuthorisationDecided foreign_;
};

OriginalReference by_key(const AuthorisationDecided& event) {
    return {.caller = event.request.request.caller, .request_key = event.request.request.key};
}
OriginalReference by_network_id(const AuthorisationDecided& event) {
    return {.identity = {.network_transaction_id = event.request.identity.network_transaction_id}};
}
OriginalReference by_trace(const AuthorisationDecided& event) {
    OriginalReference reference{.identity = event.request.identity};
    reference.identity.network_transaction_id = {};
    return reference;
}
OriginalReference by_local_reference(const AuthorisationDecided& event) {
    OriginalReference reference = by_trace(event);
    reference.identity.transmission_time = {};
    reference.local_date = event.request.local_date;
    return reference;
}
OriginalReference by_code(const AuthorisationDecided& event) {
    return {.authorisation_code = event.code};
}

using FindOriginal = TwoAccounts;

TEST_F(FindOriginal, FindsByEachNameAlone) {
    expect_found(by_id(second_.id), MatchedBy::authorisation_id, second_);
    expect_found(by_key(second_), MatchedBy::request_key, second_);
    expect_found(by_network_id(second_), MatchedBy::network_transaction_id, second_);
    expect_found(by_trace(second_), MatchedBy::trace, second_);
    expect_found(by_local_reference(second_), MatchedBy::local_reference, second_);
    expect_found(by_code(second_), MatchedBy::authorisation_code, second_);
}

TEST_F(FindOriginal, LetsTheStrongestNameDecide) {
    OriginalReference reference = by_code(second_);
    expect_found(reference, MatchedBy::authorisation_code, second_);
    reference.identity = by_local_reference(first_).identity;
    reference.local_date = by_local_reference(first_).local_date;
    expect_found(reference, MatchedBy::local_reference, first_);
    reference.identity = by_trace(first_).identity;
    expect_found(reference, MatchedBy::trace, first_);
    reference.identity.network_transaction_id = second_.request.identity.network_transaction_id;
    expect_found(reference, MatchedBy::network_transaction_id, second_);
    reference.caller = first_.request.request.caller;
    reference.request_key = first_.request.request.key;
    expect_found(reference, MatchedBy::request_key, first_);
    reference.authorisation_id = second_.id;
    expect_found(reference, MatchedBy::authorisation_id, second_);
}

TEST_F(FindOriginal, PassesOverANameThatIsNotKnown) {
    OriginalReference reference = by_code(first_);
    reference.authorisation_id = {.epoch = {2}, .sequence = first_.id.sequence};
    reference.caller = CallerId::of("another gateway");
    reference.request_key = first_.request.request.key;
    reference.identity.network_transaction_id = InlineText<15>::of("404");
    expect_found(reference, MatchedBy::authorisation_code, first_);
}

TEST_F(FindOriginal, NeverFindsAnotherAccounts) {
    EXPECT_EQ(find(by_id(foreign_.id)).authorisation, nullptr);
    EXPECT_EQ(find(by_code(foreign_)).authorisation, nullptr);
    expect_found(by_trace(foreign_), MatchedBy::trace, first_);
}

TEST_F(FindOriginal, TakesAnIncompleteTraceForNoName) {
    OriginalReference reference = by_trace(first_);
    reference.identity.rrn = {};
    EXPECT_EQ(find(reference).by, MatchedBy::nothing);
    EXPECT_EQ(find({}).by, MatchedBy::nothing);
}

TEST_F(FindOriginal, NeedsTheDateAndAllTheAcquirersMarksForALocalReference) {
    OriginalReference reference = by_local_reference(first_);
    reference.local_date = InlineText<4>::of("0604");
    EXPECT_EQ(find(reference).by, MatchedBy::nothing);
    reference = by_local_reference(first_);
    reference.local_date = {};
    EXPECT_EQ(find(reference).by, MatchedBy::nothing);
    reference = by_local_reference(first_);
    reference.identity.stan = {};
    EXPECT_EQ(find(reference).by, MatchedBy::nothing);
}

TEST_F(FindOriginal, BelievesACodeOfTheSameCardAlone) {
    EXPECT_EQ(find(by_code(first_), {2}, 10).by, MatchedBy::nothing);
    EXPECT_EQ(find(by_trace(first_), {2}, 10).by, MatchedBy::trace);
}

TEST_F(FindOriginal, BelievesACodeOfAnAmountUpToHalfOrAHundredPoundsAbove) {
    world_.record(world_.load(100'000));
    const AuthorisationDecided large = world_.approve(40'000);
    const std::pair<AuthorisationDecided, std::int64_t> largest[] = {
        {first_, 10 + code_match_over_minor.value}, {large, 40'000 + 20'000}};
    for (const auto& [event, amount] : largest) {
        EXPECT_EQ(find(by_code(event), {1}, amount).by, MatchedBy::authorisation_code);
        EXPECT_EQ(find(by_code(event), {1}, amount + 1).by, MatchedBy::nothing);
        EXPECT_EQ(find(by_code(event), {1}, 1).by, MatchedBy::authorisation_code);
    }
}

TEST_F(FindOriginal, IsAmbiguousWhenANameFitsTwoAndNothingElseDecides) {
    pay("1", 1);
    const Match match = find(by_network_id(first_));
    EXPECT_TRUE(match.ambiguous);
    EXPECT_EQ(match.authorisation, nullptr);
    EXPECT_EQ(match.by, MatchedBy::network_transaction_id);
}

TEST_F(FindOriginal, LetsAWeakerNameDecideWhereAStrongerFitsTwo) {
    pay("1", 1);
    OriginalReference reference = by_network_id(first_);
    reference.authorisation_code = first_.code;
    expect_found(reference, MatchedBy::authorisation_code, first_);
}

TEST_F(FindOriginal, StaysAmbiguousWhenAWeakerNameIsNotKnown) {
    pay("1", 1);
    OriginalReference reference = by_network_id(first_);
    reference.authorisation_code = AuthorisationCode::of("??????");
    EXPECT_TRUE(find(reference).ambiguous);
}

TEST_F(FindOriginal, DoesNotFindADeclinedRequest) {
    Authorise payment = world_.pay(1'000'000);
    payment.identity.network_transaction_id = InlineText<15>::of("9");
    const AuthorisationDecided declined = world_.authorise(payment);
    EXPECT_TRUE(declined.decline.declined());
    EXPECT_EQ(find(by_id(declined.id)).authorisation, nullptr);
    EXPECT_EQ(find(by_network_id(declined)).authorisation, nullptr);
}

}  // namespace
}  // namespace carecard::rules
