#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "common/result.h"

/// The RPC's values in the words that people read and type.
namespace carecard::cli {

/// The value of an enum without its prefix, in lower case, e.g. "funds_insufficient". Of a value
/// that this program does not know, its number.
[[nodiscard]] std::string word_of(v1::DeclineReason reason);
[[nodiscard]] std::string word_of(v1::ExceptionReason reason);
[[nodiscard]] std::string word_of(v1::RuleLevel level);
[[nodiscard]] std::string word_of(v1::Arrangement arrangement);
[[nodiscard]] std::string word_of(v1::CardHolder holder);
[[nodiscard]] std::string word_of(v1::CardStatus status);
[[nodiscard]] std::string word_of(v1::AccountStatus status);
[[nodiscard]] std::string word_of(v1::EntryKind kind);
[[nodiscard]] std::string word_of(v1::TransactionKind kind);
[[nodiscard]] std::string word_of(v1::Window window);
[[nodiscard]] std::string word_of(v1::ResolutionKind kind);
[[nodiscard]] std::string word_of(v1::DisputeCategory category);
[[nodiscard]] std::string word_of(v1::DisputeState state);
[[nodiscard]] std::string word_of(v1::DisputeOutcome outcome);
[[nodiscard]] std::string word_of(v1::RuleOutcome outcome);
[[nodiscard]] std::string word_of(v1::ClockKind clock);
[[nodiscard]] std::string word_of(v1::QuarantineStage stage);

/// The value that a word names. Nothing for any other word, and for "unspecified".
[[nodiscard]] std::optional<v1::Arrangement> arrangement_named(std::string_view word);
[[nodiscard]] std::optional<v1::Weekday> weekday_named(std::string_view word);
[[nodiscard]] std::optional<v1::CardHolder> card_holder_named(std::string_view word);
[[nodiscard]] std::optional<v1::DeclineReason> decline_reason_named(std::string_view word);

/// "direct_payment, personal_budget, ...": what `arrangement_named` takes.
[[nodiscard]] std::string arrangement_words();

/// "£1,234.56"; empty for an amount that is unset.
[[nodiscard]] std::string money_of(const v1::Money& money);
/// Sterling unless `currency` says otherwise.
[[nodiscard]] std::string money_of(AmountMinor amount, CurrencyCode currency);

/// "2026-03-29 01:00 UTC".
[[nodiscard]] std::string time_of(const google::protobuf::Timestamp& at);

/// "Alder Care, Leeds"; what is unknown is left out.
template <class Merchant>
[[nodiscard]] std::string merchant_of(const Merchant& merchant) {
    if (merchant.name().empty() || merchant.city().empty()) {
        return merchant.name() + merchant.city();
    }
    return merchant.name() + ", " + merchant.city();
}

/// What a purse is for, e.g. "council's money; not for cash; until 2026-12-31"; for people.
[[nodiscard]] std::string line_of(const v1::PurseTerms& terms);

/// "ended 31 March 2026: £20.00 went back to the council (icb)"; empty for an open purse.
[[nodiscard]] std::string end_of(const v1::Purse& purse);

/// What is kept for whom, e.g. "GBP 420.00 kept for wages June (payee PAYROLL42), due 2026-03-06,
/// until 2026-03-13"; for people.
[[nodiscard]] std::string line_of(const v1::Earmark& earmark);

/// "12.50 hours"
[[nodiscard]] std::string hours_of(std::int64_t hundredths);

/// The rules one a line, e.g. "single payment at most £50.00"; for people.
[[nodiscard]] std::vector<std::string> lines_of(const v1::SpendingRules& rules);

}  // namespace carecard::cli
