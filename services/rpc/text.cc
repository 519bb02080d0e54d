#include "services/rpc/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "services/rpc/currency.h"

namespace carecard::rpc {
namespace {

constexpr CurrencyCode sterling{826};

Fault malformed(std::string_view field, std::string detail, std::string remedy) {
    return {.kind = FaultKind::malformed,
            .field = std::string(field),
            .detail = std::move(detail),
            .remedy = std::move(remedy)};
}

/// The number that `text` spells in digits only, if it fits.
template <class Number>
std::optional<Number> number_from(std::string_view text) {
    const bool digits = !text.empty() && std::ranges::all_of(text, [](char character) {
        return character >= '0' && character <= '9';
    });
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!digits || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

template <class Number>
std::optional<Number> counted_from(std::string_view text) {
    if (text.starts_with('0')) return std::nullopt;
    return number_from<Number>(text);
}

std::optional<DayNumber> day_from(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = number_from<std::int32_t>(text.substr(0, 4));
    const auto month = number_from<std::uint32_t>(text.substr(5, 2));
    const auto day = number_from<std::uint32_t>(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                           std::chrono::day{*day}};
    if (!date.ok()) return std::nullopt;
    return DayNumber{
        static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

std::optional<std::int64_t> second_of_day_from(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = number_from<std::int64_t>(text.substr(0, 2));
    const auto minute = number_from<std::int64_t>(text.substr(3, 2));
    const auto second = number_from<std::int64_t>(text.substr(6, 2));
    if (!hour || !minute || !second) return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    return (*hour * 60 + *minute) * 60 + *second;
}

/// The nanoseconds that a decimal fraction of a second spells; none for an empty one.
std::optional<std::int64_t> fraction_from(std::string_view text) {
    if (text.empty()) return 0;
    const std::string_view digits = text.substr(1);
    if (text[0] != '.' || digits.size() > 9) return std::nullopt;
    std::optional<std::int64_t> value = number_from<std::int64_t>(digits);
    if (value) {
        for (std::size_t place = digits.size(); place < 9; ++place) *value *= 10;
    }
    return value;
}

std::optional<TimestampNs> timestamp_from(std::string_view text) {
    constexpr std::size_t whole = std::string_view("2026-03-29T01:00:00").size();
    if (text.size() <= whole || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
    const std::optional<DayNumber> day = day_from(text.substr(0, 10));
    const auto second = second_of_day_from(text.substr(11, 8));
    const auto fraction = fraction_from(text.substr(whole, text.size() - whole - 1));
    if (!day || !second || !fraction) return std::nullopt;
    constexpr std::int32_t day_abs_max = 106'000;  // 290 years: what 64 bits of ns can hold.
    if (std::abs(day->value) > day_abs_max) return std::nullopt;
    return TimestampNs{days(day->value).value + seconds(*second).value + *fraction};
}

std::optional<ExpiryMonth> month_from(std::string_view year_text, std::string_view month_text) {
    const auto year = number_from<std::int16_t>(year_text);
    const auto month = number_from<std::uint8_t>(month_text);
    if (!year || !month || *month < 1 || *month > 12) return std::nullopt;
    if (*year < 2000 || *year > 2099) return std::nullopt;
    return ExpiryMonth{.year = *year, .month = *month};
}

std::uint8_t minor_digits_of(CurrencyCode currency) {
    const Currency* const known = find_currency(currency);
    return known == nullptr ? std::uint8_t{0} : known->minor_digits;
}

/// Digits without a sign, e.g. "0.05".
std::string unsigned_text(std::uint64_t minor, std::uint8_t minor_digits) {
    std::string digits = fmt::format("{:0{}}", minor, minor_digits + 1);
    if (minor_digits > 0) digits.insert(digits.size() - minor_digits, ".");
    return digits;
}

std::uint64_t magnitude(AmountMinor amount) {
    const auto bits = static_cast<std::uint64_t>(amount.value);
    return amount.value < 0 ? 0 - bits : bits;
}

std::string with_thousands(std::string text) {
    std::size_t place = std::min(text.find('.'), text.size());
    while (place > 3) {
        place -= 3;
        text.insert(place, ",");
    }
    return text;
}

std::optional<AmountMinor> amount_from(std::string_view text, std::uint8_t minor_digits) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    std::string digits(text.substr(0, point));
    if (digits.empty()) return std::nullopt;
    const std::string_view decimals = point == text.size() ? "" : text.substr(point + 1);
    if (point != text.size() && decimals.empty()) return std::nullopt;
    if (decimals.size() > minor_digits) return std::nullopt;
    digits.append(decimals).append(minor_digits - decimals.size(), '0');
    const auto value = number_from<std::int64_t>(digits);
    if (!value || *value > amount_minor_max.value) return std::nullopt;
    return AmountMinor{negative ? -*value : *value};
}

}  // namespace

std::string to_text(const AuthorisationId& id) {
    if (id.none()) return {};
    return fmt::format("{}-{}", id.epoch.value, id.sequence.value);
}

Result<AuthorisationId> parse_authorisation_id(std::string_view text, std::string_view field) {
    const std::size_t hyphen = std::min(text.find('-'), text.size());
    const auto epoch = counted_from<std::uint32_t>(text.substr(0, hyphen));
    const auto sequence =
        counted_from<std::uint64_t>(text.substr(std::min(hyphen + 1, text.size())));
    if (!epoch || !sequence) {
        return malformed(field, "is no event id", "give epoch and sequence, e.g. 1-42");
    }
    return AuthorisationId{.epoch = {*epoch}, .sequence = {*sequence}};
}

std::string to_text(DayNumber day) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day.value}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Result<DayNumber> parse_day(std::string_view text, std::string_view field) {
    const std::optional<DayNumber> day = day_from(text);
    if (!day) return malformed(field, "is no day of the calendar", "give it as YYYY-MM-DD");
    return *day;
}

std::string to_text(ExpiryMonth month) {
    if (month.month == 0) return {};
    return fmt::format("{:04}-{:02}", month.year, month.month);
}

Result<ExpiryMonth> parse_expiry(std::string_view text, std::string_view field) {
    const bool form = text.size() == 7 && text[4] == '-';
    const auto month = form ? month_from(text.substr(0, 4), text.substr(5)) : std::nullopt;
    if (!month) return malformed(field, "is no month of 2000 to 2099", "give it as YYYY-MM");
    return *month;
}

Result<ExpiryMonth> parse_network_expiry(std::string_view text, std::string_view field) {
    const auto year =
        text.size() == 4 ? number_from<std::int16_t>(text.substr(0, 2)) : std::nullopt;
    const auto month = text.size() == 4 ? number_from<std::uint8_t>(text.substr(2)) : std::nullopt;
    if (!year || !month || *month < 1 || *month > 12) {
        return malformed(field, "is no month", "give it as YYMM, or leave it out");
    }
    return ExpiryMonth{.year = static_cast<std::int16_t>(2000 + *year), .month = *month};
}

std::string to_text(TimestampNs at) {
    const auto since = std::chrono::nanoseconds{at.value};
    const auto day = std::chrono::floor<std::chrono::days>(since);
    const auto rest = since - day;
    const auto second = std::chrono::floor<std::chrono::seconds>(rest);
    const std::chrono::hh_mm_ss clock{second};
    std::string text = fmt::format(
        "{}T{:02}:{:02}:{:02}", to_text(DayNumber{static_cast<std::int32_t>(day.count())}),
        clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    const std::int64_t fraction = (rest - second).count();
    if (fraction != 0) text += fmt::format(".{:09}", fraction);
    return text + "Z";
}

Result<TimestampNs> parse_timestamp(std::string_view text, std::string_view field) {
    const std::optional<TimestampNs> at = timestamp_from(text);
    if (!at) return malformed(field, "is no time", "give it in UTC as YYYY-MM-DDThh:mm:ssZ");
    return *at;
}

std::string amount_text(AmountMinor amount, CurrencyCode currency) {
    return (amount.value < 0 ? "-" : "") +
           unsigned_text(magnitude(amount), minor_digits_of(currency));
}

std::string money_text(AmountMinor amount, CurrencyCode currency) {
    const std::string digits =
        with_thousands(unsigned_text(magnitude(amount), minor_digits_of(currency)));
    const std::string_view sign = amount.value < 0 ? "-" : "";
    if (currency == sterling) return fmt::format("{}£{}", sign, digits);
    const std::string_view alpha = to_text(currency);
    return alpha.empty() ? fmt::format("{}{}", sign, digits)
                         : fmt::format("{}{} {}", sign, digits, alpha);
}

Result<AmountMinor> parse_amount(std::string_view text, CurrencyCode currency,
                                 std::string_view field) {
    const Currency* const known = find_currency(currency);
    if (known == nullptr) {
        return malformed(field, "is of an unknown currency", "give an ISO 4217 currency");
    }
    const std::optional<AmountMinor> amount = amount_from(text, known->minor_digits);
    if (!amount) {
        return malformed(
            field, fmt::format("is no amount of {}", known->alpha),
            fmt::format("give digits and at most {} decimal places", known->minor_digits));
    }
    return *amount;
}

std::string_view to_text(CurrencyCode currency) {
    const Currency* const known = find_currency(currency);
    return known == nullptr ? std::string_view{} : known->alpha;
}

Result<CurrencyCode> parse_currency(std::string_view text, std::string_view field) {
    const Currency* const known = find_currency(text);
    if (known == nullptr) {
        return malformed(field, "is missing, or no known currency code",
                         "give an ISO 4217 code in capitals, e.g. GBP");
    }
    return known->code;
}

}  // namespace carecard::rpc
