#include "tests/scenarios/amounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "services/rpc/currency.h"
#include "services/rpc/text.h"
#include "tests/scenarios/sheet.h"

namespace carecard::scenarios {
namespace {

constexpr CurrencyCode sterling{826};

Fault no_amount(std::string_view text) {
    return mistake(fmt::format("\"{}\" is no amount of money", text),
                   "write pounds as £1,234.50 and other money as 50.00 EUR");
}

}  // namespace

Result<rpc::Price> parse_price(std::string_view text) {
    constexpr std::string_view pound = "£";
    CurrencyCode currency = sterling;
    std::string digits;
    if (text.starts_with(pound)) {
        digits = text.substr(pound.size());
    } else {
        const std::vector<std::string> words = split(text, " ");
        const rpc::Currency* const found =
            words.size() == 2 ? rpc::find_currency(words[1]) : nullptr;
        if (found == nullptr) return no_amount(text);
        digits = words[0];
        currency = found->code;
    }
    std::erase(digits, ',');
    const Result<AmountMinor> amount = rpc::parse_amount(digits, currency, "");
    if (!amount) return no_amount(text);
    // One spelling only: what is written is what a report shows.
    if (rpc::money_text(*amount, currency) != text) return no_amount(text);
    return rpc::Price{.amount = *amount, .currency = currency};
}

Result<AmountMinor> parse_pounds(std::string_view text) {
    const Result<rpc::Price> price = parse_price(text);
    if (!price) return price.fault();
    if (price->currency != sterling) return no_amount(text);
    return price->amount;
}

Result<PricePair> parse_prices(std::string_view text) {
    const std::vector<std::string> sides = split(text, " = ");
    if (sides.empty() || sides.size() > 2) return no_amount(text);
    const Result<rpc::Price> transaction = parse_price(sides.front());
    if (!transaction) return transaction.fault();
    const Result<rpc::Price> billing = parse_price(sides.back());
    if (!billing) return billing.fault();
    return PricePair{.transaction = *transaction, .billing = *billing};
}

std::string pounds(AmountMinor amount) { return rpc::money_text(amount, sterling); }

std::string text_of(const v1::Money& money) {
    const Result<rpc::Price> price = rpc::parse_money(money, "");
    if (!price) return fmt::format("{} of \"{}\"", money.minor_units(), money.currency());
    return rpc::money_text(price->amount, price->currency);
}

v1::Money in_pounds(AmountMinor amount) { return rpc::to_money({amount, sterling}); }

}  // namespace carecard::scenarios
