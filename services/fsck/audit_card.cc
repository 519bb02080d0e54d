#include <algorithm>

#include "services/fsck/audit_parts.h"

namespace carecard::fsck {
namespace {

using rules::Actor;
using rules::CardStatus;

/// Its number, its tokens and its last month.
template <class Fact>
void audit_new_card(const Before& before, const Fact& event, Claims& claims) {
    claims.that(is_next(event.card, before.state.cards), "the card has a wrong number");
    claims.that(std::ranges::all_of(
                    event.request.tokens,
                    [&](const CardToken& token) { return before.state.find(token) == nullptr; }),
                "a card has its token already");
    const ExpiryMonth last = event.request.expiry;
    claims.that(last.month >= 1 && last.month <= 12, "the card's last month is no month");
    if (!claims.hold()) return;
    const std::int32_t months = (last.year - 1970) * 12 + last.month;
    claims.equal("the end of the card", event.expires_ns,
                 instant_of(before.state.offsets, rules::first_day_of_month(months), 0));
}

/// The one card before `card` in its chain that may still be spent; none when all are over.
CardId still_good_before(const rules::State& state, CardId card) {
    CardId good;
    for (CardId one = state.at(card).replaces; one.value != 0; one = state.at(one).replaces) {
        if (good.value == 0 && !is_for_good(state.at(one).status)) good = one;
    }
    return good;
}

bool may_follow(CardStatus from, CardStatus to) {
    if (from == to) return true;
    if (to == CardStatus::closed) return true;
    if (from == CardStatus::lost || from == CardStatus::stolen) {
        return to == CardStatus::lost || to == CardStatus::stolen;
    }
    if (is_for_good(from)) return false;
    return from != CardStatus::inactive || to != CardStatus::frozen;
}

}  // namespace

void audit_rules_id(const Before& before, AgreementId id, const rules::SpendingRules& rules,
                    Claims& claims) {
    const AgreementId* const equal = before.state.find(rules);
    const bool follows = equal != nullptr ? id == *equal : is_next(id, before.state.agreements);
    claims.that(follows, "its rules have another number than follows");
}

void audit_card_rules(const Before& before, CardId card, AgreementId named, Claims& claims) {
    const CardCount* const own = before.recount.rules_of(before.state.at(card).first);
    claims.that(named == (own == nullptr ? AgreementId{} : own->rules),
                "it names other rules than those of its card");
}

void audit(const Before& before, const rules::Stamp&, const rules::CardIssued& event,
           Claims& claims) {
    if (!account_is_named(before, event, claims)) return;
    audit_new_card(before, event, claims);
}

void audit(const Before& before, const rules::Stamp&, const rules::CardStatusSet& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    const rules::Card& card = before.state.at(event.card);
    const CardStatus status = event.request.status;
    claims.that(is_settable(status), "it sets a status that comes with another event");
    claims.that(may_follow(card.status, status), "it brings back a card that has ended");
    const bool holder = event.request.by == Actor::holder;
    const bool lifts = card.status == CardStatus::frozen && status == CardStatus::active;
    claims.that(!holder || !lifts || card.frozen_by == Actor::holder,
                "the holder's word lifts a freeze of the council's");
    const bool council_stands =
        card.status == CardStatus::frozen && card.frozen_by != Actor::holder;
    const bool frozen = status == CardStatus::frozen;
    // Events before version 3 do not say whose freeze it is.
    claims.that(event.frozen_by == Actor::none ||
                    (frozen && (event.frozen_by == Actor::council || !council_stands)),
                "it names another one as whose freeze stands");
    const bool activates = card.status == CardStatus::inactive && status == CardStatus::active;
    claims.that(event.ended == (activates ? still_good_before(before.state, event.card) : CardId{}),
                "it ends another card than the one whose place is taken");
}

void audit(const Before& before, const rules::Stamp&, const rules::CardReplaced& event,
           Claims& claims) {
    if (!account_is_known(before, event, claims)) return;
    const bool there = exists(event.old_card, before.state.cards);
    claims.that(there && before.state.at(event.old_card).account == event.account,
                "it replaces a card that the account does not have");
    if (!claims.hold()) return;
    const rules::Card& old_card = before.state.at(event.old_card);
    claims.that(old_card.replaced_by.value == 0, "it replaces a card that has a successor");
    claims.that(old_card.status != CardStatus::closed && old_card.status != CardStatus::used,
                "it replaces a card that has ended without one");
    const bool waits = event.request.activation_required;
    const bool renews = event.request.because == rules::ReplacedBecause::renewal;
    if (is_for_good(old_card.status) || (renews && waits)) {
        claims.that(event.old_status == old_card.status, "it ends the old card in another way");
    } else {
        claims.that(is_for_good(event.old_status) && event.old_status != CardStatus::closed &&
                        event.old_status != CardStatus::used &&
                        renews == (event.old_status == CardStatus::replaced),
                    "it ends the old card in another way");
    }
    const CardId ended = waits ? CardId{} : still_good_before(before.state, event.old_card);
    claims.that(event.ended == ended, "it ends another card than the one whose place is taken");
    audit_new_card(before, event, claims);
}

void audit(const Before& before, const rules::Stamp&, const rules::CardRulesSet& event,
           Claims& claims) {
    if (!card_is_known(before, event, claims)) return;
    audit_rules_id(before, event.rules, event.request.rules, claims);
    const CardCount* const own = before.recount.rules_of(before.state.at(event.card).first);
    claims.equal("the version of the card's rules", event.version,
                 own == nullptr ? 1 : own->version + 1);
}

}  // namespace carecard::fsck
