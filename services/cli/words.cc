#include "services/cli/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

/// "31 March 2026" of "2026-03-31".
std::string long_day(const std::string& text) {
    constexpr std::array months{"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};
    const auto day = rpc::parse_day(text, "day");
    if (!day) return text;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day->value))};
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()));
}

/// @param name  as protobuf spells it, or empty when the number has no name.
std::string word(const std::string& name, std::string_view prefix, int number) {
    if (!name.starts_with(prefix)) return std::to_string(number);
    return lower(name.substr(prefix.size()));
}

template <class Enum, class Parse>
std::optional<Enum> named(std::string_view text, std::string_view prefix, Parse parse) {
    const bool lower_case = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
    Enum value{};
    if (!lower_case || !parse(std::string(prefix) + upper(text), &value)) return std::nullopt;
    if (static_cast<int>(value) == 0) return std::nullopt;
    return value;
}

/// "on monday, tuesday"
std::string days_of(const v1::PurseTerms& terms) {
    std::vector<std::string> days;
    for (const int day : terms.weekdays()) {
        days.push_back(word(v1::Weekday_Name(static_cast<v1::Weekday>(day)), "WEEKDAY_", day));
    }
    return fmt::format("on {}", fmt::join(days, ", "));
}

void add_window(std::vector<std::string>& lines, std::string_view window,
                const v1::WindowLimit& limit) {
    if (limit.has_amount_max()) {
        lines.push_back(fmt::format("at most {} a {}", money_of(limit.amount_max()), window));
    }
    if (limit.has_count_max()) {
        lines.push_back(fmt::format("at most {} payments a {}", limit.count_max(), window));
    }
}

void add_contactless(std::vector<std::string>& lines, const v1::ContactlessRules& rules) {
    if (rules.off()) lines.emplace_back("never tapped");
    if (rules.has_single_max()) {
        lines.push_back(fmt::format("one tap at most {}", money_of(rules.single_max())));
    }
    if (rules.has_total_max()) {
        lines.push_back(
            fmt::format("taps without the PIN at most {}", money_of(rules.total_max())));
    }
    if (rules.has_count_max()) {
        lines.push_back(fmt::format("at most {} taps without the PIN", rules.count_max()));
    }
}

std::string cash_line(bool agreed, std::string_view what, const v1::CashLimits& limits) {
    if (!agreed) return fmt::format("no {}", what);
    std::string line = fmt::format("{} agreed", what);
    if (limits.has_single_max()) {
        line += fmt::format(", at most {} at once", money_of(limits.single_max()));
    }
    if (limits.has_day_max()) line += fmt::format(", at most {} a day", money_of(limits.day_max()));
    return line;
}

}  // namespace

std::string word_of(v1::DeclineReason reason) {
    return word(v1::DeclineReason_Name(reason), "DECLINE_REASON_", reason);
}
std::string word_of(v1::ExceptionReason reason) {
    return word(v1::ExceptionReason_Name(reason), "EXCEPTION_REASON_", reason);
}
std::string word_of(v1::RuleLevel level) {
    return word(v1::RuleLevel_Name(level), "RULE_LEVEL_", level);
}
std::string word_of(v1::Arrangement arrangement) {
    return word(v1::Arrangement_Name(arrangement), "ARRANGEMENT_", arrangement);
}
std::string word_of(v1::CardHolder holder) {
    return word(v1::CardHolder_Name(holder), "CARD_HOLDER_", holder);
}
std::string word_of(v1::CardStatus status) {
    return word(v1::CardStatus_Name(status), "CARD_STATUS_", status);
}
std::string word_of(v1::AccountStatus status) {
    return word(v1::AccountStatus_Name(status), "ACCOUNT_STATUS_", status);
}
std::string word_of(v1::EntryKind kind) {
    return word(v1::EntryKind_Name(kind), "ENTRY_KIND_", kind);
}
std::string word_of(v1::TransactionKind kind) {
    return word(v1::TransactionKind_Name(kind), "TRANSACTION_KIND_", kind);
}
std::string word_of(v1::Window window) { return word(v1::Window_Name(window), "WINDOW_", window); }
std::string word_of(v1::DisputeCategory category) {
    return word(v1::DisputeCategory_Name(category), "DISPUTE_CATEGORY_", category);
}
std::string word_of(v1::DisputeState state) {
    return word(v1::DisputeState_Name(state), "DISPUTE_STATE_", state);
}
std::string word_of(v1::DisputeOutcome outcome) {
    return word(v1::DisputeOutcome_Name(outcome), "DISPUTE_OUTCOME_", outcome);
}
std::string word_of(v1::ResolutionKind kind) {
    return word(v1::ResolutionKind_Name(kind), "RESOLUTION_KIND_", kind);
}
std::string word_of(v1::RuleOutcome outcome) {
    return word(v1::RuleOutcome_Name(outcome), "RULE_OUTCOME_", outcome);
}
std::string word_of(v1::ClockKind clock) {
    return word(v1::ClockKind_Name(clock), "CLOCK_KIND_", clock);
}
std::string word_of(v1::QuarantineStage stage) {
    return word(v1::QuarantineStage_Name(stage), "QUARANTINE_STAGE_", stage);
}

std::optional<v1::Weekday> weekday_named(std::string_view text) {
    return named<v1::Weekday>(text, "WEEKDAY_", v1::Weekday_Parse);
}

std::optional<v1::Arrangement> arrangement_named(std::string_view text) {
    return named<v1::Arrangement>(text, "ARRANGEMENT_", v1::Arrangement_Parse);
}
std::optional<v1::CardHolder> card_holder_named(std::string_view text) {
    return named<v1::CardHolder>(text, "CARD_HOLDER_", v1::CardHolder_Parse);
}
std::optional<v1::DeclineReason> decline_reason_named(std::string_view text) {
    return named<v1::DeclineReason>(text, "DECLINE_REASON_", v1::DeclineReason_Parse);
}

std::string arrangement_words() {
    std::string words;
    for (int number = 1; v1::Arrangement_IsValid(number); ++number) {
        if (!words.empty()) words += ", ";
        words += word_of(static_cast<v1::Arrangement>(number));
    }
    return words;
}

std::string money_of(const v1::Money& money) {
    if (money.currency().empty()) return {};
    const Result<rpc::Price> price = rpc::parse_money(money, "");
    if (!price) return fmt::format("{} {}", money.minor_units(), money.currency());
    return rpc::money_text(price->amount, price->currency);
}

std::string money_of(AmountMinor amount, CurrencyCode currency) {
    return rpc::money_text(amount, currency);
}

std::string time_of(const google::protobuf::Timestamp& at) {
    const Result<TimestampNs> instant = rpc::parse_timestamp(at, "");
    if (!instant) return {};
    const std::string text = rpc::to_text(*instant);
    return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

std::vector<std::string> lines_of(const v1::SpendingRules& rules) {
    std::vector<std::string> lines;
    if (rules.mcc_allowed_size() > 0) {
        lines.push_back(fmt::format("only at: {}", fmt::join(rules.mcc_allowed(), ", ")));
    }
    if (rules.mcc_refused_size() > 0) {
        lines.push_back(fmt::format("never at: {}", fmt::join(rules.mcc_refused(), ", ")));
    }
    lines.push_back(cash_line(rules.cash_agreed(), "cash", rules.cash()));
    lines.push_back(cash_line(rules.quasi_cash_agreed(),
                              "money transfers, currency, top-ups or bets", rules.quasi_cash()));
    add_contactless(lines, rules.contactless());
    if (rules.has_single_max()) {
        lines.push_back(fmt::format("single payment at most {}", money_of(rules.single_max())));
    }
    add_window(lines, "day", rules.day());
    add_window(lines, "week", rules.week());
    add_window(lines, "month", rules.month());
    if (rules.balance_hidden()) lines.emplace_back("the balance is told to no terminal");
    return lines;
}

std::string end_of(const v1::Purse& purse) {
    const bool closed = purse.status() == v1::PURSE_STATUS_CLOSED;
    if (!closed && purse.status() != v1::PURSE_STATUS_ENDED) return {};
    const std::string line = (closed ? "closed " : "ended ") + long_day(purse.last_day()) + ": ";
    if (purse.returned().minor_units() == 0) return line + "nothing was left in it";
    const std::string amount = money_of(purse.returned());
    if (purse.terms().persons_own()) return line + amount + " is owed to the person";
    const std::string& funder = purse.terms().funder();
    const bool councils = funder.empty() || funder == "council";
    return line + amount + " went back to the council" + (councils ? "" : " (" + funder + ")");
}

std::string hours_of(std::int64_t hundredths) {
    return fmt::format("{}.{:02} hours", hundredths / 100, hundredths % 100);
}

std::string line_of(const v1::Earmark& earmark) {
    const bool whole = earmark.left().minor_units() == earmark.amount().minor_units();
    const std::string payee =
        earmark.council_run() ? "the council pays it" : "payee " + earmark.payee();
    return fmt::format("{}{} kept for {} ({}) in {}, due {}{}", money_of(earmark.left()),
                       whole ? "" : " of " + money_of(earmark.amount()), earmark.reference(), payee,
                       earmark.purse(), earmark.due(),
                       earmark.until().empty() ? "" : ", until " + earmark.until());
}

std::string line_of(const v1::PurseTerms& terms) {
    const std::string funder = terms.funder().empty() ? "council" : terms.funder();
    std::vector<std::string> parts{terms.persons_own() ? "the person's own money"
                                                       : funder + "'s money"};
    if (!terms.mccs().empty()) {
        parts.push_back(fmt::format("{} {}", terms.exclusive() ? "all that is paid at" : "pays at",
                                    fmt::join(terms.mccs(), ", ")));
    }
    if (!terms.provider_register().empty()) {
        parts.push_back(
            fmt::format("providers on the register {} only", terms.provider_register()));
    }
    if (!terms.weekdays().empty()) parts.push_back(days_of(terms));
    if (terms.no_cash()) parts.emplace_back("not for cash");
    if (terms.staged()) parts.emplace_back("by stages");
    if (terms.hour_rate_minor_units() != 0) {
        parts.push_back(fmt::format("in hours at {}.{:02}", terms.hour_rate_minor_units() / 100,
                                    terms.hour_rate_minor_units() % 100));
    }
    if (!terms.spend_from().empty()) parts.push_back("from " + terms.spend_from());
    if (!terms.spend_until().empty()) parts.push_back("until " + terms.spend_until());
    if (!terms.intake_closed_from().empty()) {
        parts.push_back("no new money from " + terms.intake_closed_from());
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace carecard::cli
