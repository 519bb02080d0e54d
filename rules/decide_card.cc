#include <algorithm>
#include <optional>
#include <string>

#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

/// The card that staff name, if it is theirs to see.
template <class Command>
const Card* card_named(const State& state, const Command& command) {
    if (command.card.value == 0) return visible(state, command.request, command.card_token);
    if (command.card.value > state.cards.size()) return nullptr;
    const Card& card = state.at(command.card);
    const Programme& programme = state.at(state.at(card.account).programme);
    return may_touch(command.request, programme) ? &card : nullptr;
}

Fault no_such_card() {
    return {.kind = FaultKind::not_found,
            .field = "card",
            .detail = "there is no such card",
            .remedy = "read the account for its cards"};
}

/// The first instant after a card's last month, in local time.
TimestampNs end_of(const State& state, ExpiryMonth last) {
    const Date after{.year = last.month == 12 ? last.year + 1 : last.year,
                     .month = static_cast<std::uint8_t>(last.month % 12 + 1),
                     .day = 1};
    return instant_of(state.offsets, day_of(after), 0);
}

/// What stands against a new card in the account, if anything.
template <class Command>
std::optional<Fault> against_new_card(const State& state, const Account& account,
                                      const Command& command, const Stamp& stamp) {
    if (account.status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "open another account");
    }
    const bool taken =
        std::any_of(command.tokens.begin(), command.tokens.end(),
                    [&](const CardToken& token) { return state.find(token) != nullptr; });
    if (taken) {
        return conflict("tokens", "a card with this token has been issued already",
                        "check the card number that the token was made from");
    }
    if (end_of(state, command.expiry) <= stamp.now_ns) {
        return conflict("expiry", "the card's last month has passed", "give a later month");
    }
    return std::nullopt;
}

/// The card before `card` in its chain that is still good, if there is one; never more than one,
/// since a card is renewed only when it is activated, which ends the one before it.
CardId good_before(const State& state, const Card& card) {
    CardId before = card.replaces;
    while (before.value != 0 && is_for_good(state.at(before).status)) {
        before = state.at(before).replaces;
    }
    return before;
}

std::optional<Fault> against_replacing(const Card& card, const ReplaceCard& command) {
    const auto no = [](const char* detail, const char* remedy) {
        return conflict("card", detail, remedy);
    };
    if (card.replaced_by.value != 0) {
        return no("the card has a successor already", "replace the card after it");
    }
    switch (card.status) {
        case CardStatus::closed:
            return no("a closed card stays closed", "issue another card");
        case CardStatus::used:
            return no("the card was for one payment, which was made", "issue another card");
        case CardStatus::frozen:
            if (card.frozen_by == Actor::holder) return std::nullopt;
            return no("the council froze the card",
                      "unfreeze it first, or report it lost or stolen");
        case CardStatus::inactive:
            if (command.because != ReplacedBecause::renewal) return std::nullopt;
            return no("the card is not activated, so it needs no renewal",
                      "activate it, or replace it as lost");
        case CardStatus::active:
        case CardStatus::lost:
        case CardStatus::stolen:
        case CardStatus::damaged:
        case CardStatus::replaced:
            return std::nullopt;
    }
    return std::nullopt;
}

/// What becomes of the old card. One that was renewed is good until its successor is activated.
CardStatus status_when_replaced(const Card& card, const ReplaceCard& command) {
    if (is_for_good(card.status)) return card.status;
    switch (command.because) {
        case ReplacedBecause::lost:
            return CardStatus::lost;
        case ReplacedBecause::stolen:
            return CardStatus::stolen;
        case ReplacedBecause::damaged:
            return CardStatus::damaged;
        case ReplacedBecause::renewal:
            break;
    }
    return command.activation_required ? card.status : CardStatus::replaced;
}

/// Whose freeze stands after the command: the council's is never lowered to the holder's.
Actor frozen_by(const Card& card, const SetCardStatus& command) {
    if (command.status != CardStatus::frozen) return Actor::none;
    const bool stands = card.status == CardStatus::frozen && card.frozen_by != Actor::holder;
    return stands ? card.frozen_by : command.by;
}

}  // namespace

Decision decide(const State& state, const IssueCard& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    if (auto against = against_new_card(state, *account, command, stamp)) return *against;
    return Event{CardIssued{.request = command,
                            .programme = account->programme,
                            .account = account->id,
                            .card = next_id<CardId>(state.cards),
                            .expires_ns = end_of(state, command.expiry)}};
}

Decision decide(const State& state, const SetCardStatus& command, const Stamp&) {
    const Card* card = card_named(state, command);
    if (card == nullptr) return no_such_card();
    const auto objection = objection_to(card->status, card->frozen_by, command.status, command.by);
    if (objection) {
        return conflict("status", std::string(objection->detail), std::string(objection->remedy));
    }
    const bool activates =
        card->status == CardStatus::inactive && command.status == CardStatus::active;
    return Event{CardStatusSet{.request = command,
                               .programme = state.at(card->account).programme,
                               .account = card->account,
                               .card = card->id,
                               .frozen_by = frozen_by(*card, command),
                               .ended = activates ? good_before(state, *card) : CardId{}}};
}

Decision decide(const State& state, const ReplaceCard& command, const Stamp& stamp) {
    const Card* card = card_named(state, command);
    if (card == nullptr) return no_such_card();
    if (auto against = against_replacing(*card, command)) return *against;
    const Account& account = state.at(card->account);
    if (auto against = against_new_card(state, account, command, stamp)) return *against;
    const bool in_use_at_once = !command.activation_required;
    return Event{CardReplaced{.request = command,
                              .programme = account.programme,
                              .account = account.id,
                              .old_card = card->id,
                              .old_status = status_when_replaced(*card, command),
                              .ended = in_use_at_once ? good_before(state, *card) : CardId{},
                              .card = next_id<CardId>(state.cards),
                              .expires_ns = end_of(state, command.expiry)}};
}

Decision decide(const State& state, const SetCardRules& command, const Stamp&) {
    const Card* card = card_named(state, command);
    if (card == nullptr) return no_such_card();
    const Account& account = state.at(card->account);
    const CardRules* const before = state.rules_of(*card);
    return Event{CardRulesSet{.request = command,
                              .programme = account.programme,
                              .account = account.id,
                              .card = card->id,
                              .rules = agreement_id(state, command.rules),
                              .version = before == nullptr ? 1 : before->version + 1}};
}

}  // namespace carecard::rules
