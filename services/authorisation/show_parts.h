#pragma once

#include <string>

#include "carecard/v1/authorisation.pb.h"
#include "carecard/v1/types.pb.h"
#include "common/money.h"
#include "rules/command.h"
#include "services/rpc/wire.h"

/// What accounts, transactions and decisions are shown with.
namespace carecard::authorisation {

/// Sets money fields of one currency.
class Till {
   public:
    explicit Till(CurrencyCode currency) : currency_(currency) {}
    void set(AmountMinor amount, v1::Money& out) const { rpc::set_money({amount, currency_}, out); }
    [[nodiscard]] CurrencyCode currency() const { return currency_; }

   private:
    CurrencyCode currency_;
};

/// "0742" of 742.
[[nodiscard]] inline std::string four_digits(rules::Mcc mcc) {
    const std::string text = std::to_string(mcc.value);
    return std::string(4 - text.size(), '0') + text;
}

inline void show_merchant(const rules::Merchant& merchant, v1::Merchant& response) {
    response.set_name(merchant.name.text.str());
    response.set_city(merchant.city.text.str());
    response.set_country(merchant.country.str());
}

}  // namespace carecard::authorisation
