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
