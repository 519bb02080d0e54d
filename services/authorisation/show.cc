#include "services/authorisation/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "common/check.h"
#include "rules/kinds.h"
#include "rules/mcc_groups.h"
#include "rules/purse_units.h"
#include "services/authorisation/convert_decline.h"
#include "services/authorisation/convert_purse.h"
#include "services/authorisation/convert_response.h"
#include "services/authorisation/show_parts.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::authorisation {
namespace {

void show(const rules::WindowLimit& limit, const Till& till, v1::WindowLimit& response) {
    if (limit.amount_max) till.set(*limit.amount_max, *response.mutable_amount_max());
    if (limit.count_max) response.set_count_max(*limit.count_max);
}

bool limited(const rules::WindowLimit& limit) { return limit.amount_max || limit.count_max; }

void show(const rules::CashLimits& limits, const Till& till, v1::CashLimits& response) {
    if (limits.single_max) till.set(*limits.single_max, *response.mutable_single_max());
    if (limits.day_max) till.set(*limits.day_max, *response.mutable_day_max());
}

bool limited(const rules::CashLimits& limits) { return limits.single_max || limits.day_max; }

void show(const rules::ContactlessRules& rules, const Till& till, v1::ContactlessRules& response) {
    response.set_off(rules.off);
    if (rules.single_max) till.set(*rules.single_max, *response.mutable_single_max());
    if (rules.total_max) till.set(*rules.total_max, *response.mutable_total_max());
    if (rules.count_max) response.set_count_max(*rules.count_max);
}

rules::WindowCount counted_in(const rules::WindowCounter& counter, std::int32_t number) {
    return counter.number == number ? counter.count : rules::WindowCount{};
}

void show(const rules::WindowCounter& counter, std::int32_t number, v1::Window window,
          TimestampNs since, CurrencyCode currency, v1::SpendingCounter& response) {
    const rules::WindowCount count = counted_in(counter, number);
    response.set_window(window);
    response.set_count(count.count);
    rpc::set_money({count.amount, currency}, *response.mutable_amount());
    rpc::set_timestamp(since, *response.mutable_counting_since());
}

/// What was spent of an account, or by a card, which count since `since`.
template <class Counters, class Response>
void show_counters(const Counters& counters, TimestampNs since, const AccountView& view,
                   Response& response) {
    const rules::WindowNumbers& windows = view.windows;
    const auto add = [&](const rules::WindowCounter& counter, std::int32_t number,
                         v1::Window window, TimestampNs start, DayNumber first_day) {
        v1::SpendingCounter& shown = *response.add_counters();
        show(counter, number, window, std::max(start, since), view.currency, shown);
        shown.set_window_start(rpc::to_text(first_day));
    };
    add(counters.day, windows.day.value, v1::WINDOW_DAY, view.window_starts[0], windows.day);
    add(counters.week, windows.week, v1::WINDOW_WEEK, view.window_starts[1],
        rules::first_day_of_week(windows.week));
    add(counters.month, windows.month, v1::WINDOW_MONTH, view.window_starts[2],
        rules::first_day_of_month(windows.month));
    const Till till(view.currency);
    till.set(counted_in(counters.cash_day, windows.day.value).amount,
             *response.mutable_cash_today());
    till.set(counted_in(counters.quasi_cash_day, windows.day.value).amount,
             *response.mutable_quasi_cash_today());
}

v1::PurseStatus status_of(rules::PurseStatus status) {
    switch (status) {
        case rules::PurseStatus::open:
            return v1::PURSE_STATUS_OPEN;
        case rules::PurseStatus::ended:
            return v1::PURSE_STATUS_ENDED;
        case rules::PurseStatus::closed:
            return v1::PURSE_STATUS_CLOSED;
    }
    CHECK(false);
}

/// The window that a reason counts in: its place in `WindowStarts`.
std::optional<std::size_t> window_of(rules::DeclineReason reason) {
    using enum rules::DeclineReason;
    if (reason == amount_over_day || reason == count_over_day) return 0;
    if (reason == cash_over_day || reason == quasi_cash_over_day) return 0;
    if (reason == amount_over_week || reason == count_over_week) return 1;
    if (reason == amount_over_month || reason == count_over_month) return 2;
    return std::nullopt;
}

bool follows_reversal(const rules::Check& check) {
    return check.if_failed.reason == rules::DeclineReason::reversed_before;
}

void show_numbers(const rules::Check& check, const DecisionView& view, v1::RuleCheck& response) {
    const rules::Decline& decline = check.if_failed;
    const Till till(view.currency);
    const bool amount = limits_amount(decline.reason) || follows_reversal(check);
    if (amount) till.set(check.amount_limit, *response.mutable_amount_limit());
    if (limits_count(decline.reason)) {
        response.set_count_limit(decline.count_max);
        response.set_count_counted(check.count_before);
    }
    const std::optional<std::size_t> window = window_of(decline.reason);
    if (!window) return;
    if (amount) till.set(check.amount_before, *response.mutable_amount_counted());
    const auto& by_card = view.asked.facts.by_card;
    const bool of_card = decline.level == rules::RuleLevel::card && by_card;
    const TimestampNs since = of_card ? by_card->since_ns : view.counting_since;
    rpc::set_timestamp(std::max(view.window_starts[*window], since),
                       *response.mutable_counting_since());
}

v1::RuleOutcome outcome_of(const rules::Check& check) {
    if (!check.applies) return v1::RULE_OUTCOME_NOT_APPLICABLE;
    return check.passed ? v1::RULE_OUTCOME_PASSED : v1::RULE_OUTCOME_FAILED;
}

std::string text_of(const rules::Check& check, CurrencyCode currency) {
    if (!check.applies) return "Not asked: nothing is set, or it is about other payments.";
    if (!check.passed) return sentence_of(check.if_failed, currency);
    if (!follows_reversal(check)) return "This rule let the payment through.";
    return fmt::format(
        "A reversal of this payment came first and left {}: the rest was asked about no more.",
        rpc::money_text(check.amount_limit, currency));
}

void show(const rules::Check& check, const DecisionView& view, v1::RuleCheck& response) {
    const rules::Decline& decline = check.if_failed;
    response.set_rule(std::string(rule_of(decline.reason)));
    response.set_level(static_cast<v1::RuleLevel>(decline.level));
    response.set_reason(static_cast<v1::DeclineReason>(decline.reason));
    response.set_outcome(outcome_of(check));
    if (check.applies) show_numbers(check, view, response);
    response.set_text(text_of(check, view.currency));
}

}  // namespace

WindowStarts window_starts_of(const rules::State& state, const rules::WindowNumbers& windows) {
    return {rules::instant_of(state.offsets, windows.day, 0),
            rules::instant_of(state.offsets, rules::first_day_of_week(windows.week), 0),
            rules::instant_of(state.offsets, rules::first_day_of_month(windows.month), 0)};
}

namespace {

AccountView::CardView view_of(const rules::State& state, const rules::Card& card) {
    AccountView::CardView view{.card = card, .taps = state.taps_of(card).count};
    if (const rules::CardRules* own = state.rules_of(card)) {
        view.counted = *own;
        view.rules = state.at(own->rules).rules();
    }
    return view;
}

}  // namespace

AccountView view_of(const rules::State& state, const rules::Account& account) {
    const rules::Programme& programme = state.at(account.programme);
    AccountView view{.account = account,
                     .programme = programme.terms.code,
                     .currency = programme.terms.currency,
                     .defaults = programme.terms.defaults,
                     .windows = rules::local_windows(state.offsets, state.last_ns),
                     .epoch = state.epoch,
                     .as_of = state.last};
    if (account.agreement.value != 0) view.agreement = state.at(account.agreement).rules();
    for (const rules::Purse& purse : account.purses) view.terms.push_back(state.terms_of(purse));
    for (const CardId id : account.cards) view.cards.push_back(view_of(state, state.at(id)));
    for (const AuthorisationId& id : account.open) {
        const rules::Authorisation& open = *state.find(id);
        if (open.flow == rules::Flow::gives) continue;
        view.holds.push_back({.id = id,
                              .held = open.held(),
                              .decided_ns = open.decided_ns,
                              .expires_ns = open.expires_ns,
                              .card = open.card});
    }
    std::ranges::reverse(view.holds);
    const auto open = state.resolutions_of(account.id);
    view.proposals.assign(open.begin(), open.end());
    if (const rules::Earmarks* const earmarks = state.earmarks_of(account.id)) {
        std::ranges::copy_if(
            earmarks->all, std::back_inserter(view.earmarks),
            [&](const rules::Earmark& one) { return one.stands_on(view.windows.day); });
    }
    const auto disputes = state.disputes_of(account.id);
    view.disputes.assign(disputes.begin(), disputes.end());
    view.window_starts = window_starts_of(state, view.windows);
    return view;
}

namespace {

void show(const AccountView::CardView& one, const AccountView& view, v1::Card& response) {
    const rules::Card& card = one.card;
    response.set_card_id(card.id.value);
    response.set_last_four(card.last_four.str());
    response.set_expiry(rpc::to_text(card.expiry));
    response.set_status(static_cast<v1::CardStatus>(card.status));
    response.set_holder(static_cast<v1::CardHolder>(card.holder));
    response.set_holder_reference(card.holder_reference.str());
    rpc::set_money({one.taps.amount, view.currency}, *response.mutable_tapped());
    response.set_taps(one.taps.count);
    if (card.status == rules::CardStatus::frozen) {
        const bool by_holder = card.frozen_by == rules::Actor::holder;
        response.set_frozen_by(by_holder ? v1::CARD_ACTOR_HOLDER : v1::CARD_ACTOR_COUNCIL);
    }
    response.set_single_use(card.single_use);
    response.set_replaces(card.replaces.value);
    response.set_replaced_by(card.replaced_by.value);
    if (!one.counted) return;
    v1::CardRules& rules = *response.mutable_rules();
    rules.set_version(one.counted->version);
    authorisation::show(one.rules, view.currency, *rules.mutable_rules());
    rpc::set_timestamp(one.counted->since_ns, *rules.mutable_counting_since());
    show_counters(*one.counted, one.counted->since_ns, view, rules);
}

void show(const rules::Resolution& open, const Till& till, v1::OpenProposal& response) {
    response.set_proposal(open.proposed.value);
    response.set_authorisation_id(rpc::to_text(open.authorisation));
    response.set_kind(static_cast<v1::ResolutionKind>(open.kind));
    till.set(open.amount, *response.mutable_amount());
    if (open.notice_until.value != 0) response.set_notice_until(rpc::to_text(open.notice_until));
    response.set_proposed_by(open.proposed_by.str());
    response.set_approved_by(open.approved_by.str());
}

void show(const rules::Dispute& open, const Till& till, v1::Dispute& response) {
    response.set_authorisation_id(rpc::to_text(open.authorisation));
    response.set_category(static_cast<v1::DisputeCategory>(open.category));
    response.set_state(static_cast<v1::DisputeState>(open.state));
    till.set(open.amount, *response.mutable_amount());
    till.set(open.due, *response.mutable_due());
    response.set_opened(open.opened.value);
}

}  // namespace

void show(const AccountView& view, v1::ReadAccountResponse& response) {
    const rules::Account& account = view.account;
    const Till till(view.currency);
    response.mutable_account()->set_programme(view.programme.str());
    response.mutable_account()->set_reference(account.reference.str());
    response.set_arrangement(static_cast<v1::Arrangement>(account.arrangement));
    response.set_status(static_cast<v1::AccountStatus>(account.status));
    till.set(account.available(), *response.mutable_available());
    till.set(account.held(), *response.mutable_held());
    till.set(account.exposure, *response.mutable_exposure());
    for (const PurseNumber number : account.spending_order()) {
        const rules::Purse& purse = account.purse(number);
        v1::Purse& shown = *response.add_purses();
        const rules::PurseTerms& terms = view.terms[number.value - 1U];
        shown.set_name(purse.name.str());
        shown.set_number(number.value);
        shown.set_priority(purse.priority);
        till.set(purse.available, *shown.mutable_available());
        till.set(purse.held, *shown.mutable_held());
        show(terms, *shown.mutable_terms());
        if (purse.unreleased.value != 0) till.set(purse.unreleased, *shown.mutable_unreleased());
        shown.set_status(status_of(purse.status));
        if (purse.status != rules::PurseStatus::open) {
            shown.set_last_day(rpc::to_text(purse.last_day));
            till.set(purse.returned, *shown.mutable_returned());
        }
        if (terms.unit == rules::PurseUnit::hours) {
            shown.set_available_hundredths(rules::hundredths_in(purse.available, terms.unit_rate));
        }
    }
    for (const rules::Earmark& one : view.earmarks) {
        v1::Earmark& shown = *response.add_earmarks();
        shown.set_reference(one.reference.str());
        shown.set_purse(account.purse(one.purse).name.str());
        till.set(one.amount, *shown.mutable_amount());
        till.set(one.left, *shown.mutable_left());
        shown.set_payee(one.payee.str());
        shown.set_due(rpc::to_text(one.due));
        if (!one.is_council_run()) shown.set_until(rpc::to_text(one.until));
        shown.set_council_run(one.is_council_run());
    }
    for (const AccountView::CardView& card : view.cards) show(card, view, *response.add_cards());
    for (const HoldView& hold : view.holds) {
        v1::Hold& shown = *response.add_holds();
        shown.set_authorisation_id(rpc::to_text(hold.id));
        till.set(hold.held, *shown.mutable_held());
        rpc::set_timestamp(hold.decided_ns, *shown.mutable_authorised_at());
        rpc::set_timestamp(hold.expires_ns, *shown.mutable_expires_at());
        shown.set_card_id(hold.card.value);
    }
    for (const rules::Resolution& open : view.proposals) {
        show(open, till, *response.add_proposals());
    }
    for (const rules::Dispute& open : view.disputes) {
        show(open, till, *response.add_disputes());
    }
    show_counters(account, account.opened_ns, view, response);
    show(view.defaults, view.currency, *response.mutable_programme_defaults());
    response.set_epoch(view.epoch.value);
    response.set_as_of_sequence(view.as_of.value);
}

void show(const rules::SpendingRules& rules, CurrencyCode currency, v1::SpendingRules& response) {
    const Till till(currency);
    for (const std::string& item : rules::mcc_list_text(rules.mcc_allowed)) {
        response.add_mcc_allowed(item);
    }
    for (const std::string& item : rules::mcc_list_text(rules.mcc_refused)) {
        response.add_mcc_refused(item);
    }
    response.set_cash_agreed(rules.cash_agreed);
    response.set_quasi_cash_agreed(rules.quasi_cash_agreed);
    response.set_balance_hidden(rules.balance_hidden);
    if (rules.single_max) till.set(*rules.single_max, *response.mutable_single_max());
    if (limited(rules.day)) show(rules.day, till, *response.mutable_day());
    if (limited(rules.week)) show(rules.week, till, *response.mutable_week());
    if (limited(rules.month)) show(rules.month, till, *response.mutable_month());
    if (limited(rules.cash)) show(rules.cash, till, *response.mutable_cash());
    if (rules.contactless != rules::ContactlessRules{}) {
        show(rules.contactless, till, *response.mutable_contactless());
    }
    if (limited(rules.quasi_cash)) show(rules.quasi_cash, till, *response.mutable_quasi_cash());
}

std::optional<DecisionAsked> decision_in(const sequencer::Recorded& recorded) {
    const auto common = [&](const auto& event) {
        return DecisionAsked{
            .event_id = {.epoch = recorded.stamp.epoch, .sequence = recorded.stamp.sequence},
            .programme = event.programme,
            .account = event.account,
            .defaults = event.defaults,
            .agreement = event.agreement,
            .card_rules = event.card_rules,
            .agreement_version = event.agreement_version,
            .facts = event.facts,
            .windows = event.windows,
            .decline = event.decline};
    };
    if (const auto* decided = std::get_if<rules::AuthorisationDecided>(&recorded.event)) {
        DecisionAsked asked = common(*decided);
        asked.request = decided->request;
        asked.outcome = outcome_of(*decided);
        asked.approved = decided->approved;
        asked.cashback_refused = cashback_refused(*decided);
        return asked;
    }
    if (const auto* increased = std::get_if<rules::HoldIncreased>(&recorded.event)) {
        DecisionAsked asked = common(*increased);
        asked.request = rules::purchase_of(increased->request);
        asked.outcome = increased->decline.declined() ? v1::AUTHORISE_OUTCOME_DECLINED
                                                      : v1::AUTHORISE_OUTCOME_APPROVED;
        asked.approved = increased->extra;
        asked.increment = true;
        return asked;
    }
    return std::nullopt;
}

namespace {

void show(const rules::PurseFact& fact, const DecisionView& view, v1::PurseCheck& response) {
    const std::string spendable = rpc::money_text(fact.spendable, view.currency);
    response.set_number(fact.purse.value);
    response.set_name(view.purses[fact.purse.value - 1U].name.str());
    response.set_verdict(static_cast<v1::PurseVerdict>(fact.verdict));
    rpc::set_money({fact.spendable, view.currency}, *response.mutable_spendable());
    const bool pays = fact.verdict == rules::PurseVerdict::eligible;
    response.set_text(pays ? fmt::format("It may pay up to {}.", spendable)
                           : fmt::format("It {}.", words_of(fact.verdict)));
}

}  // namespace

void show(const DecisionView& view, v1::ExplainDecisionResponse& response) {
    const DecisionAsked& asked = view.asked;
    const bool declined = asked.decline.declined();
    response.set_authorisation_id(rpc::to_text(asked.event_id));
    response.set_outcome(asked.outcome);
    response.set_cashback_refused(asked.cashback_refused);
    response.set_increment(asked.increment);
    if (!declined) {
        rpc::set_money({asked.approved, view.currency}, *response.mutable_approved());
    }
    rpc::set_timestamp(view.stamp.now_ns, *response.mutable_decided_at());
    rpc::set_money({asked.request.amounts.billing, view.currency}, *response.mutable_amount());
    if (declined) to_response(asked.decline, view.currency, *response.mutable_decline());
    if (asked.agreement_version) {
        response.set_agreement_version(asked.agreement_version->value);
    }
    response.set_mcc(four_digits(asked.request.merchant.mcc));
    show_merchant(asked.request.merchant, *response.mutable_merchant());
    for (const rules::Check& check :
         rules::explain(asked.request, asked.facts, view.rules, asked.windows, view.stamp.now_ns)) {
        show(check, view, *response.add_checks());
    }
    for (const rules::PurseFact& fact : asked.facts.purses) {
        show(fact, view, *response.add_purses());
    }
}

namespace {

v1::QuarantineStage stage_of(sequencer::PoisonStage stage) {
    switch (stage) {
        case sequencer::PoisonStage::none:
            break;
        case sequencer::PoisonStage::deciding:
            return v1::QUARANTINE_STAGE_DECIDING;
        case sequencer::PoisonStage::checking:
            return v1::QUARANTINE_STAGE_CHECKING;
        case sequencer::PoisonStage::answering:
            return v1::QUARANTINE_STAGE_ANSWERING;
    }
    return v1::QUARANTINE_STAGE_UNSPECIFIED;
}

}  // namespace

void show(const sequencer::QuarantineEntry& entry, v1::QuarantinedCommand& response) {
    response.set_id(sequencer::quarantine_id(entry.fingerprint));
    response.set_command(entry.kind);
    response.set_stage(stage_of(entry.stage));
    response.set_signal(entry.signal);
    rpc::set_timestamp(entry.since, *response.mutable_since());
}

}  // namespace carecard::authorisation
