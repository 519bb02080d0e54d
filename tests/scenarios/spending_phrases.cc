#include "tests/scenarios/spending_phrases.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>
#include <string_view>
#include <utility>

#include "tests/scenarios/amounts.h"
#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {
namespace {

Result<Done> read_window(Phrases& phrases, const std::string& window,
                         const std::function<v1::WindowLimit&()>& limit) {
    if (const auto count = phrases.take_before("payments a " + window, "NUMBER")) {
        const Result<std::uint32_t> number = parse_count(*count, "");
        if (!number) return number.fault();
        limit().set_count_max(*number);
    }
    if (const auto amount = phrases.take_before("a " + window, "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *limit().mutable_amount_max() = in_pounds(*most);
    }
    return Done{};
}

/// The limits of cash or quasi-cash: "£20.00 of cash at once", "£50.00 of cash a day".
Result<Done> read_cash(Phrases& phrases, const std::string& kind,
                       const std::function<v1::CashLimits&()>& limits) {
    if (const auto amount = phrases.take_before("of " + kind + " at once", "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *limits().mutable_single_max() = in_pounds(*most);
    }
    if (const auto amount = phrases.take_before("of " + kind + " a day", "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *limits().mutable_day_max() = in_pounds(*most);
    }
    return Done{};
}

/// How the card may be tapped: "no taps", "£30.00 a tap", "£90.00 between PINs", "5 taps between
/// PINs".
Result<Done> read_taps(Phrases& phrases, v1::SpendingRules& rules) {
    if (phrases.take("no taps")) rules.mutable_contactless()->set_off(true);
    if (const auto count = phrases.take_before("taps between PINs", "NUMBER")) {
        const Result<std::uint32_t> number = parse_count(*count, "");
        if (!number) return number.fault();
        rules.mutable_contactless()->set_count_max(*number);
    }
    if (const auto amount = phrases.take_before("between PINs", "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *rules.mutable_contactless()->mutable_total_max() = in_pounds(*most);
    }
    if (const auto amount = phrases.take_before("a tap", "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *rules.mutable_contactless()->mutable_single_max() = in_pounds(*most);
    }
    return Done{};
}

}  // namespace

Result<std::uint32_t> parse_count(const std::string& text, const std::string& unit) {
    const std::string end = unit.empty() ? unit : ' ' + unit;
    std::uint32_t number = 0;
    const char* const last = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), last, number);
    if (error == std::errc{} && std::string_view(stop, last) == end) return number;
    return mistake(fmt::format("\"{}\" is no whole number{}", text, end),
                   fmt::format("write for example 3{}", end));
}

Result<Done> read_rules(Phrases& phrases, v1::SpendingRules& rules) {
    if (phrases.take("cash agreed")) rules.set_cash_agreed(true);
    if (phrases.take("quasi-cash agreed")) rules.set_quasi_cash_agreed(true);
    if (phrases.take("balance hidden")) rules.set_balance_hidden(true);
    // Before the windows, whose phrases end alike.
    const Result<Done> cash =
        read_cash(phrases, "cash", [&]() -> v1::CashLimits& { return *rules.mutable_cash(); });
    if (!cash) return cash.fault();
    const Result<Done> quasi_cash = read_cash(
        phrases, "quasi-cash", [&]() -> v1::CashLimits& { return *rules.mutable_quasi_cash(); });
    if (!quasi_cash) return quasi_cash.fault();
    const Result<Done> taps = read_taps(phrases, rules);
    if (!taps) return taps.fault();
    while (const auto place = phrases.take_after("only at", "MERCHANTS")) {
        rules.add_mcc_allowed(*place);
    }
    while (const auto place = phrases.take_after("never at", "MERCHANTS")) {
        rules.add_mcc_refused(*place);
    }
    if (const auto amount = phrases.take_before("a payment", "AMOUNT")) {
        const Result<AmountMinor> most = parse_pounds(*amount);
        if (!most) return most.fault();
        *rules.mutable_single_max() = in_pounds(*most);
    }
    const std::array<std::pair<std::string, std::function<v1::WindowLimit&()>>, 3> windows{{
        {"day", [&]() -> v1::WindowLimit& { return *rules.mutable_day(); }},
        {"week", [&]() -> v1::WindowLimit& { return *rules.mutable_week(); }},
        {"month", [&]() -> v1::WindowLimit& { return *rules.mutable_month(); }},
    }};
    for (const auto& [window, limit] : windows) {
        const Result<Done> read = read_window(phrases, window, limit);
        if (!read) return read.fault();
    }
    return Done{};
}

}  // namespace carecard::scenarios
