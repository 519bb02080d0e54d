#include <gtest/gtest.h>

#include "services/authorisation/show.h"

namespace carecard::authorisation {
namespace {

constexpr CurrencyCode gbp{826};

/// An account with one purse, "care".
v1::Transaction shown(rules::Event event) {
    AccountView view{.currency = gbp};
    view.account.purses.push_back({.name = PurseName::of("care")});
    v1::Transaction entry;
    show({.event = std::move(event), .stamp = {.epoch = {1}, .sequence = {42}, .now_ns = {5}}},
         view, entry);
    return entry;
}

template <class Event>
Event of_staff() {
    Event event;
    event.request.request.caller = CallerId::of("support-1");
    event.available = {900};
    return event;
}

TEST(ShowTransaction, TellsWhatBecameOfEachShareOfACredit) {
    rules::Presented event;
    event.request.direction = rules::Direction::credit;
    event.request.amounts.billing = {100};
    event.after.id = {.epoch = {1}, .sequence = {7}};
    event.recovered = {20};
    event.repaid = {12};
    event.settled = {25};
    event.owed_back = {15};
    const v1::Transaction entry = shown(event);
    EXPECT_EQ(entry.entry_kind(), v1::ENTRY_KIND_REFUNDED);
    EXPECT_EQ(entry.recovered().minor_units(), 20);
    EXPECT_EQ(entry.repaid().minor_units(), 12);
    EXPECT_EQ(entry.settled().minor_units(), 25);
    EXPECT_EQ(entry.owed_back().minor_units(), 15);
    EXPECT_FALSE(entry.has_exposure());
    EXPECT_FALSE(entry.has_earmarks_broken());
}

TEST(ShowTransaction, TellsWhatWasTakenOfEarmarksBesideTheException) {
    rules::Presented cleared;
    cleared.exposure = {10};
    cleared.broken = {30};
    cleared.exception = {.reason = rules::ExceptionReason::force_post_unfunded, .amount = {10}};
    const v1::Transaction entry = shown(cleared);
    EXPECT_EQ(entry.earmarks_broken().minor_units(), 30);
    EXPECT_EQ(entry.exposure().minor_units(), 10);
    EXPECT_EQ(entry.exception().reason(), v1::EXCEPTION_REASON_FORCE_POST_UNFUNDED);
    EXPECT_FALSE(entry.has_recovered());
    rules::Advised advised;
    advised.broken = {40};
    EXPECT_EQ(shown(advised).earmarks_broken().minor_units(), 40);
}

TEST(ShowTransaction, TellsAnEarmarkFromItsSettingToItsPayment) {
    auto set = of_staff<rules::EarmarkSet>();
    set.request.reference = rules::EarmarkReference::of("rent");
    set.request.amount = {420};
    set.purse = {1};
    const v1::Transaction begun = shown(set);
    EXPECT_EQ(begun.entry_kind(), v1::ENTRY_KIND_EARMARK_SET);
    EXPECT_EQ(begun.earmark(), "rent");
    EXPECT_EQ(begun.purse(), "care");
    EXPECT_EQ(begun.amount().minor_units(), 420);
    EXPECT_EQ(begun.available_after().minor_units(), 900);
    EXPECT_EQ(begun.changed_by(), "support-1");
    auto withdrawn = of_staff<rules::EarmarkWithdrawn>();
    withdrawn.request.reference = rules::EarmarkReference::of("rent");
    withdrawn.freed = {400};
    const v1::Transaction over = shown(withdrawn);
    EXPECT_EQ(over.entry_kind(), v1::ENTRY_KIND_EARMARK_WITHDRAWN);
    EXPECT_EQ(over.earmark(), "rent");
    EXPECT_EQ(over.amount().minor_units(), 400);
    EXPECT_EQ(over.changed_by(), "support-1");
    rules::EarmarkPaid paid;
    paid.reference = rules::EarmarkReference::of("rent");
    paid.purse = {1};
    paid.amount = {380};
    paid.earmarked = {420};
    const v1::Transaction by_council = shown(paid);
    EXPECT_EQ(by_council.entry_kind(), v1::ENTRY_KIND_COUNCIL_PAID);
    EXPECT_EQ(by_council.amount().minor_units(), 380);
    EXPECT_EQ(by_council.earmarked().minor_units(), 420);
}

TEST(ShowTransaction, TellsADisputeWithWhatItIsAboutAndHowItEnded) {
    auto opened = of_staff<rules::DisputeOpened>();
    opened.after.id = {.epoch = {1}, .sequence = {7}};
    opened.dispute.category = rules::DisputeCategory::wrong_amount;
    opened.dispute.amount = {45};
    v1::Transaction entry = shown(opened);
    EXPECT_EQ(entry.entry_kind(), v1::ENTRY_KIND_DISPUTE_OPENED);
    EXPECT_EQ(entry.amount().minor_units(), 45);
    EXPECT_EQ(entry.dispute_category(), v1::DISPUTE_CATEGORY_WRONG_AMOUNT);
    EXPECT_EQ(entry.authorisation_id(), "1-7");
    EXPECT_FALSE(entry.has_credited());
    opened.lent = {25};
    EXPECT_EQ(shown(opened).credited().minor_units(), 25);

    auto closed = of_staff<rules::DisputeClosed>();
    closed.dispute = opened.dispute;
    closed.request.outcome = rules::DisputeOutcome::lost;
    closed.taken = {20};
    closed.exposure = {5};
    entry = shown(closed);
    EXPECT_EQ(entry.entry_kind(), v1::ENTRY_KIND_DISPUTE_CLOSED);
    EXPECT_EQ(entry.amount().minor_units(), 45);
    EXPECT_EQ(entry.dispute_category(), v1::DISPUTE_CATEGORY_WRONG_AMOUNT);
    EXPECT_EQ(entry.dispute_outcome(), v1::DISPUTE_OUTCOME_LOST);
    EXPECT_EQ(entry.taken_back().minor_units(), 20);
    EXPECT_EQ(entry.exposure().minor_units(), 5);
    EXPECT_FALSE(entry.has_due());
    closed.request.outcome = rules::DisputeOutcome::won;
    closed.taken = {};
    closed.dispute.due = {45};
    entry = shown(closed);
    EXPECT_EQ(entry.dispute_outcome(), v1::DISPUTE_OUTCOME_WON);
    EXPECT_EQ(entry.due().minor_units(), 45);
    EXPECT_FALSE(entry.has_taken_back());
}

}  // namespace
}  // namespace carecard::authorisation
