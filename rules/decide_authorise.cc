#include <algorithm>
#include <array>
#include <string_view>

#include "common/check.h"
#include "rules/decide_parts.h"
#include "rules/earmarking.h"
#include "rules/kinds.h"
#include "rules/matching.h"
#include "rules/portion.h"
#include "rules/spending.h"

namespace carecard::rules {
namespace {

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

/// The purchase that a refund names, if it is known.
AuthorisationId refunded_by(const State& state, const Account& account, CardId card,
                            const Authorise& request) {
    if (!request.refunds.is_named()) return {};
    const Match match = find_original(
        state, {.account = account.id, .card = card, .amount = request.amounts.billing},
        request.refunds.reference());
    const bool is_purchase =
        match.authorisation != nullptr && match.authorisation->flow == Flow::takes;
    return is_purchase ? match.authorisation->id : AuthorisationId{};
}

/// What an estimate is held beyond itself: all of its uplift if there is money for it, else none.
/// What a reversal or the balance has lowered is held as it is.
AmountMinor uplift_of(const AuthorisationDecided& event, const HoldRule& rule) {
    if (!event.request.estimated || event.facts.portion || event.facts.reversed_before) return {};
    const AmountMinor raised = uplifted(event.approved, rule.uplift);
    if (raised > event.facts.available) return {};
    return {raised.value - event.approved.value};
}

void approve(const State& state, const Account& account, const Stamp& stamp,
             AuthorisationDecided& event) {
    event.code = code_of(stamp.sequence);
    const Flow flow = flow_of(event.request.kind);
    if (flow == Flow::asks) return;
    event.approved = amount_decided(event.request, event.facts);
    const Programme& programme = state.at(account.programme);
    const HoldRule* const rule = hold_rule_for(programme.terms.hold_rules, event.request);
    event.expires_ns = stamp.now_ns + lifetime_of(programme.terms, rule);
    if (flow == Flow::gives) {
        event.refunds = refunded_by(state, account, event.card, event.request);
        return;
    }
    event.tolerance = tolerance_of(programme.terms.tolerance, tolerance_payment_of(event.request));
    event.cash = cash_decided(event.request, event.facts);
    if (is_tap(event.request)) {
        event.tap = {.counted = true,
                     .round = state.taps_of(state.at(event.card)).round,
                     .amount = event.approved};
    }
    event.uses_card = state.at(event.card).single_use;
    if (rule != nullptr) event.uplift = uplift_of(event, *rule);
    const AmountMinor to_hold = amount_to_hold(event.request, event.facts);
    const Acceptor& payee = event.request.merchant.acceptor;
    const DayNumber today = event.windows.day;
    const PaidAt payment{.acceptor = payee, .today = today};
    hold(walk_of(state, account, payment, event.facts.purses), {to_hold.value + event.uplift.value},
         event.legs, event.postings);
    event.earmarks = earmarks_after(state, account,
                                    {.payee = payee,
                                     .today = today,
                                     .authorisation = event.id,
                                     .legs = event.legs,
                                     .stays_open = true},
                                    event.postings)
                         .changes;
    event.available = available_after(account, event.postings);
}

/// Settles for the first portion of a refused payment to which no rule objects, if there is one.
template <class Ask>
void take_portion(const State& state, const Card& card, Ask ask, AuthorisationDecided& event) {
    const CreateProgramme& terms = state.at(event.programme).terms;
    for (const Portion& portion : portions_of(event.request, event.facts, terms)) {
        SpendingFacts facts = event.facts;
        facts.portion = portion;
        if (portion.kind == PortionKind::without_cashback) {
            leave_out_cashback(state, card, event.request, event.windows, facts);
        }
        if (ask(facts).declined()) continue;
        event.facts = facts;
        event.decline = {};
        return;
    }
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
    const CardRules* const own = state.rules_of(*card);
    const RulesInForce rules{.defaults = state.rules_or_null(programme.defaults),
                             .agreement = state.rules_or_null(account.agreement),
                             .card = own == nullptr ? nullptr : &state.at(own->rules)};
    AuthorisationDecided event{.request = command,
                               .programme = programme.id,
                               .account = account.id,
                               .card = card->id,
                               .id = {.epoch = stamp.epoch, .sequence = stamp.sequence},
                               .available = account.available(),
                               .defaults = programme.defaults,
                               .agreement = account.agreement,
                               .facts = spending_facts(state, *card, command, windows),
                               .windows = windows};
    if (account.agreement.value != 0)
        event.agreement_version = AgreementVersion{account.agreement_version};
    if (own != nullptr) event.card_rules = own->rules;
    event.facts.reversed_before = reversals_met(state.kept_reversals_of(account.id),
                                                command.request, command.identity, stamp.now_ns);
    const auto ask = [&](const SpendingFacts& facts) {
        return first_decline(command, facts, rules, windows, stamp.now_ns);
    };
    event.decline = ask(event.facts);
    if (event.decline.declined()) take_portion(state, *card, ask, event);
    if (!event.decline.declined()) approve(state, account, stamp, event);
    return event;
}

}  // namespace carecard::rules
