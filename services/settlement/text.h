#pragma once

// How single values stand in the files of a batch. Every value has exactly one form.
//
//     number         decimal digits without leading zeros, "-" before a negative one
//     day            YYYY-MM-DD
//     time           YYYY-MM-DDThh:mm:ss.nnnnnnnnnZ, always nine digits of the second
//     authorisation  epoch "-" sequence
//     hash           64 lower-case hexadecimal digits
//
// The parsers here accept a superset of these forms; whoever needs the one form only renders what
// was parsed and compares.

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "common/id.h"
#include "common/money.h"
#include "common/time.h"

namespace carecard::settlement {

template <std::integral Number>
void append_number(std::string& out, Number value) {
    char digits[24];
    const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end.ptr);
}

/// @return the number, or nothing when `text` is anything but one that fits.
template <std::integral Number>
[[nodiscard]] std::optional<Number> number_from_text(std::string_view text) {
    Number value = 0;
    const char* const last = text.data() + text.size();
    const std::from_chars_result end = std::from_chars(text.data(), last, value);
    if (end.ec != std::errc() || end.ptr != last) return std::nullopt;
    return value;
}

/// @pre the day is in the years 0 to 9999.
void append_day(std::string& out, DayNumber day);
[[nodiscard]] std::string day_text(DayNumber day);
[[nodiscard]] std::optional<DayNumber> day_from_text(std::string_view text);

void append_time(std::string& out, TimestampNs time);
/// Times from 1970 to 2261.
[[nodiscard]] std::optional<TimestampNs> time_from_text(std::string_view text);

void append_authorisation_id(std::string& out, const AuthorisationId& id);
[[nodiscard]] std::optional<AuthorisationId> authorisation_id_from_text(std::string_view text);

}  // namespace carecard::settlement
