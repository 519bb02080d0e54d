#include "services/cli/tolerance_options.h"

#include <optional>
#include <string_view>

#include "services/rpc/text.h"
#include "services/rpc/wire.h"

namespace carecard::cli {
namespace {

constexpr CurrencyCode two_decimals{826};  // percentages are read as an amount with pence is

Fault of_another_form() {
    return {.kind = FaultKind::malformed,
            .field = "tolerance",
            .detail = "is not MCC[-MCC]=PERCENT[,AMOUNT][:estimated|:card-absent]",
            .remedy = "write it like 5812-5814=20 or 7512-7513=15,60.00"};
}

/// Cuts what follows the first `separator` off `text`; empty when there is none.
std::string_view cut(std::string_view& text, char separator) {
    const std::size_t at = text.find(separator);
    if (at == text.npos) return {};
    const std::string_view rest = text.substr(at + 1);
    text = text.substr(0, at);
    return rest;
}

std::optional<std::uint32_t> hundredths(std::string_view percent) {
    const auto value = rpc::parse_amount(std::string(percent), two_decimals, "percent");
    if (!value || value->value < 0 || value->value > 100'000) return std::nullopt;
    return static_cast<std::uint32_t>(value->value);
}

std::optional<v1::TolerancePayments> payments_named(std::string_view text) {
    if (text.empty()) return v1::TOLERANCE_PAYMENTS_UNSPECIFIED;
    if (text == "estimated") return v1::TOLERANCE_PAYMENTS_ESTIMATED;
    if (text == "card-absent") return v1::TOLERANCE_PAYMENTS_CARD_ABSENT;
    return std::nullopt;
}

bool read_rule(std::string_view text, CurrencyCode currency, v1::ToleranceRule& rule) {
    const auto payments = payments_named(cut(text, ':'));
    std::string_view percent = cut(text, '=');
    const std::string_view amount = cut(percent, ',');
    rule.set_mcc_last(std::string(cut(text, '-')));
    rule.set_mcc_first(std::string(text));
    const auto basis_points = hundredths(percent);
    if (!payments || !basis_points) return false;
    rule.set_payments(*payments);
    rule.set_basis_points(*basis_points);
    if (amount.empty()) return true;
    const auto least = rpc::parse_amount(std::string(amount), currency, "tolerance");
    if (!least) return false;
    rpc::set_money({*least, currency}, *rule.mutable_amount());
    return true;
}

}  // namespace

Result<v1::ToleranceRules> to_tolerance(const ToleranceText& text, CurrencyCode currency) {
    v1::ToleranceRules rules;
    for (const std::string& one : text.rules) {
        if (!read_rule(one, currency, *rules.add_rules())) return of_another_form();
    }
    if (text.foreign_percent.empty()) return rules;
    const auto foreign = hundredths(text.foreign_percent);
    if (!foreign) {
        return Fault{.kind = FaultKind::malformed,
                     .field = "foreign_tolerance",
                     .detail = "is not a percentage with at most two decimals",
                     .remedy = "write it like 5 or 2.5"};
    }
    rules.set_foreign_basis_points(*foreign);
    return rules;
}

}  // namespace carecard::cli
