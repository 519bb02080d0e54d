#include "services/authorisation/convert_decline.h"

#include <fmt/format.h>

#include "common/check.h"
#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::authorisation {
namespace {

using rules::Decline;
using rules::DeclineReason;
using enum rules::DeclineReason;

/// Who set a limit, as the end of "the £50.00 ...".
std::string_view set_by(const Decline& decline) {
    if (decline.level == rules::RuleLevel::card) return "set for this card";
    return decline.level == rules::RuleLevel::agreement ? "agreed" : "that the council allows";
}

bool is_day_of_cash(DeclineReason reason) {
    return reason == cash_over_day || reason == quasi_cash_over_day;
}

/// What may be done with what an amount rule limits, after "what may".
std::string_view use_of(DeclineReason reason) {
    if (reason == cash_over_day) return "be taken as cash";
    if (reason == quasi_cash_over_day) return "go to money transfers, currency, top-ups and bets";
    return "be spent";
}

/// What a limit at once is for, after "for".
std::string_view one_of(DeclineReason reason) {
    if (reason == cash_over_single) return "cash at one time";
    if (reason == contactless_over_single) return "one tap: insert the card and give the PIN";
    if (reason == quasi_cash_over_single) return "one money transfer, top-up or the like";
    return "one payment";
}

bool limits_once(DeclineReason reason) {
    return reason == amount_over_single || reason == cash_over_single ||
           reason == quasi_cash_over_single || reason == contactless_over_single;
}

std::string over_window(const Decline& decline, CurrencyCode currency, std::string_view window) {
    const std::string_view use = use_of(decline.reason);
    if (decline.amount_would_work.value == 0) {
        return fmt::format("Nothing is left of what may {} in one {}: try again from {}.", use,
                           window, rpc::to_text(decline.works_from));
    }
    return fmt::format(
        "Only {} is left of what may {} in one {}: pay less, or try again "
        "from {}.",
        rpc::money_text(decline.amount_would_work, currency), use, window,
        rpc::to_text(decline.works_from));
}

std::string over_count(const Decline& decline, std::string_view window) {
    if (decline.count_max == 0) {
        return fmt::format("No payment in any {} is allowed.", window);
    }
    if (decline.count_max == 1) {
        return fmt::format("The one payment allowed in one {} has been made: try again from {}.",
                           window, rpc::to_text(decline.works_from));
    }
    return fmt::format("The {} payments allowed in one {} have been made: try again from {}.",
                       decline.count_max, window, rpc::to_text(decline.works_from));
}

std::string funds_sentence(const Decline& decline, CurrencyCode currency) {
    if (decline.amount_would_work.value == 0) return "There is no money available on this account.";
    return fmt::format("Only {} is available: pay less, or wait until money is loaded.",
                       rpc::money_text(decline.amount_would_work, currency));
}

std::string earmarked_sentence(const Decline& decline, CurrencyCode currency) {
    if (decline.amount_would_work.value == 0) {
        return "All the money there is kept for payments to come, such as wages.";
    }
    return fmt::format("Only {} is free: the rest is kept for payments to come, such as wages.",
                       rpc::money_text(decline.amount_would_work, currency));
}

/// Of no purse that may pay: what keeps the one that came nearest.
std::string_view purse_sentence(rules::PurseVerdict verdict) {
    using enum rules::PurseVerdict;
    switch (verdict) {
        case eligible:
        case wrong_category:
        case kept_for_another:
            return "No money on this card is for this kind of merchant: ask the council what it is "
                   "for.";
        case not_for_cash:
            return "No cash may be taken from the money on this card: pay by card.";
        case provider_not_accredited:
            return "This provider is not on the council's register: choose one that is, or ask the "
                   "council.";
        case not_that_day:
            return "The money for this may not be spent on this day of the week: pay on another "
                   "day.";
        case ended:
            return "The money for this had to be spent by an earlier day: ask the council.";
        case not_yet:
            return "The money for this may be spent from a later day on: ask the council.";
        case not_released:
            return "The money for this waits until a stage of the works is confirmed: ask the "
                   "council.";
        case closed:
            return "The council has closed the money for this: ask the council.";
    }
    CHECK(false);
}

/// What is said of a reason that names no number; nothing for the others.
std::string_view fixed_sentence(DeclineReason reason) {
    switch (reason) {
        case card_unknown:
            return "This card is not known here: check the card.";
        case reversed_before:
            return "This payment was cancelled before it came here: nothing was taken, pay again.";
        case card_closed:
            return "This card is closed: ask for another one.";
        case card_lost:
            return "This card was reported lost: use the one that replaced it, or ask for one.";
        case card_stolen:
            return "This card was reported stolen: use the one that replaced it, or ask for one.";
        case card_damaged:
            return "This card was reported damaged: use the one that replaced it, or ask for one.";
        case card_replaced:
            return "This card was replaced: use the new one.";
        case card_used:
            return "This card was for one payment, which was made: ask for another one.";
        case card_not_active:
            return "This card is not activated yet: activate it, or ask the council to.";
        case card_frozen:
            return "This card is frozen: unfreeze it when it is safe to.";
        case account_closed:
            return "This account is closed: ask the council about it.";
        case account_suspended:
            return "The council has paused this account: ask the council.";
        case card_expired:
            return "This card has expired: ask for a new one.";
        case expiry_mismatch:
            return "The expiry date given is not the card's: check it and try again.";
        case kind_not_supported:
            return "This kind of transaction cannot be made with this card.";
        case currency_not_programme:
            return "The amount must be billed in the currency of the card.";
        case mcc_refused:
            return "This kind of merchant is refused for this card.";
        case mcc_not_allowed:
            return "This kind of merchant is not one of those agreed for this card.";
        case cash_not_agreed:
            return "Cash has not been agreed for this card: ask the social worker.";
        case contactless_off:
            return "This card may not be tapped: insert it and give the PIN.";
        case contactless_needs_pin:
            return "The card has been tapped as often or for as much as it may be without its PIN: "
                   "insert it and give the PIN.";
        case quasi_cash_not_agreed:
            return "Money transfers, currency, top-ups and bets have not been agreed for this "
                   "card: "
                   "ask the social worker.";
        case cashback_not_agreed:
            return "Cashback has not been agreed for this card: pay without cashback.";
        case original_unmatched:
            return "No payment fits what the reversal names: check its marks.";
        case kept_reversals_full:
            return "No payment fits what the reversal names, and too many like it wait already.";
        case original_ambiguous:
            return "More than one payment fits what the reversal names: name it more precisely.";
        case original_already_cleared:
            return "The payment has cleared already: ask the merchant for a refund.";
        case original_closed:
            return "The payment was reversed or has expired already.";
        case original_other_card:
            return "The payment was made with another card: use that one, or check its marks.";
        case open_authorisations_full:
            return "Too many payments on this account are waiting to clear: try again later.";
        case none:
        case amount_over_single:
        case contactless_over_single:
        case cash_over_single:
        case quasi_cash_over_single:
        case amount_over_day:
        case count_over_day:
        case cash_over_day:
        case quasi_cash_over_day:
        case amount_over_week:
        case count_over_week:
        case amount_over_month:
        case count_over_month:
        case purse_not_eligible:
        case funds_earmarked:
        case funds_insufficient:
        case reversal_exceeds_held:
            return {};  // these name numbers, or a purse's verdict
    }
    CHECK(false);
}

/// Of a reason that has a window.
std::string_view window_name(DeclineReason reason) {
    if (reason == amount_over_day || reason == count_over_day || is_day_of_cash(reason)) {
        return "day";
    }
    if (reason == amount_over_week || reason == count_over_week) return "week";
    return "month";
}

}  // namespace

std::string_view rule_of(DeclineReason reason) {
    switch (reason) {
        case none:
            return "";
        case card_unknown:
            return "card_known";
        case reversed_before:
            return "not_reversed_before";
        case card_closed:
            return "card_closed";
        case card_lost:
            return "card_lost";
        case card_stolen:
            return "card_stolen";
        case card_damaged:
            return "card_damaged";
        case card_replaced:
            return "card_replaced";
        case card_used:
            return "card_used";
        case card_not_active:
            return "card_not_active";
        case card_frozen:
            return "card_frozen";
        case account_closed:
            return "account_closed";
        case account_suspended:
            return "account_suspended";
        case card_expired:
            return "card_expired";
        case expiry_mismatch:
            return "expiry_mismatch";
        case kind_not_supported:
            return "kind_supported";
        case currency_not_programme:
            return "programme_currency";
        case mcc_refused:
            return "mcc_refused";
        case mcc_not_allowed:
            return "mcc_allowed";
        case cash_not_agreed:
            return "cash_agreed";
        case quasi_cash_not_agreed:
            return "quasi_cash_agreed";
        case cashback_not_agreed:
            return "cashback_agreed";
        case contactless_off:
            return "contactless_on";
        case contactless_over_single:
            return "single_tap_max";
        case contactless_needs_pin:
            return "taps_without_pin_max";
        case amount_over_single:
            return "single_amount_max";
        case cash_over_single:
            return "single_cash_max";
        case quasi_cash_over_single:
            return "single_quasi_cash_max";
        case amount_over_day:
            return "day_amount_max";
        case count_over_day:
            return "day_count_max";
        case cash_over_day:
            return "day_cash_max";
        case quasi_cash_over_day:
            return "day_quasi_cash_max";
        case amount_over_week:
            return "week_amount_max";
        case count_over_week:
            return "week_count_max";
        case amount_over_month:
            return "month_amount_max";
        case count_over_month:
            return "month_count_max";
        case purse_not_eligible:
            return "purse_eligible";
        case funds_earmarked:
            return "funds_not_earmarked";
        case funds_insufficient:
            return "funds_available";
        case original_unmatched:
            return "original_known";
        case kept_reversals_full:
            return "kept_reversals_max";
        case original_ambiguous:
            return "original_unique";
        case reversal_exceeds_held:
            return "remaining_held";
        case original_already_cleared:
            return "original_not_cleared";
        case original_closed:
            return "original_open";
        case original_other_card:
            return "original_same_card";
        case open_authorisations_full:
            return "open_authorisations_max";
    }
    CHECK(false);
}

bool limits_amount(DeclineReason reason) {
    return limits_once(reason) || reason == contactless_needs_pin ||
           (has_window(reason) && !limits_count(reason)) || reason == funds_insufficient ||
           reason == funds_earmarked || reason == reversal_exceeds_held;
}

bool limits_count(DeclineReason reason) {
    return reason == count_over_day || reason == count_over_week || reason == count_over_month;
}

bool has_window(DeclineReason reason) {
    return limits_count(reason) || reason == amount_over_day || reason == amount_over_week ||
           reason == amount_over_month || is_day_of_cash(reason);
}

std::string sentence_of(const Decline& decline, CurrencyCode currency) {
    const DeclineReason reason = decline.reason;
    if (limits_count(reason)) return over_count(decline, window_name(reason));
    if (has_window(reason)) return over_window(decline, currency, window_name(reason));
    if (reason == funds_insufficient) return funds_sentence(decline, currency);
    if (reason == funds_earmarked) return earmarked_sentence(decline, currency);
    if (reason == purse_not_eligible) return std::string(purse_sentence(decline.verdict));
    if (limits_once(reason)) {
        return fmt::format("This payment is more than the {} {} for {}.",
                           rpc::money_text(decline.amount_would_work, currency), set_by(decline),
                           one_of(reason));
    }
    if (reason == reversal_exceeds_held) {
        return fmt::format("Only {} is still held for this payment: let no more remain.",
                           rpc::money_text(decline.amount_would_work, currency));
    }
    return std::string(fixed_sentence(reason));
}

void to_response(const Decline& decline, CurrencyCode currency, v1::Decline& response) {
    response.set_reason(static_cast<v1::DeclineReason>(decline.reason));
    response.set_level(static_cast<v1::RuleLevel>(decline.level));
    const std::string_view rule = rule_of(decline.reason);
    response.set_rule(rule.data(), rule.size());
    if (limits_amount(decline.reason)) {
        rpc::set_money({decline.amount_would_work, currency},
                       *response.mutable_would_have_worked());
    }
    if (limits_count(decline.reason)) response.set_count_limit(decline.count_max);
    if (has_window(decline.reason)) {
        response.set_works_from_date(rpc::to_text(decline.works_from));
    }
    if (decline.purse.value != 0) response.set_purse_number(decline.purse.value);
    response.set_purse_verdict(static_cast<v1::PurseVerdict>(decline.verdict));
    response.set_text(sentence_of(decline, currency));
}

}  // namespace carecard::authorisation
