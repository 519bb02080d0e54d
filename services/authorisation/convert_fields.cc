#include "services/authorisation/convert_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/limits.h"
#include "common/pan_token.h"
#include "rules/mcc_groups.h"

namespace carecard::authorisation {
namespace {

Fault other_currency(std::string_view field) {
    return {.kind = FaultKind::conflict,
            .field = fmt::format("{}.currency", field),
            .detail = "is not the programme's currency",
            .remedy = "give the amount in the programme's currency"};
}

std::optional<AmountMinor> read_limit(Fields& fields, const v1::Money& value,
                                      std::string_view field,
                                      std::optional<CurrencyCode> currency) {
    rpc::Price price;
    fields.keep(rpc::parse_money(value, field), price);
    if (currency && price.currency.value != 0 && price.currency != *currency) {
        fields.fail(other_currency(field));
    }
    return price.amount;
}

bool is_of(const v1::Money& amount, CurrencyCode currency) {
    const Result<rpc::Price> price = rpc::parse_money(amount, {});
    return price && price->currency == currency;
}

struct CashField {
    bool present;
    const v1::CashLimits& value;
    std::string field;
};

rules::CashLimits read_cash(Fields& fields, const CashField& cash,
                            std::optional<CurrencyCode> currency) {
    rules::CashLimits limits;
    if (!cash.present) return limits;
    if (cash.value.has_single_max()) {
        limits.single_max =
            read_limit(fields, cash.value.single_max(), cash.field + ".single_max", currency);
    }
    if (cash.value.has_day_max()) {
        limits.day_max =
            read_limit(fields, cash.value.day_max(), cash.field + ".day_max", currency);
    }
    return limits;
}

rules::ContactlessRules read_contactless(Fields& fields, const v1::ContactlessRules& value,
                                         const std::string& field,
                                         std::optional<CurrencyCode> currency) {
    rules::ContactlessRules rules{.off = value.off()};
    if (value.has_single_max()) {
        rules.single_max = read_limit(fields, value.single_max(), field + ".single_max", currency);
    }
    if (value.has_total_max()) {
        rules.total_max = read_limit(fields, value.total_max(), field + ".total_max", currency);
    }
    if (value.has_count_max()) rules.count_max = value.count_max();
    return rules;
}

struct WindowField {
    bool present;
    const v1::WindowLimit& value;
    std::string field;
};

rules::WindowLimit read_window(Fields& fields, const WindowField& window,
                               std::optional<CurrencyCode> currency) {
    rules::WindowLimit limit;
    if (!window.present) return limit;
    if (window.value.has_amount_max()) {
        limit.amount_max =
            read_limit(fields, window.value.amount_max(), window.field + ".amount_max", currency);
    }
    if (window.value.has_count_max()) limit.count_max = window.value.count_max();
    return limit;
}

}  // namespace

void Fields::token(std::string_view value, std::string_view field, CardToken& out) {
    Result<CardToken> token = parse_card_token(value);
    if (token) {
        out = *token;
        return;
    }
    Fault fault = token.fault();
    fault.field = std::string(field);
    fail(std::move(fault));
}

void Fields::mcc(std::string_view value, std::string_view field, rules::Mcc& out) {
    const bool digits = std::ranges::all_of(
        value, [](char character) { return character >= '0' && character <= '9'; });
    if (value.size() != 4 || !digits) {
        malformed(field, "is missing, or is not 4 digits", "give the merchant category code");
        return;
    }
    std::uint16_t code = 0;
    for (const char digit : value) code = static_cast<std::uint16_t>(code * 10 + (digit - '0'));
    out = {code};
}

void Fields::account(const v1::AccountName& value, rules::AccountName& out) {
    text(value.programme(), "account.programme", out.programme);
    text(value.reference(), "account.reference", out.reference);
}

void Fields::malformed(std::string_view field, std::string_view detail, std::string_view remedy) {
    if (fault_) return;
    fail({.kind = FaultKind::malformed,
          .field = std::string(field),
          .detail = std::string(detail),
          .remedy = std::string(remedy)});
}

void Fields::too_long(std::string_view field, std::size_t bytes_max) {
    malformed(field, fmt::format("is longer than {} bytes", bytes_max),
              fmt::format("give at most {} bytes", bytes_max));
}

std::string item_field(std::string_view list, int index, std::string_view member) {
    return fmt::format("{}[{}]{}{}", list, index, member.empty() ? "" : ".", member);
}

rules::MccRanges read_mccs(Fields& fields,
                           const google::protobuf::RepeatedPtrField<std::string>& items,
                           std::string_view field) {
    if (static_cast<std::size_t>(items.size()) > mcc_items_per_list_max) {
        fields.malformed(field, "has more than 1024 items", "write codes as ranges or groups");
        return {};
    }
    const std::vector<std::string_view> views(items.begin(), items.end());
    rules::MccRanges ranges;
    fields.keep(rules::parse_mcc_list(views, field), ranges);
    return ranges;
}

void read_rules(Fields& fields, const v1::SpendingRules& value, std::string_view parent,
                std::optional<CurrencyCode> currency, rules::SpendingRules& out) {
    const auto within = [&](std::string_view name) { return fmt::format("{}.{}", parent, name); };
    out.mcc_allowed = read_mccs(fields, value.mcc_allowed(), within("mcc_allowed"));
    out.mcc_refused = read_mccs(fields, value.mcc_refused(), within("mcc_refused"));
    out.cash_agreed = value.cash_agreed();
    if (value.has_single_max()) {
        out.single_max = read_limit(fields, value.single_max(), within("single_max"), currency);
    }
    out.day = read_window(fields, {value.has_day(), value.day(), within("day")}, currency);
    out.week = read_window(fields, {value.has_week(), value.week(), within("week")}, currency);
    out.month = read_window(fields, {value.has_month(), value.month(), within("month")}, currency);
    out.quasi_cash_agreed = value.quasi_cash_agreed();
    out.balance_hidden = value.balance_hidden();
    if (value.has_contactless()) {
        out.contactless =
            read_contactless(fields, value.contactless(), within("contactless"), currency);
    }
    out.cash = read_cash(fields, {value.has_cash(), value.cash(), within("cash")}, currency);
    out.quasi_cash = read_cash(
        fields, {value.has_quasi_cash(), value.quasi_cash(), within("quasi_cash")}, currency);
}

std::optional<Fault> fault_in_currency(const v1::SpendingRules& value, std::string_view parent,
                                       CurrencyCode currency) {
    const auto faulty = [&](bool present, const v1::Money& amount) {
        return present && !is_of(amount, currency);
    };
    const auto fault = [&](std::string_view name) {
        return other_currency(fmt::format("{}.{}", parent, name));
    };
    if (faulty(value.has_single_max(), value.single_max())) return fault("single_max");
    if (faulty(value.day().has_amount_max(), value.day().amount_max())) {
        return fault("day.amount_max");
    }
    if (faulty(value.week().has_amount_max(), value.week().amount_max())) {
        return fault("week.amount_max");
    }
    if (faulty(value.month().has_amount_max(), value.month().amount_max())) {
        return fault("month.amount_max");
    }
    if (faulty(value.cash().has_single_max(), value.cash().single_max())) {
        return fault("cash.single_max");
    }
    if (faulty(value.cash().has_day_max(), value.cash().day_max())) return fault("cash.day_max");
    if (faulty(value.quasi_cash().has_single_max(), value.quasi_cash().single_max())) {
        return fault("quasi_cash.single_max");
    }
    if (faulty(value.quasi_cash().has_day_max(), value.quasi_cash().day_max())) {
        return fault("quasi_cash.day_max");
    }
    if (faulty(value.contactless().has_single_max(), value.contactless().single_max())) {
        return fault("contactless.single_max");
    }
    if (faulty(value.contactless().has_total_max(), value.contactless().total_max())) {
        return fault("contactless.total_max");
    }
    return std::nullopt;
}

}  // namespace carecard::authorisation
