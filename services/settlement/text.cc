#include "services/settlement/text.h"

#include "rules/event.h"

namespace carecard::settlement {
namespace {

constexpr std::int64_t ns_per_day = days(1).value;
constexpr std::int32_t year_max = 9'999;
constexpr std::int32_t timestamp_year_max = 2'261;  // its whole length fits in 64 bits

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
    const std::size_t start = out.size();
    append_number(out, value);
    const std::size_t digits = out.size() - start;
    if (digits < width) out.insert(start, width - digits, '0');
}

}  // namespace

void append_day(std::string& out, DayNumber day) {
    const Date date = rules::date_of(day);
    append_padded(out, date.year, 4);
    out += '-';
    append_padded(out, date.month, 2);
    out += '-';
    append_padded(out, date.day, 2);
}

std::string day_text(DayNumber day) {
    std::string text;
    append_day(text, day);
    return text;
}

std::optional<DayNumber> day_from_text(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = number_from_text<std::int32_t>(text.substr(0, 4));
    const auto month = number_from_text<std::uint8_t>(text.substr(5, 2));
    const auto day = number_from_text<std::uint8_t>(text.substr(8, 2));
    if (!year || !month || !day || *year < 0 || *year > year_max) return std::nullopt;
    const Date date{.year = *year, .month = *month, .day = *day};
    if (!rules::exists(date)) return std::nullopt;
    return rules::day_of(date);
}

void append_time(std::string& out, TimestampNs time) {
    std::int64_t day = time.value / ns_per_day;
    if (time.value % ns_per_day < 0) --day;
    const std::int64_t of_day = time.value - day * ns_per_day;
    const std::int64_t second = of_day / ns_per_second;
    append_day(out, {static_cast<std::int32_t>(day)});
    out += 'T';
    append_padded(out, second / 3600, 2);
    out += ':';
    append_padded(out, second / 60 % 60, 2);
    out += ':';
    append_padded(out, second % 60, 2);
    out += '.';
    append_padded(out, of_day % ns_per_second, 9);
    out += 'Z';
}

std::optional<TimestampNs> time_from_text(std::string_view text) {
    if (text.size() != 30 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text[19] != '.' || text[29] != 'Z') {
        return std::nullopt;
    }
    const auto day = day_from_text(text.substr(0, 10));
    const auto hour = number_from_text<std::uint32_t>(text.substr(11, 2));
    const auto minute = number_from_text<std::uint32_t>(text.substr(14, 2));
    const auto second = number_from_text<std::uint32_t>(text.substr(17, 2));
    const auto rest = number_from_text<std::uint32_t>(text.substr(20, 9));
    if (!day || !hour || !minute || !second || !rest) return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59 || day->value < 0 ||
        rules::date_of(*day).year > timestamp_year_max) {
        return std::nullopt;
    }
    const std::int64_t of_day = (std::int64_t{*hour} * 60 + *minute) * 60 + *second;
    return TimestampNs{day->value * ns_per_day + of_day * ns_per_second + *rest};
}

void append_authorisation_id(std::string& out, const AuthorisationId& id) {
    append_number(out, id.epoch.value);
    out += '-';
    append_number(out, id.sequence.value);
}

std::optional<AuthorisationId> authorisation_id_from_text(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto epoch = number_from_text<std::uint32_t>(text.substr(0, dash));
    const auto sequence = number_from_text<std::uint64_t>(text.substr(dash + 1));
    if (!epoch || !sequence) return std::nullopt;
    return AuthorisationId{.epoch = {*epoch}, .sequence = {*sequence}};
}

}  // namespace carecard::settlement
