#include <algorithm>
#include <array>
#include <string_view>

#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/spending.h"

namespace carecard::rules {
namespace {

WindowCount counted_in(const WindowCounter& counter, std::int32_t number) {
    return counter.number >= number ? counter.count : WindowCount{};
}

SpendingFacts facts_of(const Programme& programme, const Account& account, const Card& card,
                       const WindowNumbers& windows) {
    return {.card_status = card.status,
            .account_status = account.status,
            .card_expiry = card.expiry,
            .card_expires_ns = card.expires_ns,
            .currency = programme.terms.currency,
            .available = account.available(),
            .open_count = static_cast<std::uint32_t>(account.open.size()),
            .day = counted_in(account.day, windows.day.value),
            .week = counted_in(account.week, windows.week),
            .month = counted_in(account.month, windows.month)};
}

/// Six characters, different for any two sequences that are fewer than 36^6 apart. An odd
/// multiplier spreads neighbours, so that a mistyped code rarely names another authorisation.
AuthorisationCode code_of(Sequence sequence) {
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::uint64_t codes = 2'176'782'336;       // 36^6
    constexpr std::uint64_t multiplier = 1'500'450'271;  // A prime: shares no factor with 36^6.
    std::uint64_t rest = (sequence.value % codes) * multiplier % codes;
    std::array<char, 6> text{};
    for (std::size_t index = text.size(); index-- > 0; rest /= digits.size()) {
        text[index] = digits[rest % digits.size()];
    }
    return AuthorisationCode::of({text.data(), text.size()});
}

/// Promises `amount` from the purses in spending order; there is enough in all of them together.
void hold(const Account& account, AmountMinor amount, AuthorisationDecided& event) {
    AmountMinor left = amount;
    for (const PurseNumber number : account.spending_order()) {
        const AmountMinor part = std::min(account.purse(number).available, left);
        if (part.value == 0) continue;
        event.legs.push_back({.purse = number, .held = part});
        post(event.postings, LedgerAccount::available, number, -part);
        post(event.postings, LedgerAccount::held, number, part);
        left.value -= part.value;
    }
    CHECK(left.value == 0);
}

/// Paid from afar by the holder, not by the merchant on an instruction given before.
bool is_card_absent(const Authorise& request) {
    return !request.recurring && (request.channel == Channel::e_commerce ||
                                  request.channel == Channel::mail_order_telephone_order);
}

void approve(const Programme& programme, const Account& account, const Stamp& stamp,
             AuthorisationDecided& event) {
    event.approved = amount_decided(event.request, event.facts);
    event.code = code_of(stamp.sequence);
    event.expires_ns = stamp.now_ns + programme.terms.hold_lifetime;
    event.tolerance = tolerance_of(
        programme, event.request.merchant.mcc, event.request.amounts,
        {.estimated = event.request.estimated, .card_absent = is_card_absent(event.request)});
    hold(account, event.approved, event);
    event.available = available_after(account, event.postings);
}

}  // namespace

Decision decide(const State& state, const Authorise& command, const Stamp& stamp) {
    const Card* card = visible(state, command.request, command.card_token);
    if (card == nullptr) {
        return RefusedUnrecorded{{.reason = DeclineReason::card_unknown, .level = RuleLevel::card}};
    }
    const Account& account = state.at(card->account);
    const Programme& programme = state.at(account.programme);
    const WindowNumbers windows = local_windows(state.offsets, stamp.now_ns);
    const RulesInForce rules{.defaults = state.rules_or_null(programme.defaults),
                             .agreement = state.rules_or_null(account.agreement)};
    AuthorisationDecided event{.request = command,
                               .programme = programme.id,
                               .account = account.id,
                               .card = card->id,
                               .id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
                               .available = account.available(),
                               .defaults = programme.defaults,
                               .agreement = account.agreement,
                               .facts = facts_of(programme, account, *card, windows),
                               .windows = windows};
    if (account.agreement.value != 0)
        event.agreement_version = AgreementVersion{account.agreement_version};
    event.facts.reversed_before = reversals_met(state.kept_reversals_of(account.id),
                                                command.request, command.identity, stamp.now_ns);
    event.decline = first_decline(command, event.facts, rules, windows, stamp.now_ns);
    if (!event.decline.declined()) approve(programme, account, stamp, event);
    return event;
}

}  // namespace carecard::rules
