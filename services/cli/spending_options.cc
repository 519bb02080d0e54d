#include "services/cli/spending_options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

constexpr std::string_view separators = ", ;";

template <class List>
void split(std::string_view text, List& list) {
    while (true) {
        const std::size_t first = text.find_first_not_of(separators);
        if (first == text.npos) return;
        text.remove_prefix(first);
        const std::size_t size = std::min(text.find_first_of(separators), text.size());
        list.Add(std::string(text.substr(0, size)));
        text.remove_prefix(size);
    }
}

std::optional<Fault> read_amount(const std::string& text, CurrencyCode currency,
                                 std::string_view field, v1::Money* money) {
    const auto amount = rpc::parse_amount(text, currency, field);
    if (!amount) return amount.fault();
    rpc::set_money({*amount, currency}, *money);
    return std::nullopt;
}

std::optional<std::uint32_t> read_count(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Fault no_count(std::string_view field) {
    return {.kind = FaultKind::malformed,
            .field = std::string(field),
            .detail = "is not a number of payments",
            .remedy = "give a whole number, e.g. 3"};
}

/// An amount as people write it, and where it goes when there is one.
struct AmountText {
    const std::string& text;
    std::string_view field;
    std::function<v1::Money*()> place;
};

struct WindowText {
    const std::string& amount;
    std::string_view amount_field;
    const std::string& count;
    std::string_view count_field;
};

std::optional<Fault> read_window(const WindowText& text, CurrencyCode currency,
                                 v1::SpendingRules& rules,
                                 v1::WindowLimit* (v1::SpendingRules::*window)()) {
    if (!text.amount.empty()) {
        std::optional<Fault> fault = read_amount(text.amount, currency, text.amount_field,
                                                 (rules.*window)()->mutable_amount_max());
        if (fault) return fault;
    }
    if (text.count.empty()) return std::nullopt;
    const std::optional<std::uint32_t> count = read_count(text.count);
    if (!count) {
        return no_count(text.count_field);
    }
    (rules.*window)()->set_count_max(*count);
    return std::nullopt;
}

}  // namespace

Result<v1::SpendingRules> to_rules(const SpendingText& text, CurrencyCode currency) {
    v1::SpendingRules rules;
    split(text.allow, *rules.mutable_mcc_allowed());
    split(text.refuse, *rules.mutable_mcc_refused());
    for (const auto& [said, field] :
         {std::pair(&text.cash, "cash"), std::pair(&text.quasi_cash, "quasi_cash")}) {
        if (said->empty() || *said == "agreed" || *said == "refused") continue;
        return Fault{.kind = FaultKind::malformed,
                     .field = field,
                     .detail = "is neither agreed nor refused",
                     .remedy = "say which"};
    }
    rules.set_cash_agreed(text.cash == "agreed");
    rules.set_quasi_cash_agreed(text.quasi_cash == "agreed");
    const AmountText amounts[] = {
        {text.single_max, "single_max", [&] { return rules.mutable_single_max(); }},
        {text.contactless_single_max, "contactless_single_max",
         [&] { return rules.mutable_contactless()->mutable_single_max(); }},
        {text.contactless_total_max, "contactless_total_max",
         [&] { return rules.mutable_contactless()->mutable_total_max(); }},
        {text.cash_single_max, "cash_single_max",
         [&] { return rules.mutable_cash()->mutable_single_max(); }},
        {text.cash_day_max, "cash_day_max",
         [&] { return rules.mutable_cash()->mutable_day_max(); }},
        {text.quasi_cash_single_max, "quasi_cash_single_max",
         [&] { return rules.mutable_quasi_cash()->mutable_single_max(); }},
        {text.quasi_cash_day_max, "quasi_cash_day_max",
         [&] { return rules.mutable_quasi_cash()->mutable_day_max(); }},
    };
    for (const AmountText& amount : amounts) {
        if (amount.text.empty()) continue;
        std::optional<Fault> fault =
            read_amount(amount.text, currency, amount.field, amount.place());
        if (fault) return *std::move(fault);
    }
    if (text.balance == "hidden") rules.set_balance_hidden(true);
    if (text.contactless == "off") rules.mutable_contactless()->set_off(true);
    if (!text.contactless_count.empty()) {
        const std::optional<std::uint32_t> count = read_count(text.contactless_count);
        if (!count) return no_count("contactless_count");
        rules.mutable_contactless()->set_count_max(*count);
    }
    const std::pair<WindowText, v1::WindowLimit* (v1::SpendingRules::*)()> windows[] = {
        {{text.day_max, "day_max", text.day_count, "day_count"}, &v1::SpendingRules::mutable_day},
        {{text.week_max, "week_max", text.week_count, "week_count"},
         &v1::SpendingRules::mutable_week},
        {{text.month_max, "month_max", text.month_count, "month_count"},
         &v1::SpendingRules::mutable_month},
    };
    for (const auto& [window_text, window] : windows) {
        std::optional<Fault> fault = read_window(window_text, currency, rules, window);
        if (fault) return *std::move(fault);
    }
    return rules;
}

void add_spending_options(CLI::App& command, SpendingText& rules) {
    command.add_option("--allow", rules.allow, "merchant groups and codes; no others");
    command.add_option("--refuse", rules.refuse, "merchant groups and codes never to be paid");
    command.add_option("--cash", rules.cash, "agreed or refused")
        ->check(CLI::IsMember({"agreed", "refused"}));
    command
        .add_option("--contactless", rules.contactless, "whether the card may be tapped: on or off")
        ->check(CLI::IsMember({"on", "off"}));
    command.add_option("--contactless-single-max", rules.contactless_single_max,
                       "most of one tap without the PIN");
    command.add_option("--contactless-total-max", rules.contactless_total_max,
                       "most of all taps since the PIN was given");
    command.add_option("--contactless-count", rules.contactless_count,
                       "most taps since the PIN was given");
    command.add_option("--cash-single-max", rules.cash_single_max, "most cash at once");
    command.add_option("--cash-day-max", rules.cash_day_max, "most cash in a day");
    command
        .add_option("--quasi-cash", rules.quasi_cash,
                    "money transfers, currency, top-ups and bets: agreed or refused")
        ->check(CLI::IsMember({"agreed", "refused"}));
    command.add_option("--quasi-cash-single-max", rules.quasi_cash_single_max,
                       "most of these at once");
    command.add_option("--quasi-cash-day-max", rules.quasi_cash_day_max, "most of these in a day");
    command.add_option("--single-max", rules.single_max, "largest payment, e.g. 120 or 99.50");
    command.add_option("--day-max", rules.day_max, "most in a day");
    command.add_option("--day-count", rules.day_count, "most payments in a day");
    command.add_option("--week-max", rules.week_max, "most in a week from Monday");
    command.add_option("--week-count", rules.week_count, "most payments in a week");
    command.add_option("--month-max", rules.month_max, "most in a calendar month");
    command.add_option("--month-count", rules.month_count, "most payments in a month");
    command
        .add_option("--balance", rules.balance,
                    "whether terminals may tell the balance: shown or hidden")
        ->check(CLI::IsMember({"shown", "hidden"}));
}

}  // namespace carecard::cli
