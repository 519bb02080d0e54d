#include "tests/fsck/true_month.h"

#include <gtest/gtest.h>

#include "tests/settlement/fixture.h"

namespace carecard::fsck {
namespace {

using rules::AuthorisationDecided;

/// What the network says of payments afterwards, in its own way.
void without_asking(rules::World& world) {
    using enum rules::AdviceKind;
    world.record(world.load(50'00));
    const auto pumped = world.approve(9'00).id;
    world.record(world.advise(completion, rules::by_id(pumped), 3'00));
    world.record(world.advise(stand_in_declined, rules::by_id(world.approve(1'00).id), 1'00));
    world.record(world.advise(stand_in_approved, rules::by_id(pumped), 3'00));
    const auto advised = world.expect<rules::Advised>(
        world.advise(stand_in_approved, {}, world.account().available().value + 7'00));
    const auto id = rules::by_id(advised.after.id);
    world.record(world.present(id, 1'00, /*final=*/false));
    const rules::Present last = world.present(id, 2'00);
    world.record(last);
    world.record(world.present(id, 50));
    world.record(world.take_back(last));
    world.record(world.take_back(last));
}

/// A helper's card with rules of its own, and the one that replaces it.
void with_a_helper(rules::World& world) {
    world.record(world.load(20'00));
    world.record(world.issue_card("A", 7));
    const CardId card{static_cast<std::uint32_t>(world.state.cards.size())};
    world.record(world.rules_of_card({.day = {.amount_max = AmountMinor{5'00}}}, card));
    rules::Authorise pay = world.pay(1'00);
    pay.card_token = rules::token(7);
    const AuthorisationId paid = world.authorise(pay).id;
    world.record(world.replace(card, rules::ReplacedBecause::damaged, 8));
    rules::Reverse back = world.reverse(rules::by_id(paid), 0);
    back.card_token = rules::token(8);
    world.record(back);
}

}  // namespace

Events month() {
    settlement::SampleMonth month;
    month.close(0);
    month.second_day();
    month.world.record(month.world.reverse(rules::by_id(month.world.approve(5'00).id), 2'00));
    month.world.record(
        month.world.agree({.cash_agreed = true, .single_max = AmountMinor{5'000'00}}));
    rules::CreateProgramme& terms = month.world.state.programmes[0].terms;
    terms.partial = {.allowed = true};
    terms.hold_rules = {{.exactness = rules::Exactness::estimated, .uplift = {.amount = {1'00}}}};
    rules::Authorise cash = month.world.pay(3'00);
    cash.kind = rules::TransactionKind::cash;
    month.world.record(month.world.reverse(rules::by_id(month.world.authorise(cash).id), 1'00));
    rules::Authorise tap = month.world.pay(2'50);
    tap.entry_mode = rules::EntryMode::contactless_chip;
    month.world.record(tap);
    tap = month.world.pay(2'50);
    tap.entry_mode = rules::EntryMode::contactless_stripe;
    month.world.record(month.world.reverse(rules::by_id(month.world.authorise(tap).id), 0));
    rules::Authorise announced = month.world.pay(7'00);
    announced.kind = rules::TransactionKind::refund;
    month.world.record(announced);
    rules::Authorise estimate = month.world.pay(5'00);
    estimate.estimated = true;
    estimate.merchant.mcc = {7011};
    month.world.record(estimate);
    rules::Authorise dear = month.world.pay(month.world.account().available().value + 1);
    dear.partial_capable = true;
    const AuthorisationDecided part = month.world.authorise(dear);
    EXPECT_TRUE(part.facts.portion);
    month.world.record(month.world.reverse(rules::by_id(part.id), 0));
    rules::Authorise verification = month.world.pay(0);
    verification.kind = rules::TransactionKind::verification;
    month.world.record(verification);
    const AuthorisationId grown = month.world.approve(2'00).id;
    month.world.advance(rules::utc(2024, 6, 6, 10));
    month.world.record(month.world.increase(rules::by_id(grown), 1'00));
    month.world.record(month.world.increase(
        {.caller = CallerId::of("nobody"), .request_key = RequestKey::of("none")}, 1'00));
    month.world.record(month.world.reverse(rules::by_id(grown), 50));
    rules::Authorise late = month.world.pay(6'00);
    const rules::OriginalReference original{.caller = late.request.caller,
                                            .request_key = late.request.key};
    month.world.record(month.world.reverse(original, 5'00));
    month.world.record(month.world.reverse(original, 4'00));
    month.world.record(late);
    month.world.record(rules::OpenPurse{.request = rules::asked_by("support", "purse"),
                                        .account = rules::account_name("A"),
                                        .purse = {.name = PurseName::of("third"), .priority = 9}});
    month.world.record(month.world.card_status(rules::CardStatus::frozen));
    EXPECT_TRUE(month.world.authorise(1'00).decline.declined());
    month.world.record(month.world.card_status(rules::CardStatus::active));
    without_asking(month.world);
    with_a_helper(month.world);
    month.world.record(month.world.account_status(rules::AccountStatus::suspended));
    month.world.advance(rules::utc(2024, 6, 20));
    month.close(1);
    return month.world.events;
}

Events two_lives() {
    settlement::SampleMonth month;
    month.close(0);
    const Sequence last = month.world.state.last;
    month.world.take({.request = {.seen = month.world.now_ns,
                                  .reason = InlineText<reason_bytes_max>::of("the disk failed")},
                      .epoch = {month.world.state.epoch.value + 1},
                      .restored_to = last,
                      .lost_first = {last.value + 1},
                      .lost_last = {last.value + 40},
                      .batches_lost = {{.programme = {1}, .first = 2, .last = 3}}});
    month.second_day();
    month.world.advance(rules::utc(2024, 6, 20));
    month.close(1);
    return month.world.events;
}

}  // namespace carecard::fsck
