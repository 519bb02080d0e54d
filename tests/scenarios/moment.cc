#include "tests/scenarios/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
/// Day 0 of `DayNumber` was a Thursday.
constexpr std::array<std::string_view, 7> weekdays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

std::optional<int> number_in(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

std::optional<cli::WallTime> parse_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return {};
    const auto hour = number_in(text.substr(0, 2));
    const auto minute = number_in(text.substr(3));
    if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return {};
    return cli::WallTime{.hour = *hour, .minute = *minute};
}

/// @param words  "2 Mar" or "2 Mar 2026".
std::optional<DayNumber> parse_day(const std::vector<std::string>& words, const Moment& before) {
    if (words.size() < 2 || words.size() > 3) return {};
    const auto day = number_in(words[0]);
    const auto month = std::ranges::find(months, words[1]);
    const auto year =
        words.size() == 3 ? number_in(words[2]) : std::optional(cli::date_of(before.day).year);
    if (!day || month == months.end() || !year || *day < 1 || *day > 31) return {};
    const Date date{.year = *year,
                    .month = static_cast<std::uint8_t>(month - months.begin() + 1),
                    .day = static_cast<std::uint8_t>(*day)};
    const DayNumber number = cli::day_of(date);
    if (cli::date_of(number) != date) return {};
    return number;
}

auto order_of(const Moment& moment) {
    return std::tuple(moment.day, moment.time.hour, moment.time.minute);
}

}  // namespace

Result<Moment> parse_moment(std::string_view text, const Moment& before) {
    const auto refuse = [text] {
        return mistake(fmt::format("\"{}\" is no time", text),
                       "write it as \"2 Mar 09:00\" or \"Mon 2 Mar 2026 09:00\"; \"09:00\" is the "
                       "day of the row above, nothing is its very moment");
    };
    std::vector<std::string> words = split(text, " ");
    if (words.empty()) return before;
    Moment moment = before;
    const auto time = parse_time(words.back());
    if (!time) return refuse();
    moment.time = *time;
    words.pop_back();
    std::string weekday;
    if (!words.empty() && std::ranges::find(weekdays, words.front()) != weekdays.end()) {
        weekday = words.front();
        words.erase(words.begin());
    }
    if (!words.empty()) {
        const auto day = parse_day(words, before);
        if (!day) return refuse();
        moment.day = *day;
    }
    const std::string_view real = weekdays.at(static_cast<std::size_t>(moment.day.value % 7));
    if (!weekday.empty() && weekday != real) {
        return mistake(fmt::format("that day is no {} but a {}", weekday, real),
                       "correct the weekday or the day");
    }
    if (order_of(moment) < order_of(before)) {
        return mistake(fmt::format("\"{}\" is before what stands above", text),
                       "put the rows in the order in which they happen");
    }
    return moment;
}

Result<TimestampNs> instant_of(const Moment& moment) {
    return cli::london_instant(moment.day, moment.time);
}

}  // namespace carecard::scenarios
