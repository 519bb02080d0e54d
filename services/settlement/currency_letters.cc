#include "services/settlement/currency_letters.h"

#include <fmt/format.h>

#include "services/rpc/currency.h"

namespace carecard::settlement {

std::string currency_letters(CurrencyCode code) {
    const rpc::Currency* const currency = rpc::find_currency(code);
    if (currency != nullptr) return std::string(currency->alpha);
    return fmt::format("{:03}", code.value);
}

}  // namespace carecard::settlement
