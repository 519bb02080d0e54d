#include <algorithm>
#include <string>

#include "rules/decide_parts.h"

namespace carecard::rules {
namespace {

/// The id of equal rules that are stored already, or the next free one.
AgreementId agreement_id(const State& state, const SpendingRules& rules) {
    const AgreementId* known = state.find(rules);
    if (known != nullptr) return *known;
    return {static_cast<std::uint32_t>(state.agreements.size() + 1)};
}

/// A number that comes after those of `items`.
template <class Id, class Items>
Id next_id(const Items& items) {
    return {static_cast<std::uint32_t>(items.size() + 1)};
}

/// The card that staff name, if it is theirs to see.
const Card* card_named(const State& state, const SetCardStatus& command) {
    if (command.card.value == 0) return visible(state, command.request, command.card_token);
    if (command.card.value > state.cards.size()) return nullptr;
    const Card& card = state.at(command.card);
    const Programme& programme = state.at(state.at(card.account).programme);
    return may_touch(command.request, programme) ? &card : nullptr;
}

bool has_money(const Account& account) {
    return account.available().value != 0 || account.held().value != 0 ||
           account.exposure.value != 0;
}

}  // namespace

Decision decide(const State& state, const CreateProgramme& command, const Stamp& stamp) {
    const bool for_another =
        !command.request.council.empty() && command.request.council != command.council;
    if (for_another) {
        return Fault{.kind = FaultKind::denied,
                     .field = "council",
                     .detail = "the certificate is for another council",
                     .remedy = "use an operator's certificate for this council"};
    }
    if (state.find(command.code) != nullptr) {
        return conflict("programme", "a programme has this code already", "choose another code");
    }
    const DayNumber today = local_day(state.offsets, stamp.now_ns);
    const bool after_cut_off =
        instant_of(state.offsets, today, command.cut_off_second) <= stamp.now_ns;
    return Event{ProgrammeCreated{.request = command,
                                  .programme = next_id<ProgrammeId>(state.programmes),
                                  .defaults = agreement_id(state, command.defaults),
                                  .first_day = {today.value + (after_cut_off ? 1 : 0)}}};
}

Decision decide(const State& state, const OpenAccount& command, const Stamp&) {
    const Programme* programme = visible(state, command.request, command.account.programme);
    if (programme == nullptr) return no_such_programme();
    if (state.find(command.account) != nullptr) {
        return conflict("account.reference", "an account has this reference already",
                        "read the account, or choose another reference");
    }
    if (!has_room_for_terms(state, command.purses)) return too_many_terms("purses");
    return Event{AccountOpened{.request = command,
                               .programme = programme->id,
                               .account = next_id<AccountId>(state.accounts)}};
}

Decision decide(const State& state, const IssueCard& command, const Stamp& stamp) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    if (account->status == AccountStatus::closed) {
        return conflict("account", "the account is closed", "open another account");
    }
    const bool taken =
        std::any_of(command.tokens.begin(), command.tokens.end(),
                    [&](const CardToken& token) { return state.find(token) != nullptr; });
    if (taken) {
        return conflict("tokens", "a card with this token has been issued already",
                        "check the card number that the token was made from");
    }
    const ExpiryMonth last = command.expiry;
    const Date after{.year = last.month == 12 ? last.year + 1 : last.year,
                     .month = static_cast<std::uint8_t>(last.month % 12 + 1),
                     .day = 1};
    const TimestampNs expires_ns = instant_of(state.offsets, day_of(after), 0);
    if (expires_ns <= stamp.now_ns) {
        return conflict("expiry", "the card's last month has passed", "give a later month");
    }
    return Event{CardIssued{.request = command,
                            .programme = account->programme,
                            .account = account->id,
                            .card = next_id<CardId>(state.cards),
                            .expires_ns = expires_ns}};
}

Decision decide(const State& state, const SetAgreement& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    return Event{AgreementSet{.request = command,
                              .programme = account->programme,
                              .account = account->id,
                              .agreement = agreement_id(state, command.rules),
                              .version = account->agreement_version + 1}};
}

Decision decide(const State& state, const SetCardStatus& command, const Stamp&) {
    const Card* card = card_named(state, command);
    if (card == nullptr) {
        return Fault{.kind = FaultKind::not_found,
                     .field = "card",
                     .detail = "there is no such card",
                     .remedy = "read the account for its cards"};
    }
    if (card->status == CardStatus::closed && command.status != CardStatus::closed) {
        return conflict("status", "a closed card stays closed", "issue another card");
    }
    return Event{CardStatusSet{.request = command,
                               .programme = state.at(card->account).programme,
                               .account = card->account,
                               .card = card->id}};
}

Decision decide(const State& state, const SetAccountStatus& command, const Stamp&) {
    const Account* account = visible(state, command.request, command.account);
    if (account == nullptr) return no_such_account();
    const bool closing = command.status == AccountStatus::closed;
    if (account->status == AccountStatus::closed && !closing) {
        return conflict("status", "a closed account stays closed", "open another account");
    }
    if (closing && has_money(*account)) {
        return conflict("status", "the account still has money, a hold or an exposure",
                        "suspend it until its balance is settled");
    }
    return Event{AccountStatusSet{
        .request = command, .programme = account->programme, .account = account->id}};
}

}  // namespace carecard::rules
