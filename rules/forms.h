#pragma once

#include <cstddef>
#include <string_view>

/// The forms of the texts that callers send. Pure; ASCII unless said otherwise.
namespace carecard::rules::forms {

/// 1 to 64 of [A-Za-z0-9._:-]: a request key, a presentment's id.
[[nodiscard]] bool is_key(std::string_view text);
/// 1 to 32 of [a-z0-9-]: the code of a programme or a council.
[[nodiscard]] bool is_code(std::string_view text);
/// Digits only; empty text is.
[[nodiscard]] bool is_digits(std::string_view text);
/// Exactly `size` digits.
[[nodiscard]] bool is_digits(std::string_view text, std::size_t size);
/// Letters and digits only; empty text is.
[[nodiscard]] bool is_alphanumeric(std::string_view text);
/// Capital letters only; empty text is.
[[nodiscard]] bool is_capitals(std::string_view text);
/// Capital letters and digits only; empty text is.
[[nodiscard]] bool is_capitals_or_digits(std::string_view text);
/// From space to tilde; empty text is.
[[nodiscard]] bool is_printable(std::string_view text);
/// The name of a time zone, e.g. "Europe/London".
[[nodiscard]] bool is_zone(std::string_view text);

/// MMDD of a day that some year has.
[[nodiscard]] bool is_month_and_day(std::string_view text);
/// hhmmss, up to 235959.
[[nodiscard]] bool is_time_of_day(std::string_view text);

/// What, if anything, keeps `text` from being free text.
enum class FreeTextFlaw : unsigned char { none, not_utf8, control_character, card_number };
[[nodiscard]] FreeTextFlaw free_text_flaw(std::string_view text);

}  // namespace carecard::rules::forms
